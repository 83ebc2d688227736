// The application that is soaked: pages that have to answer whatever happens, and pages that make it happen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes of /large.php: more than sockets and pipes hold. */
export const LARGE = 4_000_000;

/** Pages that answer 200, with the same text each time where one is given. wrk asks for them all the time. */
export const GOOD_PATHS = ['/worker.php?x=1', '/classic.php', '/style.css', '/worker.php', '/processes.php'];

/** Pages that harm their thread, and what a client gets: any answer of these, but an answer. */
export const BAD_PATHS = {
	'/endless.php': [500],
	'/too-much.php': [500],
	'/recursion.php': [500],
	'/hungry.php': [200],
};

const FILES = {
	'public/worker.php': `<?php
$handler = static function (): void {
	echo 'worker ', frankenphp_sidekick_get_vars('crasher', 20)['generation'];
};
while (frankenphp_handle_request($handler)) {
}
`,
	'public/classic.php': `<?php echo 'classic ', frankenphp_sidekick_get_vars('crasher', 20)['generation'];`,
	'public/style.css': 'body { color: black }',
	// Where no process is allowed none of them exists, and the page is there at once.
	'public/processes.php': `<?php
$run = [
	'exec' => fn() => exec('true'),
	'shell_exec' => fn() => shell_exec('true'),
	'system' => fn() => system('true'),
	'passthru' => fn() => passthru('true'),
	'popen' => fn() => pclose(popen('true', 'r')),
	'proc_open' => fn() => proc_close(proc_open(['true'], [], $pipes)),
];
foreach ($run as $name => $call) {
	if (function_exists($name)) {
		$call();
	}
}
echo 'done';
`,
	'public/large.php': `<?php for ($i = 0; $i < ${LARGE / 10_000}; $i++) echo str_repeat('x', 10_000);`,
	'public/upload.php': `<?php echo strlen(file_get_contents('php://input'));`,
	// The thread is ended from outside.
	'public/endless.php': '<?php set_time_limit(1); while (true);',
	'public/too-much.php': `<?php ini_set('memory_limit', '64M'); for ($all = [];;) $all[] = str_repeat('x', 1_000_000);`,
	// WebAssembly's stack ends, and with it the thread.
	'public/recursion.php': '<?php function f($x) { return array_map("f", [$x]); } f(1);',
	'public/hungry.php': `<?php
ini_set('memory_limit', '-1');
for ($all = []; count($all) < 300;) {
	$all[] = str_repeat(chr(count($all) % 256), 1_000_000);
}
echo count($all);
`,
	'bin/console': `<?php
frankenphp_sidekick_set_vars(['generation' => uniqid()]);
$order = __DIR__ . '/../crash';
while (!frankenphp_sidekick_should_stop()) {
	clearstatcache();
	if (is_file($order)) {
		@unlink($order);
		throw new RuntimeException('crashed by order');
	}
	usleep(10_000);
}
`,
};

const caddyfile = (port, adminPort) => `{
	admin 127.0.0.1:${adminPort}
	frankenphp {
		num_threads 4
		max_threads 8
	}
}
http://127.0.0.1:${port} {
	root public
	php_server {
		worker worker.php {
			num 2
			watch public/**/*.php
		}
		sidekick_entrypoint bin/console
	}
}
`;

/** Writes the application and its Caddyfile. */
export function writeApp(folder, port, adminPort) {
	const files = { ...FILES, Caddyfile: caddyfile(port, adminPort) };
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
}
