import { writeFileSync } from 'node:fs';
import { freePort } from '../../support/free-port.ts';
import { Igor, run, writeApp } from './igor.ts';

const CADDYFILE = `{
	# A comment, and options with defaults from the environment.
	http_port {$HTTP_PORT:8080}
	https_port {$HTTPS_PORT:8443}
	auto_https disable_redirects
	admin 127.0.0.1:{$ADMIN_PORT:2019}
	frankenphp {
		num_threads 4
		php_ini memory_limit 96M
	}
}

(common) {
	encode zstd br gzip
	header X-Site {args[0]}
	@health path /health
	respond @health "{args[0]} is fine" 200
}

http://shop.localhost {
	import common shop
	bind 127.0.0.1
	metrics /numbers
	root shop/public
	@old path /old/*
	redir @old /new{uri} 301
	php_server {
		name shop
		env SITE shop
		worker worker.php 1
		sidekick {
			entrypoint bin/console
			allow config
			env ROLE publisher
		}
	}
}

desk.localhost {
	tls internal
	import common desk
	root desk/public
	request_body {
		max_size 1KB
	}
	handle_path /files/* {
		file_server browse
	}
	handle {
		php_server {
			env SITE "{$DESK_NAME:the desk}"
			sidekick_entrypoint bin/console
		}
	}
	handle_errors {
		respond "{err.status_code} of desk"
	}
}
`;

const CONSOLE = `#!/usr/bin/env php
<?php
$run = 0;
do {
	frankenphp_sidekick_set_vars(['site' => getenv('SITE'), 'role' => (string) getenv('ROLE'), 'run' => (string) ++$run]);
	while (!frankenphp_sidekick_should_stop() && !is_file(__DIR__ . '/../break-' . str_replace(' ', '-', getenv('SITE')))) {
		usleep(5000);
	}
	if (!frankenphp_sidekick_should_stop()) {
		unlink(__DIR__ . '/../break-' . str_replace(' ', '-', getenv('SITE')));
		throw new RuntimeException('broken by the test');
	}
} while (!frankenphp_sidekick_should_stop());
`;

const PAGE = `echo json_encode(frankenphp_sidekick_get_vars('config') + [
	'mode' => isset($_SERVER['FRANKENPHP_WORKER']) ? 'worker' : 'classic',
	'host' => $_SERVER['HTTP_HOST'],
	'https' => $_SERVER['HTTPS'],
	'protocol' => $_SERVER['SERVER_PROTOCOL'],
	'memory' => ini_get('memory_limit'),
	'uri' => $_SERVER['REQUEST_URI'],
	'posted' => strlen(file_get_contents('php://input')),
]);`;

const FILES = {
	Caddyfile: CADDYFILE,
	'bin/console': CONSOLE,
	'shop/public/index.php': `<?php ${PAGE}`,
	'shop/public/worker.php': `<?php while (frankenphp_handle_request(static function (): void { ${PAGE} })) {}`,
	'desk/public/index.php': `<?php ${PAGE}`,
	'desk/public/notes/one.txt': 'first note\n',
};

/** Two sites with a scope each, by a Caddyfile, in a folder of its own. */
export interface TwoSites {
	readonly igor: Igor;
	readonly folder: string;
	readonly httpPort: number;
	readonly httpsPort: number;
	/** Of the admin API, without a final slash. */
	readonly admin: string;
	/** Where the internal certificate authority keeps its files. */
	readonly dataFolder: string;
	readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes the app and starts `igor run` in its folder; resolves when it listens.
 *
 * @param asJson it runs what `igor adapt` has written to `caddy.json`
 */
export async function startTwoSites(asJson = false): Promise<TwoSites> {
	const folder = writeApp(FILES);
	const [httpPort, httpsPort, adminPort] = await Promise.all([freePort(), freePort(), freePort()]);
	const dataFolder = `${folder}/data`;
	const env = {
		HTTP_PORT: String(httpPort),
		HTTPS_PORT: String(httpsPort),
		ADMIN_PORT: String(adminPort),
		XDG_DATA_HOME: dataFolder,
	};
	if (asJson) writeFileSync(`${folder}/caddy.json`, (await run(['adapt', '--pretty'], folder, env)).out);
	const igor = new Igor(['run', ...(asJson ? ['--config', 'caddy.json'] : [])], folder, env);
	await igor.ready();
	return { igor, folder, httpPort, httpsPort, admin: `http://127.0.0.1:${adminPort}`, dataFolder, env };
}

/** The app without a process, for commands that start none. */
export function writeTwoSites(): string {
	return writeApp(FILES);
}
