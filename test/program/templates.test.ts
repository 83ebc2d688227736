import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { askHttp1 } from './support/ask.ts';
import { cleanUp, Igor, run, writeApp } from './support/igor.ts';

/** A worker that says what it is asked. */
const WORKER = `<?php
$booted = $_SERVER['APP_NAME'] ?? '';
while (frankenphp_handle_request(static function () use ($booted): void {
	echo json_encode([$booted, $_SERVER['SCRIPT_NAME'], $_SERVER['REQUEST_URI'], isset($_SERVER['FRANKENPHP_WORKER'])]);
}));
`;

/** Every form that the Caddyfiles of FrankenPHP, of symfony-docker and of Laravel Octane use, on a site each. */
const CADDYFILE = `{
	skip_install_trust
	{$GLOBAL_OPTIONS}
	admin {$ADMIN_HOST}:{$ADMIN_PORT}
	frankenphp {
		{$FRANKENPHP_OPTIONS}
		worker {
			file "{$PUBLIC}/octane.php"
			{$WORKER_LINES}
			{$MORE_WORKER_LINES}
		}
	}
}

{$EXTRA_SITES}

{$SYMFONY_NAME:localhost} {
	log {
		{$LOG_OPTIONS}
		format filter {
			request>uri query {
				replace authorization REDACTED
			}
		}
	}
	root {$PUBLIC:public/}
	encode zstd br gzip
	{$EXTRA_DIRECTIVES}
	header ?Permissions-Policy "browsing-topics=()"
	@phpRoute {
		not path /.well-known/mercure*
		not file {path}
	}
	rewrite @phpRoute index.php
	@frontController path index.php
	php @frontController {
		{$SITE_LINES}
		worker {
			file ./public/index.php
			{$MORE_WORKER_LINES}
		}
	}
	file_server {
		hide *.php
	}
}

{$OCTANE_NAME} {
	log {
		level {$LOG_LEVEL}
		format filter {
			wrap {$LOGGER}
			fields {
				uri query {
					replace authorization REDACTED
				}
			}
		}
	}
	route {
		root * "{$PUBLIC}"
		encode zstd br gzip
		{$EXTRA_DIRECTIVES}
		@static {
			path *.css *.txt
		}
		file_server @static
		php_server {
			index octane.php
			try_files {path} octane.php
			resolve_root_symlink
		}
		handle_errors {
			header Content-Type "text/html; charset=utf-8"
			respond "<h1>{err.status_code} {err.status_text}</h1>" {err.status_code}
		}
	}
}

{$PLAIN_NAME} {
	root {$PLAIN:plain/}
	encode zstd br gzip
	php_server {
		#worker /path/to/your/worker.php
	}
}

import Caddyfile.d/*.caddyfile
`;

describe('the forms of Caddyfiles that people start from', () => {
	const ports: Record<string, number> = {};
	let igor: Igor;
	afterAll(cleanUp);
	beforeAll(async () => {
		for (const name of ['symfony', 'octane', 'plain', 'admin']) ports[name] = await freePort();
		const folder = writeApp({
			Caddyfile: CADDYFILE,
			'public/index.php': WORKER,
			'public/octane.php': WORKER,
			'public/style.css': 'css',
			'plain/index.php': '<?php echo "plain ", $_SERVER["REQUEST_URI"];',
		});
		igor = new Igor(['run', '--config', 'Caddyfile', '--env-all'], folder, {
			...{ GLOBAL_OPTIONS: 'auto_https disable_redirects', ADMIN_HOST: 'localhost', ADMIN_PORT: String(ports.admin) },
			...{ PUBLIC: join(folder, 'public'), WORKER_LINES: 'num 1', LOG_LEVEL: 'INFO', LOGGER: 'json' },
			...{ SITE_LINES: 'name symfony', APP_NAME: 'app' },
			...{ SYMFONY_NAME: `http://localhost:${ports.symfony}`, OCTANE_NAME: `http://:${ports.octane}` },
			PLAIN_NAME: `http://localhost:${ports.plain}`,
		});
		await igor.ready();
	}, 60_000);

	const ask = (name: string, path: string) => askHttp1({ host: 'localhost', port: ports[name] as number, path });

	test('symfony-docker: a front controller by rewrite and path', async () => {
		const page = await ask('symfony', '/blog/1?authorization=secret&a=1');
		expect(JSON.parse(page.body)).toEqual(['app', '/index.php', '/blog/1?authorization=secret&a=1', true]);
		expect(page.headers['permissions-policy']).toBe('browsing-topics=()');
		expect(JSON.parse((await ask('symfony', '/')).body)).toEqual(['app', '/index.php', '/', true]);
		expect((await ask('symfony', '/style.css')).body).toBe('css');
		expect((await ask('symfony', '/index.php')).status).toBe(404);
		expect(igor.stderr).toContain('/blog/1?a=1&authorization=REDACTED');
		expect(igor.stderr).not.toContain('secret');
	});

	test("Octane: a global worker, static files before it, the site's errors", async () => {
		expect(JSON.parse((await ask('octane', '/')).body)).toEqual(['app', '/octane.php', '/', true]);
		expect(JSON.parse((await ask('octane', '/users/1')).body)).toEqual(['app', '/octane.php', '/users/1', true]);
		expect((await ask('octane', '/style.css')).body).toBe('css');
		const missing = await ask('octane', '/none.css');
		expect(missing).toMatchObject({ status: 404, body: '<h1>404 Not Found</h1>' });
		expect(missing.headers['content-type']).toBe('text/html; charset=utf-8');
	});

	test('FrankenPHP: what is left', async () => {
		expect((await ask('plain', '/some/page')).body).toBe('plain /some/page');
	});

	test('mercure and vulcain: one sentence that says what to remove', async () => {
		const folder = writeApp({
			Caddyfile: ':80 {\n\tmercure {\n\t\tanonymous\n\t}\n}\n',
			other: ':80 {\n\tvulcain\n}\n',
		});
		const mercure = await run(['validate'], folder);
		expect(mercure.err.split('\n')[0]).toMatch(/Caddyfile:2:2: .*'mercure' is not supported by Igor; remove the whole/);
		const vulcain = await run(['validate', '-c', 'other'], folder);
		expect(vulcain.err.split('\n')[0]).toMatch(/other:2:2: .*'vulcain' is not supported by Igor; remove the line/);
	});
});
