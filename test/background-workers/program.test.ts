import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';
import { publisher, READER } from './scripts.ts';

afterEach(cleanUp);

const get = async (url: string) => (await fetch(url)).text();

describe('igor php-server --background-worker', () => {
	test.each([{ more: [] }, { more: ['--access-log'] }])('NAME=FILE[,NUM] $more', async ({ more }) => {
		const folder = writeApp({
			'bin/jobs.php': publisher("['name' => $argv[1]]"),
			'public/index.php': READER,
		});
		const options = ['--listen', '127.0.0.1:0', '--root', 'public', '--background-worker', 'jobs=bin/jobs.php,2'];
		const igor = new Igor(['php-server', ...options, ...more], folder);
		expect(await get(`${await igor.ready()}/?name=jobs`)).toBe('{"name":"jobs"}');
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe(0);
	});

	test('one that does not start: its PHP error, exit 1', async () => {
		const folder = writeApp({ 'bad.php': '<?php throw new LogicException("thrown on purpose");' });
		const { status, out, err } = await run(
			['php-server', '--listen', '127.0.0.1:0', '--background-worker', 'a=bad.php'],
			folder,
		);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(
			/The background worker "a" could not be started: 6 failed attempts.*thrown on purpose in .*bad\.php:1/,
		);
	});
});

test('igor run: what operators see of them, and a reload', async () => {
	const admin = await freePort();
	const caddyfile = (queue: string) => `{
	admin 127.0.0.1:${admin}
	frankenphp {
		num_threads 1
		worker global.php {
			name global
			background
		}
	}
}
http://127.0.0.1:0 {
	php_server {
		name shop
		worker {
			file jobs.php
			name jobs
			background
			num 2
			env QUEUE ${queue}
		}
		worker any.php {
			background
			max_threads 1
		}
	}
}
`;
	const folder = writeApp({
		Caddyfile: caddyfile('high'),
		'jobs.php': publisher("['queue' => $_SERVER['QUEUE']]"),
		'global.php': publisher("['global' => true]"),
		'any.php': publisher("['any' => $argv[1]]"),
		'index.php': READER,
		'ensure.php': `<?php frankenphp_ensure_background_worker($_GET['name']); ${READER.slice(5)}`,
	});
	const igor = new Igor(['run'], folder);
	const url = await igor.ready();
	const api = `http://127.0.0.1:${admin}`;
	expect(await get(`${url}/?name=jobs`)).toBe('{"queue":"high"}');
	expect(await get(`${url}/?name=global`)).toBe('{"global":true}');

	expect(await get(`${url}/?name=one`)).toMatch(/^RuntimeException: Cannot read the variables of "one"/);
	expect(await get(`${url}/ensure.php?name=one`)).toBe('{"any":"one"}');
	expect(await get(`${url}/?name=one`)).toBe('{"any":"one"}');
	expect(await get(`${url}/ensure.php?name=two`)).toContain('1 name is served by the worker without a name already');

	const { ThreadDebugStates: threads } = JSON.parse(await get(`${api}/frankenphp/threads`));
	const names = threads.map(({ Name }: { Name: string }) => Name).filter((name: string) => name.includes('Background'));
	expect(names.sort()).toEqual([
		'Background Worker PHP Thread - global',
		'Background Worker PHP Thread - jobs',
		'Background Worker PHP Thread - jobs',
		'Background Worker PHP Thread - one',
	]);
	expect(JSON.parse(await get(`${api}/sidekicks`))).toMatchObject([
		{ scope: 'global', name: 'global', origin: 'configuration', num: 1, keys: [{ key: 'global', type: 'bool' }] },
		{ scope: 'shop', name: 'jobs', origin: 'configuration', state: 'ready', ready: true, num: 2, readyThreads: 2 },
		{ scope: 'shop', name: 'one', origin: 'catch-all', state: 'ready' },
	]);
	const metrics = await get(`${api}/metrics`);
	for (const line of [
		'total_workers{worker="jobs"} 2',
		'ready_workers{worker="jobs"} 2',
		'busy_workers{worker="jobs"} 0',
	]) {
		expect(metrics).toContain(`\nfrankenphp_${line}\n`);
	}
	expect(metrics).toContain('\nfrankenphp_worker_crashes{worker="jobs"} 0\n');
	expect(metrics).toContain('\nfrankenphp_worker_restarts{worker="jobs"} 0\n');

	writeFileSync(join(folder, 'Caddyfile'), caddyfile('low'));
	expect(await run(['reload', '--address', `127.0.0.1:${admin}`], folder)).toMatchObject({ status: 0 });
	expect(await get(`${url}/?name=jobs`)).toBe('{"queue":"low"}');
	const table = await run(['sidekicks', '--address', `127.0.0.1:${admin}`], folder);
	expect(table.out).toMatch(/shop +jobs +ready +2 of 2/);

	writeFileSync(join(folder, 'Caddyfile'), caddyfile('low').replace('file jobs.php', 'file none.php'));
	const refused = await run(['reload', '--address', `127.0.0.1:${admin}`], folder);
	expect(refused.status).toBe(1);
	expect(refused.err).toMatch(/Caddyfile:14:3: the script of the background worker .*none\.php.* does not exist/);
	expect(await get(`${url}/?name=jobs`)).toBe('{"queue":"low"}');
});
