// The servers beside which Igor is measured, each on a port of its own on the loopback interface.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { run, start, which } from './children.mjs';
import { app } from './igor.mjs';

const START_LIMIT = 20_000;
const HELLO = { path: '/hello.php', says: 'Hello' };

/** Bare node:http. */
export async function startBareHttp() {
	const server = start(process.execPath, [fileURLToPath(new URL('programs/bare-http.mjs', import.meta.url))]);
	const [, url] = await server.line(/Listening on (\S+)/);
	return { ...server, url };
}

/** `php -S`, or undefined when PHP is not installed. */
export async function startPhpDashS() {
	const php = which('php');
	if (!php) return undefined;
	const address = `127.0.0.1:${await freePort()}`;
	const server = start(php, ['-S', address, '-t', `${app}/public`]);
	return answering({ ...server, url: `http://${address}` });
}

/**
 * nginx + php-fpm with 2 children, or undefined when one of them or an extension of PHP is not installed. Paths without a
 * file lead to `index.php` of the root.
 * @param page `path` and a part of what it says: what the server has to answer before it is measured
 * @returns `pid` is that of php-fpm
 */
export async function startNginxFpm({ root = `${app}/public`, page = HELLO, env = {}, extensions = [] } = {}) {
	const nginx = which('nginx');
	const fpm = ['8.4', '8.3', '8.2', ''].map((version) => which(`php-fpm${version}`)).find(Boolean);
	if (!nginx || !fpm) return undefined;
	const loaded = (await run(fpm, ['-m'])).split('\n');
	if (!extensions.every((extension) => loaded.includes(extension))) return undefined;
	const folder = temporaryFolder();
	writeFileSync(`${folder}/fpm.conf`, fpmConfig(folder, env));
	const asRoot = process.getuid?.() === 0 ? ['--allow-to-run-as-root'] : [];
	const backend = start(fpm, ['--nodaemonize', '--fpm-config', `${folder}/fpm.conf`, ...asRoot]);
	const front = await runNginx(nginx, folder, root);
	const stop = () => Promise.all([front.stop(), backend.stop()]);
	return answering({ url: front.url, stop, pid: backend.pid }, page);
}

/** One process of nginx, for files alone, or undefined when it is not installed. It answers for a PHP script with an error. */
export async function startNginx({ root = `${app}/public`, page } = {}) {
	const nginx = which('nginx');
	return nginx && answering(await runNginx(nginx, temporaryFolder(), root, 1), page);
}

function temporaryFolder() {
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-'));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

async function runNginx(nginx, folder, root, processes = 2) {
	const port = await freePort();
	writeFileSync(`${folder}/nginx.conf`, nginxConfig(folder, port, root, processes));
	const server = start(nginx, ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/nginx.log`]);
	return { ...server, url: `http://127.0.0.1:${port}` };
}

function fpmConfig(folder, env) {
	return `[global]
error_log = ${folder}/fpm.log
[bench]
user = ${userInfo().username}
listen = ${folder}/fpm.sock
listen.owner = ${userInfo().username}
pm = static
pm.max_children = 2
${Object.entries(env)
	.map(([name, value]) => `env[${name}] = "${value}"\n`)
	.join('')}`;
}

function nginxConfig(folder, port, root, processes) {
	return `daemon off;
user ${userInfo().username};
worker_processes ${processes};
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_requests 1000000;
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	server {
		listen 127.0.0.1:${port};
		root ${root};
		index index.php;
		location / { try_files $uri $uri/ /index.php?$args; }
		location ~ \\.php$ {
			fastcgi_pass unix:${folder}/fpm.sock;
			fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
			fastcgi_param QUERY_STRING $query_string;
			fastcgi_param REQUEST_METHOD $request_method;
			fastcgi_param CONTENT_TYPE $content_type;
			fastcgi_param CONTENT_LENGTH $content_length;
			fastcgi_param SCRIPT_NAME $fastcgi_script_name;
			fastcgi_param REQUEST_URI $request_uri;
			fastcgi_param DOCUMENT_ROOT $document_root;
			fastcgi_param SERVER_PROTOCOL $server_protocol;
			fastcgi_param REMOTE_ADDR $remote_addr;
			fastcgi_param SERVER_NAME $server_name;
			fastcgi_param SERVER_PORT $server_port;
		}
	}
}
`;
}

/** The server, once it answers. */
async function answering(server, { path: where, says } = HELLO) {
	const end = performance.now() + START_LIMIT;
	for (;;) {
		const answer = await fetch(`${server.url}${where}`).then((response) => response.text(), String);
		if (answer.includes(says)) return server;
		if (performance.now() > end) throw new Error(`${server.url}${where} does not answer: ${answer}`);
		await sleep(20);
	}
}
