import { argon2Sync } from 'node:crypto';
import { hash } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { ECHO, serveSite } from './serve-site.ts';

const basic = (user: string, password: string) => ({
	headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});

describe('basic_auth', () => {
	test('lets the right ones in, and tells who they are', async () => {
		const { ask } = await serveSite(
			`root .
			basic_auth bcrypt "my \\"site\\"" {
				ann ${await hash('sécret:1', 5)}
				bob ${Buffer.from(await hash('b', 5)).toString('base64')}
			}
			header X-User {http.auth.user.id}
			php_server
			handle_errors 401 {
				respond "who are you? {http.auth.user.id}"
			}`,
			{ files: { 'index.php': '' }, script: ECHO },
		);
		for (let round = 0; round < 2; round++) {
			const answer = await ask('/', basic('ann', 'sécret:1'));
			expect(answer.status).toBe(200);
			expect(JSON.parse(answer.body).headers).toContain('authorization');
		}
		expect((await ask('/', basic('bob', 'b'))).status).toBe(200);
		const wrong = [basic('ann', 'b'), basic('ann', ''), basic('eve', 'b'), basic('', ''), {}];
		for (const credentials of wrong) {
			const answer = await ask('/', credentials);
			expect(answer).toMatchObject({ status: 401, body: 'who are you? {http.auth.user.id}' });
			expect(answer.headers['www-authenticate']).toBe('Basic realm="my \\"site\\""');
		}
		for (const authorization of ['Basic', 'Basic !!!', 'Bearer x', `Basic ${Buffer.from('ann').toString('base64')}`]) {
			expect((await ask('/', { headers: { authorization } })).status).toBe(401);
		}
	});

	test('only where it is meant, and errors after it are answered', async () => {
		const { ask } = await serveSite(`
			basic_auth /admin/* {
				ann ${await hash('a', 4)}
			}
			respond /admin/broken "x" {query.none}
			respond open`);
		expect((await ask('/')).body).toBe('open');
		expect((await ask('/admin/')).status).toBe(401);
		expect((await ask('/admin/', basic('ann', 'a'))).body).toBe('open');
		expect((await ask('/admin/broken', basic('ann', 'a'))).status).toBe(500);
	});

	test('a flood of passwords is turned away, and does not stop others', async () => {
		const { ask } = await serveSite(`
			@admin path /admin
			basic_auth @admin {
				ann ${await hash('a', 10)}
			}
			respond open`);
		const flood = Array.from({ length: 60 }, (_, index) => ask('/admin', basic('ann', String(index))));
		expect((await ask('/')).body).toBe('open');
		const statuses = (await Promise.all(flood)).map(({ status }) => status);
		expect(new Set(statuses)).toEqual(new Set([401, 503]));
		expect((await ask('/admin', basic('ann', 'a'))).body).toBe('open');
	});

	test('argon2id', async () => {
		const nonce = Buffer.from('0123456789abcdef');
		const tag = argon2Sync('argon2id', {
			message: 'secret',
			nonce,
			parallelism: 1,
			tagLength: 32,
			memory: 64,
			passes: 1,
		});
		const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
		const { ask } = await serveSite(`
			basic_auth argon2id {
				ann $argon2id$v=19$m=64,t=1,p=1$${text(nonce)}$${text(tag)}
			}
			respond "{http.auth.user.id}"`);
		expect((await ask('/', basic('ann', 'secret'))).body).toBe('ann');
		expect((await ask('/', basic('ann', 'Secret'))).status).toBe(401);
		expect((await ask('/', basic('eve', 'secret'))).status).toBe(401);
	});

	test('a hash that is none is refused at once', async () => {
		await expect(serveSite('basic_auth {\n ann plaintext\n}')).rejects.toThrow(
			/Caddyfile:2:\d+: the password of 'ann' is no bcrypt hash; .*'igor hash-password' makes one/,
		);
	});
});
