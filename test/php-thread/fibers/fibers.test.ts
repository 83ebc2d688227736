import { describe, expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

/** Scripts by name; each prints what it found. */
const SCRIPTS: { [name: string]: [script: string, prints: string] } = {
	'values and exceptions go both ways': [
		`$fiber = new Fiber(function (string $first): string {
			$second = Fiber::suspend("got $first");
			try {
				Fiber::suspend("got $second");
			} catch (LogicException $e) {
				return 'caught ' . $e->getMessage();
			}
		});
		echo $fiber->start('a'), ', ', $fiber->resume('b'), ', ';
		$fiber->throw(new LogicException('c'));
		echo $fiber->getReturn();
		$thrower = new Fiber(fn () => throw new RuntimeException('d'));
		try { $thrower->start(); } catch (RuntimeException $e) { echo ', thrown ', $e->getMessage(); }`,
		'got a, got b, caught c, thrown d',
	],
	'nested fibers, and generators inside them': [
		`$outer = new Fiber(function (): void {
			$inner = new Fiber(function (): void {
				foreach ((function () { yield 1; Fiber::suspend('in'); yield 2; })() as $n) echo $n;
			});
			echo $inner->start();
			Fiber::suspend('out');
			$inner->resume();
		});
		echo $outer->start();
		$outer->resume();`,
		'1inout2',
	],
	'finally runs when a fiber is destroyed or collected': [
		`$make = function (string $name): Fiber {
			$fiber = new Fiber(function () use ($name): void { try { Fiber::suspend(); } finally { echo $name; } });
			$fiber->start();
			return $fiber;
		};
		$fiber = $make('destroyed ');
		unset($fiber);
		$cycle = new stdClass();
		$cycle->fiber = $make('collected');
		$cycle->self = $cycle;
		unset($cycle);
		gc_collect_cycles();`,
		'destroyed collected',
	],
	'a fiber sleeps': [
		`$fiber = new Fiber(function (): void { usleep(20_000); Fiber::suspend(); usleep(1000); echo 'awake'; });
		$started = hrtime(true);
		$fiber->start();
		echo hrtime(true) - $started >= 20e6 ? 'slept ' : 'did not sleep ';
		$fiber->resume();`,
		'slept awake',
	],
	'exit inside a fiber ends the script': [
		`register_shutdown_function(function (): void { echo ' shutdown'; });
		$fiber = new Fiber(function (): void { echo 'exit'; exit(0); });
		$fiber->start();
		echo 'not reached';`,
		'exit shutdown',
	],
	'a thousand are alive at once': [
		`$fibers = [];
		for ($i = 0; $i < 1000; $i++) {
			$fibers[$i] = new Fiber(fn (int $n) => Fiber::suspend() + $n);
			$fibers[$i]->start($i);
		}
		$sum = 0;
		foreach ($fibers as $fiber) { $fiber->resume(1); $sum += $fiber->getReturn(); }
		echo $sum;`,
		'500500',
	],
	'recursion through internal functions is as deep as in the main script': [
		`$nest = function (int $n) use (&$nest): int { return $n === 0 ? 0 : array_map(fn () => $nest($n - 1), [1])[0] + 1; };
		$fiber = new Fiber(fn () => $nest(1000));
		$fiber->start();
		echo $nest(1000), ' ', $fiber->getReturn();`,
		'1000 1000',
	],
	'a request may end with fibers suspended': [
		`$GLOBALS['left'] = new Fiber(function (): void { Fiber::suspend(); });
		$GLOBALS['left']->start();
		echo 'left';`,
		'left',
	],
};

const NAMES = Object.keys(SCRIPTS);
const files = Object.fromEntries(NAMES.map((name, i) => [`${i}.php`, `<?php ${SCRIPTS[name]?.[0]}`]));
const worker = `<?php while (frankenphp_handle_request(function (): void {
	eval('?>' . file_get_contents(__DIR__ . "/{$_GET['script']}.php"));
}));`;

describe.each(platform.phpVersions)('fibers on PHP %s', (php) => {
	test('do in classic and in worker mode what they do in PHP, again and again', async () => {
		await using scope = await Scope.start(
			{ ...files, 'worker.php': worker },
			{ php, workers: [{ file: 'worker.php', num: 1 }] },
		);
		for (let round = 0; round < 2; round++) {
			for (const [i, name] of NAMES.entries()) {
				// Once is enough of what takes a second in Firefox.
				if (round > 0 && name.startsWith('a thousand')) continue;
				const prints = SCRIPTS[name]?.[1];
				expect(await scope.get(`/${i}.php`), `classic: ${name}`).toBe(prints);
				expect(await scope.get(`/worker.php?script=${i}`), `worker: ${name}`).toBe(prints);
			}
		}
	});
});

test('memory stays flat over many fibers', async () => {
	const script = `<?php for ($i = 0; $i < 500; $i++) { $f = new Fiber(fn () => Fiber::suspend()); $f->start(); $f->resume(); } echo 'done';`;
	await using scope = await Scope.start({ 'index.php': script });
	const memory = (): number => Math.max(...scope.running.threads().map((thread) => thread.memory));
	await scope.get('/');
	const before = memory();
	for (let i = 0; i < 4; i++) await scope.get('/');
	expect(memory()).toBe(before);
});
