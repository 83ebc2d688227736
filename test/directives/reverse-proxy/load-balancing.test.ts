import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { directives, refused } from '../../caddyfile/support.ts';
import { type Ask, type ServedSite, serveSite } from '../../site/serve-site.ts';
import { nowhere, upstream } from '../support/upstream.ts';

const named =
	(name: string): RequestListener =>
	(_, response) =>
		void response.end(name);

/** Three upstreams that say who they are, behind these lines. */
async function three(lines: string): Promise<ServedSite> {
	const all = await Promise.all(['a', 'b', 'c'].map((name) => upstream(named(name))));
	return serveSite(`reverse_proxy ${all.join(' ')} {\n${lines}\n}`);
}

/** Who answers. */
async function who(site: ServedSite, path = '/', ask: Ask = {}): Promise<string> {
	const { status, body } = await site.ask(path, ask);
	return status === 200 ? body : String(status);
}

async function several(times: number, ask: () => Promise<string>): Promise<Set<string>> {
	const seen = new Set<string>();
	for (let time = 0; time < times; time++) seen.add(await ask());
	return seen;
}

test('the lines', () => {
	const [proxy] = directives(
		'reverse_proxy a:1 {\n lb_policy cookie sticky s3cret {\n fallback first\n max_age 1h\n }\n lb_retries 2\n lb_try_duration 5s\n lb_try_interval 10ms\n}',
	);
	expect(proxy).toMatchObject({
		policy: { by: 'cookie', name: 'sticky', secret: 's3cret', maxAge: 3_600_000, fallback: 'first' },
		retries: 2,
		tryDuration: 5000,
		tryInterval: 10,
	});
	expect(directives('reverse_proxy a:1 {\n lb_policy header X-User\n}')).toMatchObject([
		{ policy: { by: 'header', key: 'X-User', fallback: 'random' } },
	]);
});

test.each([
	['lb_policy header', '3:2 bad_arguments'],
	['lb_policy first second', '3:18 bad_arguments'],
	['lb_policy header X {\n fallback header\n}', '4:11 bad_value'],
	['lb_policy header X {\n max_age 1h\n}', '4:2 unknown_option'],
	['lb_policy cookie "a b"', '3:2 bad_value'],
	['lb_retries -1', '3:13 bad_value'],
	['lb_retry_match {\n method POST\n}', '3:2 unsupported'],
])('%j is refused at %s', (line, expected) => {
	expect(refused(`reverse_proxy a:1 {\n ${line}\n}`)).toBe(expected);
});

test.each([
	['uri_hash', (value: string): [string, Ask] => [`/${value}?x`, {}]],
	['query user', (value: string): [string, Ask] => [`/?user=${value}`, {}]],
	['header X-User', (value: string): [string, Ask] => ['/', { headers: { 'x-user': value } }]],
	['header Host', (value: string): [string, Ask] => ['/', { headers: { host: `${value}.test` } }]],
])('%s: the same value leads to the same upstream, others to all of them', async (policy, asking) => {
	const site = await three(`lb_policy ${policy}`);
	const answers = new Map<string, string>();
	for (let value = 0; value < 30; value++) answers.set(`v${value}`, await who(site, ...asking(`v${value}`)));
	expect(new Set(answers.values())).toEqual(new Set(['a', 'b', 'c']));
	for (const [value, answer] of answers) expect(await who(site, ...asking(value))).toBe(answer);
});

test('ip_hash and client_ip_hash: one client has one upstream', async () => {
	for (const policy of ['ip_hash', 'client_ip_hash']) {
		const site = await three(`lb_policy ${policy}`);
		expect(await several(10, () => who(site))).toHaveProperty('size', 1);
	}
});

test('a value that is missing leads to the fallback', async () => {
	const site = await three('lb_policy header X-User {\n fallback first\n}');
	expect(await several(5, () => who(site))).toEqual(new Set(['a']));
});

test('cookie: the answer says by a hash where its client goes from then on; a made-up one leads nowhere else', async () => {
	const site = await three('lb_policy cookie lb s3cret {\n fallback round_robin\n max_age 1m\n}');
	const first = await site.ask('/');
	const [cookie] = first.headers['set-cookie'] ?? [];
	expect(cookie).toMatch(/^lb=[0-9a-f]{64}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/);
	const headers = { cookie: cookie?.split(';')[0] as string };
	for (let time = 0; time < 4; time++) {
		const again = await site.ask('/', { headers });
		expect(again).toMatchObject({ status: 200, body: first.body });
		expect(again.headers).not.toHaveProperty('set-cookie');
	}
	expect((await site.ask('/', { headers: { cookie: 'lb=forged' } })).headers).toHaveProperty('set-cookie');
});

test('least_conn: who answers already gets nothing more while others have nothing to do', async () => {
	const release = Promise.withResolvers<void>();
	let waiting = 0;
	const busy = Promise.withResolvers<void>();
	const slow: RequestListener = async (request, response) => {
		if (request.url === '/wait') {
			if (++waiting === 2) busy.resolve();
			await release.promise;
		}
		response.end(request.socket.localPort?.toString());
	};
	const all = await Promise.all([upstream(slow), upstream(slow), upstream(slow)]);
	const site = await serveSite(`reverse_proxy ${all.join(' ')} {\n lb_policy least_conn\n}`);
	const both = [who(site, '/wait'), who(site, '/wait')];
	await busy.promise;
	const free = await several(6, () => who(site));
	expect(free).toHaveProperty('size', 1);
	release.resolve();
	const answers = await Promise.all(both);
	expect(new Set([...answers, ...free])).toHaveProperty('size', 3);
});

test('who cannot be reached is left out, whatever the method and its body', async () => {
	const alive = await upstream((request, response) => void request.pipe(response));
	const site = await serveSite(`reverse_proxy ${await nowhere()} ${alive} {\n lb_policy round_robin\n lb_retries 1\n}`);
	for (let time = 0; time < 4; time++) {
		expect(await site.ask('/', { method: 'POST', body: 'the body' })).toMatchObject({ status: 200, body: 'the body' });
	}
	await site.idle();
});

test('without retries, the first that cannot be reached is the answer; with a time for them, the same in the end', async () => {
	const dead = await nowhere();
	const none = await serveSite(`reverse_proxy ${dead} {\n lb_policy first\n}`);
	expect((await none.ask('/')).status).toBe(502);
	const some = await serveSite(`reverse_proxy ${dead} {\n lb_try_duration 60ms\n lb_try_interval 1ms\n}`);
	expect((await some.ask('/')).status).toBe(502);
});

test('who has had the request is asked once only, but for GET', async () => {
	let asked = 0;
	const breaks = await upstream((request) => {
		asked++;
		request.socket.destroy();
	});
	const alive = await upstream(named('alive'));
	const site = await serveSite(`reverse_proxy ${breaks} ${alive} {\n lb_policy first\n lb_retries 1\n}`);
	expect((await site.ask('/', { method: 'DELETE' })).status).toBe(502);
	expect((await site.ask('/', { method: 'POST', body: 'x' })).status).toBe(502);
	expect(asked).toBe(2);
	const again = await serveSite(`reverse_proxy ${breaks} ${alive} {\n lb_policy round_robin\n lb_retries 1\n}`);
	expect(await who(again)).toBe('alive');
	await site.idle();
});
