import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp1, type Reply } from '../program/support/ask.ts';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';

/** Lines of a file of the host, each of another form; none may be shown by an error. */
const SECRET_LINES = [
	'topsecret:x:0:0',
	'php_server topsecret',
	'header topsecret',
	'"topsecret',
	'topsecret {',
	'}',
	'import topsecret',
	':80 topsecret',
	'@topsecret path',
	'bind unix/topsecret',
	'order topsecret first',
];

let port: number;
let igor: Igor;
let folder: string;
beforeAll(async () => {
	port = await freePort();
	const files = Object.fromEntries(SECRET_LINES.map((line, index) => [`outside/${index}`, `${line}\n`]));
	folder = writeApp({
		...files,
		'outside/empty': '',
		Caddyfile: `{\n\tadmin 127.0.0.1:${port}\n}\nhttp://127.0.0.1:0 {\n\trespond {$SECRET}\n}\n`,
	});
	igor = new Igor(['run'], folder, { SECRET: 'topsecret', SECRET_PORT: '99topsecret' });
	await igor.ready();
}, 30_000);
afterAll(cleanUp);

const load = (body: string, file = ''): Promise<Reply> =>
	askHttp1({
		...{ host: `127.0.0.1:${port}`, port, path: `/load?file=${encodeURIComponent(file)}`, method: 'POST' },
		headers: { 'content-type': 'text/caddyfile' },
		body,
	});

/** Keeps the admin API where it is, whatever is loaded. */
const globals = (more = ''): string => `{\n\tadmin 127.0.0.1:${port}\n${more}\n}\n`;
const DIRECTIVES = [
	...[
		'header',
		'php_server',
		'handle',
		'log',
		'tls',
		'basic_auth',
		'encode',
		'file_server',
		'handle_errors',
		'request_body',
	],
	'uri',
];

/** What surrounds the import: each reads the lines as something else. */
const AROUND: readonly ((inner: string) => string)[] = [
	(inner) => globals() + inner,
	(inner) => globals(inner),
	(inner) => globals(`frankenphp {\n${inner}\n}`),
	(inner) => `${globals()}:0 {\n${inner}\n}`,
	...DIRECTIVES.map((directive) => (inner: string) => `${globals()}:0 {\n${directive} {\n${inner}\n}\n}`),
	(inner) =>
		`${globals()}:0 {\nphp_server {\nworker {\n${inner}\n}\nsidekick {\n${inner}\n}\nnetwork {\n${inner}\n}\n}\n}`,
	(inner) => `${globals()}(a) {\n${inner}\n}\n:0 {\nimport a\n}`,
	(inner) => `${globals()}(a) {\n{block}\n}\n:0 {\nimport a {\n${inner}\n}\n}`,
];

describe('POST /load', () => {
	test('shows nothing of files that are imported, only the place and the kind of a mistake', async () => {
		for (const around of AROUND) {
			for (const index of SECRET_LINES.keys()) {
				const file = join(folder, 'outside', String(index));
				for (const sentAs of ['', file]) {
					const { status, body } = await load(around(`import ${file}`), sentAs);
					if (status !== 200) expect(body, `${around('…')} ${SECRET_LINES[index]}`).not.toContain('topsecret');
				}
			}
		}
		const { body } = await load(`${globals()}import ${join(folder, 'outside/0')}`);
		expect(JSON.parse(body)).toEqual({
			error: `loading config: ${join(folder, 'outside/0')}:1:1: this is no address of a site (bad_address); the server's log says more`,
		});
		expect(igor.stderr).toContain('topsecret:x:0:0');
	});

	test('nor of the environment', async () => {
		const sites = [
			...[
				'{$SECRET}',
				'{$SECRET} {\n}',
				':{$SECRET_PORT} {\n}',
				':0 {\n{$SECRET}\n}',
				':0 {\nroot {$SECRET}/a\nphp_server\n}',
			],
			...[':0 {\ntls {$SECRET} {$SECRET}\n}', ':0 {\nphp_server {\nworker {$SECRET}.php\n}\n}', 'import {$SECRET}'],
			...[
				'import {$SECRET}*',
				':0 {\nbasic_auth {\na {$SECRET}\n}\n}',
				':0 {\nphp_server {\nnetwork {\nallow {$SECRET}\n}\n}\n}',
			],
		];
		const options = [
			...['log {\noutput file /{$SECRET}/a/b\n}', 'servers {\ntrusted_proxies static {$SECRET}\n}', '{$SECRET} off'],
			...['order {$SECRET} first', 'admin {$SECRET}', 'frankenphp {\nextension {$SECRET}\n}'],
		];
		const whole = ['{\nadmin {$SECRET_PORT}\n}', '{\nadmin {$SECRET}:1\n}'];
		const texts = [...sites.map((text) => globals() + text), ...options.map((text) => `${globals(text)}:0`), ...whole];
		const answers = await Promise.all(texts.map(async (text) => ({ text, ...(await load(text)) })));
		for (const { text, body } of answers) expect(body, text).not.toContain('topsecret');
		expect(answers.filter(({ status }) => status === 400).length).toBeGreaterThan(texts.length / 2);
	});

	test('quotes what was sent, and all of it when nothing else is there', async () => {
		const plain = JSON.parse((await load(`${globals()}:0 {\n\trespnd hello\n}`, 'mine')).body).error;
		expect(plain).toContain("mine:6:2: unknown directive 'respnd'; did you mean 'respond'?");
		const mixed = JSON.parse(
			(await load(`${globals()}:0 {\n\trespond {$SECRET}\n\trespnd hello\n}`, 'mine')).body,
		).error;
		expect(mixed).toContain("mine:7:2: unknown directive 'respnd'; did you mean 'respond'?");
		const address = JSON.parse((await load(`${globals()}:{$SECRET_PORT} {\n\trespnd hello\n}`, 'mine')).body).error;
		expect(address).toMatch(/^loading config: mine:5:1: [^\n]*\n {4}:\{\$SECRET_PORT\} \{\n {4}\^$/);
		expect(address).not.toContain('topsecret');
	});
});

test('GET /config shows no environment of PHP, no hashes, and no secrets by their names', async () => {
	const hash = '$2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG';
	const text = `{
		admin 127.0.0.1:${port}
		frankenphp {
			php_ini mysqli.default_pw topsecret
			php_ini memory_limit 64M
		}
	}
	http://127.0.0.1:0 {
		basic_auth {
			bob ${hash}
		}
		header Set-Cookie topsecret
		header X-Plain visible
		php_server {
			root ${folder}
			env DATABASE_URL mysql://u:topsecret@h
			sidekick {
				entrypoint Caddyfile
				env A topsecret
			}
		}
	}`;
	expect((await load(text)).status).toBe(200);
	const { body } = await askHttp1({ host: `127.0.0.1:${port}`, port, path: '/config/' });
	expect(body).not.toContain('topsecret');
	expect(body).not.toContain(hash);
	for (const shown of ['DATABASE_URL', '64M', 'bob', 'visible', '[redacted]']) expect(body).toContain(shown);
	const { body: part } = await askHttp1({ host: `127.0.0.1:${port}`, port, path: '/config/sites/0/directives' });
	expect(part).not.toContain('topsecret');
});
