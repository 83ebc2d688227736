import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { compareSync, hashSync } from 'bcryptjs';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../../src/cli/run.ts';
import { argon2Hashes } from '../../src/platform/node/sites/password-hashes.ts';
import { askHttp1 } from '../program/support/ask.ts';
import { BIN, cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface Outcome {
	status: number;
	out: string;
	err: string;
}

/** The command line in this process: quick. */
async function igor(...args: readonly string[]): Promise<Outcome> {
	const outcome = { status: 0, out: '', err: '' };
	const taking = (name: 'out' | 'err') => (chunk: unknown) => {
		outcome[name] += String(chunk);
		return true;
	};
	const spies = [
		vi.spyOn(process.stdout, 'write').mockImplementation(taking('out')),
		vi.spyOn(process.stderr, 'write').mockImplementation(taking('err')),
	];
	try {
		outcome.status = await runCli(args);
	} finally {
		for (const spy of spies) spy.mockRestore();
	}
	return outcome;
}

/** In a process of its own, which has an input. */
function fed(input: string, ...args: readonly string[]): Promise<Outcome> {
	return new Promise((resolve) => {
		const child = execFile(process.execPath, [main, ...args], (error, out, err) => {
			resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
		});
		child.stdin?.end(input);
	});
}

afterAll(cleanUp);

describe('commands that only print', () => {
	test('--version and build-info', async () => {
		const { out } = await igor('--version');
		expect(out).toMatch(/^igor \d+\.\d+\.\d+ \(PHP /);
		const info = await igor('build-info');
		expect(info.out).toMatch(/^igor\t\d+\.\d+\.\d+\nnode\t24\./);
		expect(info.out).toMatch(/^dep\t@php-wasm\/node-8-4\t\d/m);
	});

	test('environ, with a file of variables', async () => {
		const folder = writeApp({ '.env': 'B="two words"\nA=1\n' });
		vi.stubEnv('C', '3');
		onTestFinished(() => void vi.unstubAllEnvs());
		const { status, out } = await igor('environ', '--envfile', join(folder, '.env'));
		expect({ status, lines: out.split('\n').filter((line) => /^[ABC]=/.test(line)) }).toEqual({
			status: 0,
			lines: ['A=1', 'B=two words', 'C=3'],
		});
	});

	test('list-modules names modules as Caddy does', async () => {
		const names = (await igor('list-modules')).out.trimEnd().split('\n');
		expect(names).toEqual(expect.arrayContaining(['frankenphp', 'http.handlers.php', 'http.handlers.static_response']));
		expect(names).toEqual(expect.arrayContaining(['http.matchers.path_regexp', 'http.handlers.file_server']));
		expect(names).toEqual([...new Set(names)].sort());
	});

	test('hash-password: what basic_auth takes', async () => {
		const bcrypt = await fed('secret\nmore\n', 'hash-password', '--bcrypt-cost', '4');
		expect(compareSync('secret', bcrypt.out.trim())).toBe(true);
		const argon2 = await igor('hash-password', '-p', 'secret', '--algorithm', 'argon2id');
		expect(await argon2Hashes()?.matches('secret', argon2.out.trim())).toBe(true);
		expect(await igor('hash-password', '-p', '')).toEqual({
			status: 1,
			out: '',
			err: 'igor: The password is empty; give one.\n',
		});
		const long = await igor('hash-password', '-p', 'x'.repeat(73));
		expect(long.err).toContain('all that bcrypt sees');
	});

	test('completion: a script that its shell takes', async () => {
		const { out } = await igor('completion', 'bash');
		const bash = spawn('bash', [
			'-c',
			`${out}\nCOMP_WORDS=(igor run --env) COMP_CWORD=2; _igor; echo "\${COMPREPLY[@]}"`,
		]);
		expect((await text(bash.stdout)).trim()).toBe('--env --envfile --env-all --environ');
		expect((await igor('completion', 'zsh')).out).toContain('php-server) ');
		expect((await igor('completion', 'fish')).out).toContain("'__fish_seen_subcommand_from fmt' -l overwrite");
		expect(await igor('completion', 'tcsh')).toMatchObject({
			status: 1,
			err: expect.stringContaining('bash, zsh, fish'),
		});
	});

	test('fmt: prints, compares, writes', async () => {
		const folder = writeApp({ Caddyfile: ':80 {\nrespond  x\n}\n', wrong: 'a "' });
		const file = join(folder, 'Caddyfile');
		const formatted = ':80 {\n\trespond x\n}\n';
		expect(await igor('fmt', file)).toEqual({
			status: 1,
			out: formatted,
			err: expect.stringMatching(/^igor: \S+Caddyfile:2: this is not the usual form; --overwrite/),
		});
		expect((await igor('fmt', '--diff', file)).out).toBe('  :80 {\n- respond  x\n+ \trespond x\n  }\n  \n');
		expect(await igor('fmt', '--overwrite', '-c', file)).toEqual({ status: 0, out: '', err: '' });
		expect(readFileSync(join(folder, 'Caddyfile'), 'utf8')).toBe(formatted);
		expect(await fed(':80  {\n}', 'fmt', '-')).toEqual({ status: 0, out: ':80 {\n}\n', err: '' });
		expect((await igor('fmt', join(folder, 'wrong'))).err).toContain('wrong:1:3: this double quote is never closed');
	});

	test('--adapter says what a file is, whatever its name', async () => {
		const folder = writeApp({ Caddyfile: ':80 {\n}\n', 'caddy.conf': '{"apps": {}}', 'caddy.json': '{}' });
		const file = join(folder, 'Caddyfile');
		expect(await igor('validate', '-c', join(folder, 'caddy.json'))).toMatchObject({ status: 0 });
		expect(await igor('validate', '-c', join(folder, 'caddy.conf'), '--adapter', '')).toMatchObject({ status: 0 });
		expect((await igor('validate', '-c', join(folder, 'caddy.conf'))).err).toContain("say '--adapter json'");
		expect((await igor('validate', '-c', file, '--adapter', 'json')).err).toContain('Caddyfile:1:1: this is no JSON');
		expect(await igor('validate', '-c', file, '--adapter', 'caddyfile')).toMatchObject({ status: 0 });
		expect(await igor('adapt', '-c', file, '--validate')).toMatchObject({ status: 0 });
		expect(await igor('run', '-c', file, '--adapter', 'yaml')).toEqual({
			status: 1,
			out: '',
			err: "igor: --adapter yaml is not available; Igor reads Caddyfiles ('caddyfile') and Caddy's JSON ('json').\n",
		});
	});
});

describe('igor start', () => {
	test('serves in the background until igor stop; env *, --environ and --pidfile', async () => {
		const admin = `127.0.0.1:${await freePort()}`;
		const port = await freePort();
		const folder = writeApp({
			Caddyfile: `{\n\tadmin ${admin}\n\tlog {\n\t\toutput file log\n\t}\n}\nhttp://127.0.0.1:${port} {\n\tbasic_auth /private {\n\t\tann ${hashSync('right', 4)}\n\t}\n\tphp_server {\n\t\tenv *\n\t\tenv B own\n\t}\n}\n`,
			'index.php': '<?php echo json_encode([$_SERVER["A"], getenv("B"), $_SERVER["C"] ?? null, getenv("D")]);',
		});
		const args = ['start', '--pidfile', 'pid', '--resume', '--env', 'C=option'];
		const starting = spawn(process.execPath, [BIN, ...args], {
			cwd: folder,
			env: { ...process.env, XDG_CONFIG_HOME: folder, A: 'all', B: 'overridden', C: 'overridden', D: 'd' },
			stdio: 'ignore',
		});
		expect(await once(starting, 'exit')).toEqual([0, null]);
		const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
		expect(process.kill(pid, 0)).toBe(true);
		expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toEqual(['all', 'own', 'option', 'd']);
		// By the thread that the build has made for it.
		const login = async (password: string) =>
			(
				await fetch(`http://127.0.0.1:${port}/private`, {
					headers: { authorization: `Basic ${btoa(`ann:${password}`)}` },
				})
			).status;
		expect([await login('right'), await login('wrong')]).toEqual([200, 401]);
		expect(await run(['stop', '--address', admin], folder)).toMatchObject({ status: 0 });
		await eventually('the end of the pid file', () => !existsSync(join(folder, 'pid')));
		writeFileSync(join(folder, 'Caddyfile'), ':80 {\n\tnothing\n}\n');
		const env = { ...process.env, XDG_CONFIG_HOME: folder };
		const failing = spawn(process.execPath, [BIN, 'start'], { cwd: folder, env, stdio: 'ignore' });
		expect(await once(failing, 'exit')).toEqual([1, null]);
	});
});

describe('igor php-server', { timeout: 60_000 }, () => {
	const page =
		"<?php $long = str_repeat('x', 2000); while (frankenphp_handle_request(static function () use ($long) { echo $_SERVER['A'] ?? '', $_SERVER['HTTPS'] ?? '', $long; }));";

	test('--domain, --access-log, --watch: a site of its own, by HTTPS', async () => {
		const port = await freePort();
		const folder = writeApp({ 'public/index.php': page });
		const options = [
			'--domain',
			'app.localhost',
			'--listen',
			`127.0.0.1:${port}`,
			'--access-log',
			'--debug',
			'--env-all',
		];
		const server = new Igor(
			[
				'php-server',
				'--root',
				'public',
				...options,
				'--watch',
				'--watch',
				'**/*.txt',
				'--worker',
				'public/index.php,1',
			],
			folder,
			{ A: 'all ', XDG_DATA_HOME: folder },
		);
		expect(await server.ready()).toBe(`https://app.localhost:${port}`);
		const { body, headers } = await askHttp1({
			...{ host: 'app.localhost', port, path: '/x', headers: { 'accept-encoding': 'gzip' } },
			ca: readFileSync(globSync(join(folder, '**/root*.crt'))[0] as string, 'utf8'),
		});
		expect(headers['content-encoding']).toBe('gzip');
		expect(body.length).toBeLessThan(1000);
		await eventually('the access log', () => server.stderr.includes('"uri":"/x"'));
		writeFileSync(join(folder, 'public/other.php'), '<?php // new');
		await eventually('the restart', () => server.stderr.includes('Files changed'));
	});

	test.each([
		[[], 'gzip'],
		[['--no-compress'], undefined],
	])('%j: compression', async (options, expected) => {
		const folder = writeApp({ 'index.php': "<?php echo str_repeat('x', 2000);" });
		const server = new Igor(['php-server', '--listen', '127.0.0.1:0', '--threads', '1', ...options], folder);
		const port = Number(new URL(await server.ready()).port);
		const { headers } = await askHttp1({ host: 'localhost', port, path: '/', headers: { 'accept-encoding': 'gzip' } });
		expect(headers['content-encoding']).toBe(expected);
	});
});
