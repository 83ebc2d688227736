import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { askHttp1, askHttp2, type Question } from './support/ask.ts';
import { cleanUp, Igor, run, writeApp } from './support/igor.ts';
import { startTwoSites, type TwoSites, writeTwoSites } from './support/two-sites.ts';

describe('igor run: two sites with a scope each', () => {
	let sites: TwoSites;
	let ca: string;

	beforeAll(async () => {
		sites = await startTwoSites();
		ca = readFileSync(globSync(join(sites.dataFolder, '**/root*.crt'))[0] ?? '', 'utf8');
	}, 60_000);
	afterAll(cleanUp);

	const shop = (path: string, more: Partial<Question> = {}) =>
		askHttp1({ host: 'shop.localhost', port: sites.httpPort, path, ...more });
	const desk = (path: string, more: Partial<Question> = {}) => ({
		host: 'desk.localhost',
		port: sites.httpsPort,
		path,
		ca,
		...more,
	});
	const json = ({ body }: { body: string }) => JSON.parse(body) as Record<string, string>;

	test('each has its own environment, and the same sidekick name means another sidekick', async () => {
		expect(json(await shop('/worker.php?x=1'))).toEqual({
			site: 'shop',
			role: 'publisher',
			run: '1',
			mode: 'worker',
			host: 'shop.localhost',
			https: '',
			protocol: 'HTTP/1.1',
			memory: '96M',
			uri: '/worker.php?x=1',
			posted: 0,
		});
		expect(json(await askHttp2(desk('/some/page')))).toMatchObject({ site: 'the desk', role: '', mode: 'classic' });
		expect(json(await shop('/any/page'))).toMatchObject({ site: 'shop', mode: 'classic', uri: '/any/page' });
	});

	test('TLS by the internal authority, HTTP/1.1 and HTTP/2', async () => {
		expect(json(await askHttp1(desk('/')))).toMatchObject({
			https: 'on',
			protocol: 'HTTP/1.1',
			host: 'desk.localhost',
		});
		expect(json(await askHttp2(desk('/')))).toMatchObject({
			https: 'on',
			protocol: 'HTTP/2.0',
			host: `desk.localhost:${sites.httpsPort}`,
		});
		const posted = await askHttp2(desk('/', { method: 'POST', body: 'x'.repeat(700) }));
		expect(json(posted)).toMatchObject({ posted: 700 });
	});

	test('snippets, matchers, redirects, errors, files', async () => {
		const health = await shop('/health');
		expect(health).toMatchObject({ status: 200, body: 'shop is fine' });
		expect(health.headers['x-site']).toBe('shop');
		expect((await askHttp2(desk('/health'))).headers['x-site']).toBe('desk');
		const numbers = await shop('/numbers');
		expect(numbers.headers['content-type']).toContain('text/plain');
		expect(numbers.body).toMatch(/^frankenphp_total_threads\S* \d+$/m);
		expect(await shop('/old/page?x=1')).toMatchObject({ status: 301, headers: { location: '/new/old/page?x=1' } });
		expect(await askHttp1(desk('/files/notes/one.txt'))).toMatchObject({ status: 200, body: 'first note\n' });
		expect(await askHttp1(desk('/files/nothing'))).toMatchObject({ status: 404, body: '404 of desk' });
		const large = await askHttp1(desk('/', { method: 'POST', body: 'x'.repeat(5000) }));
		expect(large).toMatchObject({ status: 413, body: '413 of desk' });
	});

	test('a sidekick crashes and recovers: the admin API tells, requests do not notice', async () => {
		await shop('/worker.php');
		const crashes = async () => {
			const text = await (await fetch(`${sites.admin}/metrics`)).text();
			return Number(/^frankenphp_sidekick_crashes_total\{[^}]*scope="shop"[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
		};
		const before = await crashes();
		writeFileSync(join(sites.folder, 'break-shop'), '');
		await eventually('the crash', async () => {
			expect((await shop('/worker.php')).status).toBe(200);
			return (await crashes()) > before;
		});
		await eventually('the recovery', async () => {
			const list = await (await fetch(`${sites.admin}/sidekicks`)).json();
			return list.find(
				(one: { scope: string; state: string; restarts: number }) =>
					one.scope === 'shop' && one.state === 'ready' && one.restarts > 0,
			);
		});
		expect(json(await shop('/worker.php')).site).toBe('shop');
		const crashed = sites.igor.stderr.split('\n').find((line) => line.includes('"event":"crashed"')) ?? '{}';
		expect(JSON.parse(crashed)).toMatchObject({ scope: 'shop', sidekick: 'config', level: 'warn' });
	});

	test('a reload takes over what changed, and refuses what is wrong', async () => {
		const file = join(sites.folder, 'Caddyfile');
		const before = readFileSync(file, 'utf8');
		writeFileSync(file, before.replaceAll('is fine', 'is very fine'));
		const address = sites.admin.replace('http://', '');
		expect(await run(['reload', '--address', address], sites.folder, sites.env)).toMatchObject({ status: 0, err: '' });
		expect((await shop('/health')).body).toBe('shop is very fine');
		writeFileSync(file, before.replace('php_server {', 'php_sever {'));
		const refused = await run(['reload', '--address', address], sites.folder, sites.env);
		expect(refused.status).toBe(1);
		expect(refused.err).toMatch(/Caddyfile:\d+:\d+: .*'php_sever'.*did you mean 'php_server'\?/);
		expect((await shop('/health')).body).toBe('shop is very fine');
		writeFileSync(file, before);
		sites.igor.signal('SIGHUP');
		await eventually('the reload by SIGHUP', async () => (await shop('/health')).body === 'shop is fine');
	});

	test('changed code of a worker runs after POST /frankenphp/workers/restart', async () => {
		const script = join(sites.folder, 'shop/public/worker.php');
		const before = readFileSync(script, 'utf8');
		writeFileSync(script, before.replace("'mode' =>", "'fresh' => 'yes', 'mode' =>"));
		const restart = () => fetch(`${sites.admin}/frankenphp/workers/restart`, { method: 'POST' });
		expect((await restart()).status).toBe(200);
		expect(json(await shop('/worker.php'))).toMatchObject({ fresh: 'yes' });
		writeFileSync(script, '<?php throw new LogicException("not today");');
		const refused = await restart();
		expect(refused.status).toBe(500);
		expect(await refused.text()).toContain('not today');
		expect(json(await shop('/worker.php'))).toMatchObject({ fresh: 'yes' });
		writeFileSync(script, before);
		expect((await restart()).status).toBe(200);
		expect(json(await shop('/worker.php'))).not.toHaveProperty('fresh');
	});

	test('igor stop ends it with 0', async () => {
		const stop = await run(['stop', '--address', sites.admin.replace('http://', '')], sites.folder, sites.env);
		expect(stop).toMatchObject({ status: 0, err: '' });
		expect(await sites.igor.exit).toBe(0);
	});
});

describe('commands that start nothing', () => {
	afterEach(cleanUp);

	test('igor validate and igor adapt read what igor run would', async () => {
		const folder = writeTwoSites();
		expect(await run(['validate'], folder)).toEqual({ status: 0, out: 'Valid configuration\n', err: '' });
		const { status, out } = await run(['adapt', '--config', 'Caddyfile'], folder);
		expect(status).toBe(0);
		const adapted = JSON.parse(out);
		expect(adapted.apps).toMatchObject({ http: { http_port: 8080 }, frankenphp: { num_threads: 4 } });
		expect(Object.keys(adapted.apps.http.servers)).toHaveLength(2);
	});

	test.each(['validate', 'adapt', 'run'])('igor %s says where a Caddyfile is wrong, exit 1', async (command) => {
		const folder = writeApp({ Caddyfile: ':8080 {\n\tphp_server {\n\t\tworker nowhere.php\n\t}\n}\n' });
		const { status, out, err } = await run([command], folder);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(/^igor: \S+Caddyfile:3:3: the worker script '\S+\/nowhere\.php' does not exist/);
		expect(err).toContain('\tworker nowhere.php');
	});

	test.each([
		['a password that is not hashed', ':8080 {\n\tbasic_auth {\n\t\tadmin secret\n\t}\n}\n', /Caddyfile:2:2: /],
		['HTTP and HTTPS on one port', 'http://a.test:9000 {\n}\nb.test:9000 {\n}\n', /Caddyfile:3:1: port 9000 is used/],
		[
			'a proxy that is no network',
			'{\n\tservers {\n\t\ttrusted_proxies static x\n\t}\n}\n:8080 {\n}\n',
			/'x' in trusted/,
		],
	])('igor validate finds what only a start would show: %s', async (_what, Caddyfile, complaint) => {
		const { status, err } = await run(['validate'], writeApp({ Caddyfile }));
		expect(err).toMatch(complaint);
		expect(status).toBe(1);
	});

	test('no Caddyfile: one sentence, exit 1', async () => {
		const { status, err } = await run(['run'], writeApp({}));
		expect(status).toBe(1);
		expect(err).toMatch(/^igor: \S+\/Caddyfile does not exist; check the path\.\n$/);
	});
});

describe('igor run', () => {
	afterEach(cleanUp);

	test('a worker that does not start: its PHP error, exit 1', async () => {
		const folder = writeApp({
			Caddyfile: '{\n\tadmin off\n}\n:0 {\n\tphp_server {\n\t\tworker bad.php 1\n\t}\n}\n',
			'bad.php': '<?php throw new LogicException("thrown on purpose");',
		});
		const { status, out, err } = await run(['run'], folder);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(/thrown on purpose in .*bad\.php:1/);
	});

	test('a reload takes the log along', async () => {
		const caddyfile = (log: string) =>
			`{\n\tadmin off\n\tlog {\n\t\toutput file ${log}\n\t}\n}\nhttp://127.0.0.1:0 {\n}\n`;
		const folder = writeApp({ Caddyfile: caddyfile('one.log') });
		const igor = new Igor(['run'], folder);
		await igor.ready();
		writeFileSync(join(folder, 'Caddyfile'), caddyfile('two.log'));
		igor.signal('SIGHUP');
		await eventually('the second log', () => {
			const file = join(folder, 'two.log');
			return existsSync(file) && readFileSync(file, 'utf8').includes('has been loaded again');
		});
		expect(readFileSync(join(folder, 'one.log'), 'utf8')).not.toContain('has been loaded again');
	});

	test('--watch loads a changed Caddyfile', async () => {
		const folder = writeApp({ Caddyfile: '{\n\tadmin off\n}\nhttp://127.0.0.1:0 {\n\trespond one\n}\n' });
		const igor = new Igor(['run', '--watch'], folder);
		const url = await igor.ready();
		expect(await (await fetch(url)).text()).toBe('one');
		writeFileSync(join(folder, 'Caddyfile'), '{\n\tadmin off\n}\nhttp://127.0.0.1:0 {\n\trespond two\n}\n');
		await eventually('the new answer', async () => (await (await fetch(url)).text()) === 'two');
	});
});
