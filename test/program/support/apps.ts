import { freePort } from '../../support/free-port.ts';
import { Igor, writeApp } from './igor.ts';

/** An application with a classic page, a worker, and a few sidekicks. */
const FILES = {
	'hello.php': '<?php echo "classic ", $_SERVER["SCRIPT_NAME"], " ", $_GET["x"] ?? "";',
	'vars.php': '<?php echo json_encode(frankenphp_sidekick_get_vars($_GET["name"], 10));',
	'trap.php': '<?php function again($x) { return array_map("again", [$x]); } again(1);',
	'worker.php': `<?php
		$served = 0;
		while (frankenphp_handle_request(function () use (&$served) {
			if (isset($_GET['throw'])) throw new LogicException('thrown on purpose');
			if (isset($_GET['slow'])) { echo 'begun '; flush(); usleep(500_000); }
			echo 'worker ', ++$served;
		}));`,
	console: `#!/usr/bin/env php
<?php
frankenphp_sidekick_set_vars(['pid' => '1']);
switch ($argv[1]) {
	case 'sleeps': while (!frankenphp_sidekick_should_stop()) { sleep(60); } break;
	case 'spins': while (true);
	case 'crashes': usleep(100_000); throw new RuntimeException('crashed on purpose');
}`,
};

/** Starts `igor php-server` on that application, on any free port. */
export async function startServer(...more: string[]): Promise<{ igor: Igor; url: string }> {
	const folder = writeApp(FILES);
	const igor = new Igor(
		[
			'php-server',
			...['--root', folder, '--listen', '127.0.0.1:0', '--worker', `${folder}/worker.php,1`],
			...['--sidekick-entrypoint', `${folder}/console`],
			...more,
		],
		folder,
	);
	return { igor, url: await igor.ready() };
}

const PATIENT = `{
	admin off
	grace_period 1h
}
http://127.0.0.1:{$PORT} {
	php_server {
		worker worker.php 1
		sidekick {
			entrypoint console
			stop_timeout 1h
		}
	}
}
`;

/** Starts `igor run` on that application. When it stops, it has an hour for whatever it waits for: what ends waited for nothing. */
export async function startPatientServer(): Promise<{ igor: Igor; url: string }> {
	const folder = writeApp({ ...FILES, Caddyfile: PATIENT });
	const port = await freePort();
	const igor = new Igor(['run'], folder, { PORT: String(port) });
	await igor.ready();
	return { igor, url: `http://127.0.0.1:${port}` };
}

export async function text(url: string): Promise<string> {
	return (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text();
}
