import { existsSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../program/support/command-line.ts';
import { BIN, cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { openPage } from './support/pages.ts';
import { igorWords, serve, serveCaddyfile, sh, write } from './support/shell.ts';

afterAll(cleanUp);

const NGINX = '/usr/sbin/nginx';
const missingNginx =
	process.env.CI || existsSync(NGINX) ? undefined : "nginx is not on this machine: install Debian's nginx.";

describe('Zero-downtime deployment', () => {
	const page = openPage('docs/guides/deployment.md');
	const worker = (release: number) => `<?php while (frankenphp_handle_request(function () {
		echo ${release}, frankenphp_sidekick_get_vars('release')['number'];
	}));`;
	const sidekick = (release: number) => `<?php
		frankenphp_sidekick_set_vars(['number' => '${release}']);
		while (!frankenphp_sidekick_should_stop()) sleep(1);`;

	test('the link is switched while requests run, and none of them fails', async () => {
		const folder = writeApp({
			'releases/1/public/index.php': worker(1),
			'releases/1/bin/console': sidekick(1),
			'releases/2/public/index.php': worker(2),
			'releases/2/bin/console': sidekick(2),
		});
		symlinkSync('releases/1', `${folder}/current`);
		const [admin, port] = [await freePort(), await freePort()];
		const caddyfile = page.take('caddyfile', 'Caddyfile').replace(':8080', `:${port}`);
		write(folder, { Caddyfile: `{\n\tadmin 127.0.0.1:${admin}\n}\n${caddyfile}` });
		const url = await new Igor(['run'], folder).ready();
		expect(await (await fetch(url)).text()).toBe('11');
		let isOver = false;
		const seen = new Set<string>();
		const asking = (async () => {
			while (!isOver) {
				const response = await fetch(url);
				seen.add(`${response.status} ${await response.text()}`);
			}
		})();
		const switched = await sh(page.take('sh'), folder);
		isOver = true;
		await asking;
		expect([switched.status, switched.err]).toEqual([0, '']);
		expect([...seen].filter((answer) => !/^200 (11|22)$/.test(answer))).toEqual([]);
		expect(await (await fetch(url)).text()).toBe('22');
	});

	test('the health check is answered without PHP', async () => {
		const folder = writeApp({ 'public/index.php': '<?php http_response_code(500);' });
		const url = await serveCaddyfile(page.take('caddyfile', 'health.caddyfile'), folder).ready();
		expect((await fetch(`${url}/healthz`)).status).toBe(200);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Behind Caddy or nginx', () => {
	const page = openPage('docs/guides/proxy.md');
	const nginxConf = page.take('nginx', 'nginx.conf');
	const folder = writeApp({
		'public/index.php': `<?php echo json_encode([$_SERVER['REMOTE_ADDR'], $_SERVER['HTTPS'], $_SERVER['HTTP_HOST']]);`,
	});

	test('what a trusted proxy says of the client is what PHP sees', async () => {
		const port = await freePort();
		const behind = page.take('caddyfile', 'Caddyfile').replaceAll(':8080', `:${port}`);
		await serveCaddyfile(behind, folder).ready();
		const front = page.take('caddyfile', 'front.caddyfile').replaceAll(':8080', `:${port}`);
		const url = await serveCaddyfile(front.replace(':8090', ':0'), folder).ready();
		const headers = { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' };
		const say = async (from: string) => (await fetch(from, { headers })).json();
		expect(await say(`http://127.0.0.1:${port}`)).toEqual(['192.0.2.7', 'on', `127.0.0.1:${port}`]);
		// The proxy does not believe its own client.
		const [address, https] = await say(url);
		expect([address, https]).toEqual(['127.0.0.1', '']);
	});

	test.skipIf(lacking(missingNginx))('nginx passes on host, client and scheme', async () => {
		const port = await freePort();
		const backend = createServer((request, response) => response.end(JSON.stringify(request.headers)));
		await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
		const { port: behind } = backend.address() as AddressInfo;
		const site = nginxConf.replace(':8091', `:${port}`).replace(':8080', `:${behind}`);
		write(folder, {
			'nginx.conf': `daemon off; pid ${folder}/nginx.pid; error_log stderr; events {}\nhttp { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/nginx-${name};`).join(' ')}\n${site} }`,
		});
		const nginx = runProgram(NGINX, ['-c', `${folder}/nginx.conf`], { cwd: folder });
		const ask = () => fetch(`http://127.0.0.1:${port}/`, { headers: { 'X-Forwarded-For': '192.0.2.7' } });
		const headers = await eventually('nginx', async () => (await ask().catch(() => undefined))?.json());
		expect(headers).toMatchObject({
			host: `127.0.0.1:${port}`,
			'x-forwarded-for': '127.0.0.1',
			'x-forwarded-proto': 'http',
		});
		await runProgram(NGINX, ['-c', `${folder}/nginx.conf`, '-s', 'quit'], { cwd: folder });
		await nginx;
		backend.close();
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('systemd', () => {
	const page = openPage('docs/guides/systemd.md');
	const unit = page.take('ini', 'igor.service');

	test('its command serves the Caddyfile of the folder, and loads it again on SIGHUP', async () => {
		const folder = writeApp({
			'public/index.php': '<?php echo 1;',
			Caddyfile: '{\n\tadmin off\n}\nhttp://127.0.0.1:0 {\n\troot public\n\tphp_server\n}\n',
		});
		const [, program, ...words] = /^ExecStart=(\S+) (\S+) (.*)$/m.exec(unit) ?? [];
		expect([program, words[0]]).toEqual(['/usr/bin/node', '/srv/app/node_modules/igor-php/bin/igor.js']);
		expect(BIN).toMatch(/\/bin\/igor\.js$/);
		const igor = new Igor([words[1] ?? ''], folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('1');
		expect(unit).toContain('ExecReload=/bin/kill -HUP $MAINPID');
		igor.signal('SIGHUP');
		await igor.until(() => igor.stderr.includes('has been loaded again'));
	});

	test.skipIf(lacking(missingProgram('systemd-analyze', 'systemd')))('systemd finds no mistake in it', async () => {
		const folder = writeApp({ 'igor.service': unit.replace('/usr/bin/node', process.execPath) });
		const { status, err } = await runProgram('systemd-analyze', ['verify', './igor.service'], { cwd: folder });
		expect([status, err]).toEqual([0, '']);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});

describe('Troubleshooting', () => {
	const page = openPage('docs/troubleshooting.md');

	test('the doctor has a line for each of what the page names', { timeout: 120_000 }, async () => {
		const { out } = await sh(page.take('sh'), writeApp({}));
		for (const check of ['Node.js', 'PHP 8.4', 'Temporary folder', '(admin API)', 'Locks', 'Memory']) {
			expect(out).toContain(check);
		}
	});

	test('the sidekick goes on, with one start', async () => {
		const folder = writeApp({
			'bin/console': page.take('php', 'sidekick.php'),
			'public/index.php': `<?php echo frankenphp_sidekick_get_vars('clock')['time'];`,
		});
		const igor = serve('npx igor php-server --root public --sidekick-entrypoint bin/console\n', folder);
		const url = await igor.ready();
		const time = await (await fetch(url)).text();
		expect(time).toMatch(/^\d\d:\d\d:\d\d$/);
		await eventually('the next time', async () => (await (await fetch(url)).text()) !== time);
		expect(igor.stderr).not.toContain('exited');
	});

	test('the messages are those of the log and of the command', async () => {
		const folder = writeApp({ 'public/index.php': `<?php @file_get_contents('/etc/hostname'); echo 1;` });
		const [hidden = '', port = ''] = [...page.text.matchAll(/^```text\n(.*)\n```$/gm)].map(([, text = '']) => text);
		const url = await serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder).ready();
		expect(await (await fetch(url)).text()).toBe('1');
		const igor = serve('npx igor php-server --root public\n', folder);
		await fetch(await igor.ready());
		await igor.until(() => igor.stderr.includes(JSON.stringify(hidden).slice(1, -1)));
		const admin = createServer();
		await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve));
		const { port: taken } = admin.address() as AddressInfo;
		write(folder, { Caddyfile: `{\n\tadmin 127.0.0.1:${taken}\n}\nhttp://127.0.0.1:0 {\n\trespond 1\n}\n` });
		expect((await sh('igor run', folder)).err).toBe(`igor: ${port.replace('2019', String(taken))}\n`);
		admin.close();
	});

	test('with --watch a changed worker runs at once', async () => {
		const page_ = (number: number) => `<?php while (frankenphp_handle_request(function () { echo ${number}; }));`;
		const folder = writeApp({ 'public/index.php': page_(1) });
		const code = page.take('sh');
		expect(igorWords(code)).toContain('--watch');
		const url = await serve(code, folder).ready();
		expect(await (await fetch(url)).text()).toBe('1');
		write(folder, { 'public/index.php': page_(2) });
		await eventually('the new code', async () => (await (await fetch(url)).text()) === '2');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
