import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { publisher, READER } from './scripts.ts';

const NAPS = `for (; !is_file(__DIR__ . '/go');) usleep(1000);`;

describe('the start', () => {
	test('fails with the PHP error of a worker that ends before its first tick', async () => {
		const starting = Scope.start(
			{ 'jobs.php': "<?php\n\nthrow new LogicException('no queue');", 'index.php': READER },
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }], maxConsecutiveFailures: 2 },
		);
		await expect(starting).rejects.toThrow(
			/^The background worker "jobs" could not be started: 2 failed attempts in a row\. .*LogicException: no queue in .*jobs\.php:3/s,
		);
	});

	test('fails for one that ends with status 0, and says so', async () => {
		const starting = Scope.start(
			{ 'jobs.php': '<?php (new FrankenPHP\\WorkerHandle())->setVars([]);' },
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }], maxConsecutiveFailures: 1 },
		);
		await expect(starting).rejects.toThrow(/ended before its first tick\(\) \(exit status 0\)/);
	});

	test('retries one that fails, until it ticks; a request finds it ready', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': `<?php
if (!is_file(__DIR__ . '/tried')) { touch(__DIR__ . '/tried'); exit(3); }
?>${publisher("['attempt' => 'second']")}`,
				'index.php': READER,
			},
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] },
		);
		expect(await scope.get('/?name=jobs')).toBe('{"attempt":"second"}');
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ bootFailures: 1, failures: 0, state: 'ready' });
	});

	test('max_execution_time applies until the first tick, and not after it', async () => {
		const limit = { phpIni: { max_execution_time: '1' } };
		const spinning = Scope.start(
			{ 'jobs.php': '<?php while (true);' },
			{ ...limit, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }], maxConsecutiveFailures: 1 },
		);
		await expect(spinning).rejects.toThrow(
			/^The background worker "jobs" could not be started: 1 failed attempt in a row\. Its last run ended because its thread was terminated: Maximum execution time of 1 seconds exceeded\./,
		);
		await using scope = await Scope.start(
			{
				'jobs.php': `<?php
$handle = new FrankenPHP\\WorkerHandle();
$handle->tick();
for ($end = microtime(true) + 2.5; microtime(true) < $end;);
$handle->setVars(['limit' => ini_get('max_execution_time')]);
while ($handle->tick()) usleep(1000);
`,
				'index.php': READER,
			},
			{ ...limit, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] },
		);
		await eventually('a publication', () => scope.running.sidekicks.get('jobs')?.version === 1);
		expect(await scope.get('/?name=jobs')).toBe('{"limit":"0"}');
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ starts: 1 });
	});

	test('workers of requests may read them while they boot, and they each other', async () => {
		await using scope = await Scope.start(
			{
				'one.php': publisher("['of' => 'one']"),
				'two.php': publisher("frankenphp_get_vars('one') + ['to' => 'two']"),
				'worker.php': `<?php
$vars = frankenphp_get_vars('two');
while (frankenphp_handle_request(function () use ($vars) { echo json_encode($vars); }));
`,
			},
			{
				workers: [{ file: 'worker.php', num: 1 }],
				backgroundWorkers: [
					{ name: 'two', file: 'two.php' },
					{ name: 'one', file: 'one.php' },
				],
			},
		);
		expect(await scope.get('/worker.php')).toBe('{"of":"one","to":"two"}');
	});
});

describe('a pool', () => {
	test('shares one snapshot: the last writer wins, and its threads come on top of the others', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': `<?php
$handle = new FrankenPHP\\WorkerHandle();
$handle->tick();
for ($number = 1; !@mkdir(__DIR__ . "/writer-$number"); $number++);
while ($number > 1 && !is_file(__DIR__ . '/done-' . ($number - 1))) usleep(1000);
$handle->setVars(['writers' => $number]);
touch(__DIR__ . "/done-$number");
while ($handle->tick()) usleep(1000);
`,
				'index.php': READER,
			},
			{ threads: 1, maxThreads: 1, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php', num: 3 }] },
		);
		await eventually('three publications', () => scope.running.sidekicks.get('jobs')?.publications === 3);
		expect(await scope.get('/?name=jobs')).toBe('{"writers":3}');
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ num: 3, readyThreads: 3, version: 3 });
		const roles = scope.running.threads().map(({ role }) => role);
		expect(roles.filter((role) => role === 'background')).toHaveLength(3);
		expect(roles.filter((role) => role === 'classic')).toHaveLength(1);
		const { totalThreads, workers } = scope.running.measures();
		expect(totalThreads).toBe(4);
		expect(workers).toMatchObject([{ name: 'jobs', total: 3, ready: 3, busy: 0, crashes: 0, restarts: 0 }]);
	});

	test('goes on when one of its threads is ended from outside, with the same snapshot', async () => {
		await using scope = await Scope.start(
			{ 'jobs.php': publisher("['a' => 1]"), 'index.php': READER },
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php', num: 2 }] },
		);
		await eventually('two publications', () => scope.running.sidekicks.get('jobs')?.publications === 2);
		const { threadId } = scope.running.sidekicks.get('jobs') ?? {};
		expect(await scope.running.endThread(threadId as number)).toBe(true);
		await eventually('the next run', () => scope.running.sidekicks.get('jobs')?.readyThreads === 2);
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ starts: 3, crashes: 1, version: 1 });
		expect(scope.running.measures().workers).toMatchObject([{ name: 'jobs', crashes: 1 }]);
		expect(await scope.get('/?name=jobs')).toBe('{"a":1}');
	});
});

describe('its end', () => {
	test('at a restart the stream ends and tick() is false; readers keep the snapshot meanwhile', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': `<?php if (is_file(__DIR__ . '/held')) ${NAPS} ?>${publisher("['a' => 1]")}`,
				'index.php': READER,
			},
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php', num: 2 }] },
		);
		await eventually('both', () => scope.running.sidekicks.get('jobs')?.publications === 2);
		scope.write('held', '');
		scope.running.sidekicks.restartAll();
		await eventually('the next runs', () => scope.running.sidekicks.get('jobs')?.starts === 4);
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ state: 'restarting', ready: true, readyThreads: 0 });
		expect(await scope.get('/?name=jobs')).toBe('{"a":1}');
		scope.write('go', '');
		await eventually('ready', () => scope.running.sidekicks.get('jobs')?.readyThreads === 2);
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ crashes: 0, restarts: 2, version: 1 });
	});

	test('at the end of the server each thread sees the end of its stream', async () => {
		const scope = await Scope.start(
			{ 'jobs.php': publisher('[]'), 'index.php': READER },
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] },
		);
		await eventually('a publication', () => scope.running.sidekicks.get('jobs')?.version === 1);
		await scope.running.close();
		expect(scope.has('ended-jobs')).toBe(true);
		expect(scope.files.read('ended-jobs')).toBe('eof');
		await scope[Symbol.asyncDispose]();
	});

	test('a crash is followed by the next run, and its variables outlive it', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': `<?php
$handle = new FrankenPHP\\WorkerHandle();
$handle->tick();
if (is_file(__DIR__ . '/ran')) { while ($handle->tick()) usleep(1000); exit; }
$handle->setVars(['run' => 'first']);
touch(__DIR__ . '/ran');
throw new Exception('over');
`,
				'index.php': READER,
			},
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] },
		);
		await eventually('the second run', () => {
			const jobs = scope.running.sidekicks.get('jobs');
			return jobs?.starts === 2 && jobs.state === 'ready';
		});
		expect(await scope.get('/?name=jobs')).toBe('{"run":"first"}');
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ crashes: 1, bootFailures: 0 });
	});
});
