import { describe, expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

const BOOT = `<?php
class D { function __construct(private $name) {} function __destruct() { echo "D:$this->name:", $_GET['k'] ?? '?'; } }
$d = new D('global');
register_shutdown_function(fn() => error_log('BOOT SHUTDOWN RAN'));
`;

/** A worker of one thread whose callback has this body. */
function start(php: (typeof platform.phpVersions)[number], body: string): Promise<Scope> {
	const worker = `${BOOT}while (frankenphp_handle_request(function () { ${body} })) {}`;
	return Scope.start({ 'worker.php': worker }, { php, workers: [{ file: 'worker.php', num: 1 }] });
}

describe.each(platform.phpVersions)('PHP %s: a worker that ends inside a request', (php) => {
	test('by exit() prints what its destructors print to the client', async () => {
		await using scope = await start(php, `echo 'body;'; if (isset($_GET['k'])) exit(1);`);
		expect(await scope.get('/worker.php?k=1')).toBe('body;D:global:1');
		expect(await scope.get('/worker.php')).toBe('body;');
		expect(scope.log.matching('BOOT SHUTDOWN RAN')).toHaveLength(1);
	});

	test('by exit() in a shutdown function does so, too, and with what is buffered', async () => {
		await using scope = await start(
			php,
			`ob_start(fn($text) => strtoupper($text)); echo 'body;'; register_shutdown_function(function () { echo 'shutdown;'; if (isset($_GET['k'])) exit(1); });`,
		);
		expect(await scope.get('/worker.php?k=one')).toBe('BODY;SHUTDOWN;D:GLOBAL:ONE');
		expect(await scope.get('/worker.php')).toBe('BODY;SHUTDOWN;');
	});

	test('by exit() may still set a header in a destructor', async () => {
		await using scope = await start(
			php,
			`class H { function __destruct() { header('X-Late: yes'); } } $GLOBALS['h'] = new H; exit;`
				.replace('class H', 'if (!class_exists("H")) { eval("class H')
				.replace(' } } $G', ' } }"); } $G'),
		);
		const response = await scope.server.fetch('/worker.php');
		expect([response.status, response.headers.get('x-late'), await response.text()]).toEqual([
			200,
			'yes',
			'D:global:?',
		]);
	});

	test('after finish_request() prints nothing more to anybody', async () => {
		await using scope = await start(php, `echo 'body;'; frankenphp_finish_request(); if (isset($_GET['k'])) exit(1);`);
		expect(await scope.get('/worker.php?k=1')).toBe('body;');
		expect(await scope.get('/worker.php')).toBe('body;');
	});

	test('at its loop prints what destructors print to the log', async () => {
		const worker = `${BOOT}frankenphp_handle_request(function () { echo 'body;'; });`;
		await using scope = await Scope.start({ 'worker.php': worker }, { php, workers: [{ file: 'worker.php', num: 1 }] });
		for (let i = 0; i < 3; i++) expect(await scope.get('/worker.php?k=1')).toBe('body;');
	});
});

describe.each(platform.phpVersions)('PHP %s: objects in superglobals', (php) => {
	test.each([
		'_SESSION',
		'_GET',
		'_POST',
		'_COOKIE',
		'_FILES',
		'_SERVER',
		'_REQUEST',
	])('$%s: their destructors neither print to the next request nor end it', async (name) => {
		await using scope = await start(
			php,
			`if (isset($_GET['k'])) { $$name = '${name}'; $GLOBALS['${name}']['d'] = new Ends; } echo 'body;';`
				.replace(`$$name = '${name}'; `, '')
				.replace(
					'if (isset',
					'if (!class_exists("Ends")) { eval("class Ends { function __destruct() { echo 1; frankenphp_finish_request(); } }"); } if (isset',
				),
		);
		const first = await scope.get('/worker.php?k=1');
		expect(first).toMatch(/^body;1?$/);
		expect(await scope.get('/worker.php')).toBe('body;');
	});
});
