import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

/** Leaves a file when it ends. A second fiber is suspended all the time. */
const SLEEPER = `<?php
$leave = fn (string $name, string $text) => file_put_contents(__DIR__ . "/$name", $text);
$idle = new Fiber(function () use ($leave): void {
	try { Fiber::suspend(); } finally { $leave('idle.finally', 'destroyed'); }
});
$idle->start();
$sleeper = new Fiber(function () use ($leave): void {
	try {
		frankenphp_sidekick_set_vars(['state' => 'sleeps']);
		$left = sleep(60);
		Fiber::suspend();
	} finally {
		$leave('sleeper.finally', $left > 50 && frankenphp_sidekick_should_stop() ? 'woken by the flag' : "$left s left");
	}
});
$sleeper->start();
unset($sleeper);`;

/** Every round is published by another fiber than the one before. */
const PUBLISHER = `<?php
$publish = function (string $name): void {
	while (true) Fiber::suspend(frankenphp_sidekick_set_vars(['round' => (string) ++$GLOBALS['round'], 'by' => $name]));
};
$round = 0;
$fibers = ['a' => new Fiber($publish), 'b' => new Fiber($publish)];
foreach ($fibers as $name => $fiber) $fiber->start($name);
while (!frankenphp_sidekick_should_stop()) {
	foreach ($fibers as $fiber) { usleep(1000); $fiber->resume(); }
}`;

/** Two fibers; each waits for another sidekick to start. The first one is suspended before its call returns to the page. */
const READER = `<?php
$read = function (string $name): string {
	$vars = frankenphp_sidekick_get_vars($name);
	Fiber::suspend("$name answers");
	return frankenphp_sidekick_get_vars($name) === $vars ? 'the same array' : 'another array';
};
$fibers = array_map(fn () => new Fiber($read), $names = ['slow-1' => 1, 'slow-2' => 2]);
foreach ($fibers as $name => $fiber) echo $fiber->start($name), ', ';
foreach ($fibers as $fiber) { $fiber->resume(); echo $fiber->getReturn(), ', '; }
$failing = new Fiber(fn () => frankenphp_sidekick_get_vars('broken'));
try { $failing->start(); } catch (RuntimeException $e) { echo get_class($e), ': ', $e->getMessage(); }`;

const CONSOLE = `<?php
switch ($_SERVER['argv'][1]) {
	case 'sleeper': require 'sleeper.php'; break;
	case 'publisher': require 'publisher.php'; break;
	case 'broken': throw new LogicException('broken on purpose');
	default:
		usleep(20_000);
		frankenphp_sidekick_set_vars(['state' => 'ready']);
		while (!frankenphp_sidekick_should_stop()) sleep(60);
}`;

const FILES = {
	'console.php': CONSOLE,
	'sleeper.php': SLEEPER,
	'publisher.php': PUBLISHER,
	'reader.php': READER,
	'vars.php': `<?php echo json_encode(frankenphp_sidekick_get_vars($_GET['name']));`,
};

describe.each(platform.phpVersions)('fibers and sidekicks on PHP %s', (php) => {
	test('a sidekick whose fiber sleeps ends early when it is stopped; finally blocks run', async () => {
		await using scope = await start();
		expect(await scope.get('/vars.php?name=sleeper')).toBe('{"state":"sleeps"}');
		expect(await scope.server.sidekicks.stop('sleeper')).toBe(true);
		expect(await left(scope, 'sleeper.finally')).toBe('woken by the flag');
		expect(await left(scope, 'idle.finally')).toBe('destroyed');
		expect(scope.log.events('sleeper', 'ignored-stop')).toEqual([]);
	});

	test('fibers publish by turns, and wait for sidekicks that have to start', async () => {
		await using scope = await start();
		const publishers = new Set<string>();
		await eventually('publications of both fibers', async () => {
			publishers.add(JSON.parse(await scope.get('/vars.php?name=publisher')).by);
			return publishers.size === 2;
		});
		const answer = await scope.get('/reader.php');
		expect(answer).toMatch(/^slow-1 answers, slow-2 answers, the same array, the same array, RuntimeException: /);
		expect(answer).toContain('broken on purpose');
	});

	function start(): Promise<Scope> {
		return Scope.start(FILES, {
			php,
			sidekickEntrypoint: 'console.php',
			maxConsecutiveFailures: 1,
			stopTimeout: 10_000,
		});
	}
});

/** What a sidekick has written when it ended. */
function left(scope: Scope, name: string): Promise<string> {
	return eventually(`the file ${name}`, () => scope.files.read(name));
}
