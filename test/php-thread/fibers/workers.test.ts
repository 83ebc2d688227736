import { describe, expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

/** The answers of a fiber that is started in the first request, and goes on in those after it. */
const KEPT = `<?php
$fiber = new Fiber(function (): void {
	for ($n = 1; ; $n++) {
		usleep(1000);
		echo "round $n for {$_GET['who']}";
		Fiber::suspend();
	}
});
while (frankenphp_handle_request(fn () => $fiber->isStarted() ? $fiber->resume() : $fiber->start()));`;

/** The whole loop of a worker, inside a fiber. */
const LOOP = `<?php
$loop = new Fiber(function (): void {
	while (frankenphp_handle_request(function (): void {
		if (isset($_GET['throw'])) throw new LogicException('on purpose');
		$inner = new Fiber(function (): void { Fiber::suspend(); echo $_GET['who']; });
		$inner->start();
		echo 'hello ';
		$inner->resume();
	}));
	file_put_contents(__DIR__ . '/loop.ended', 'ended');
});
$loop->start();`;

/** The callback leaves its fiber with its request open. */
const SUSPENDED = `<?php
$fiber = new Fiber(fn () => frankenphp_handle_request(function (): void {
	echo 'begun, ';
	Fiber::suspend();
	echo 'ended';
}));
$fiber->start();
try {
	frankenphp_handle_request(fn () => print 'never');
} catch (RuntimeException $e) {
	echo $e->getMessage(), ', ';
}
$fiber->resume();
while (frankenphp_handle_request(fn () => print 'next'));`;

/** The script ends while a request is open in a suspended fiber. */
const LEFT = `<?php
$fiber = new Fiber(fn () => frankenphp_handle_request(function (): void {
	try { echo 'begun'; Fiber::suspend(); } finally { echo ', destroyed'; }
}));
$fiber->start();`;

const FILES = { 'kept.php': KEPT, 'loop.php': LOOP, 'suspended.php': SUSPENDED, 'left.php': LEFT };

describe.each(platform.phpVersions)('fibers in a worker on PHP %s', (php) => {
	test('live from one request to the next, and may serve requests themselves', async () => {
		const scope = await Scope.start(FILES, { php, workers: Object.keys(FILES).map((file) => ({ file, num: 1 })) });
		try {
			for (const [n, who] of ['Ada', 'Grace', 'Jean'].entries()) {
				expect(await scope.get(`/kept.php?who=${who}`)).toBe(`round ${n + 1} for ${who}`);
				expect(await scope.get(`/loop.php?who=${who}`)).toBe(`hello ${who}`);
			}
			// An uncaught exception ends the script; it is started again.
			expect((await scope.server.fetch('/loop.php?throw=1')).status).toBe(500);
			expect(await scope.get('/loop.php?who=Ada')).toBe('hello Ada');

			const refusal = 'frankenphp_handle_request() called inside its own callback';
			expect(await scope.get('/suspended.php')).toBe(`begun, ${refusal}, ended`);
			expect(await scope.get('/suspended.php')).toBe('next');

			// What the fiber prints while it is destroyed comes too late for the client.
			for (let i = 0; i < 2; i++) expect(await scope.get('/left.php')).toBe('begun');
		} finally {
			await scope.server.close();
		}
		expect(scope.files.read('loop.ended')).toBe('ended');
		scope.files.discard();
	});
});
