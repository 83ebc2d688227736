import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { ONE, WORKER } from './scripts.ts';

const files = { 'jobs.php': WORKER, 'one.php': ONE };
const jobs = { backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] };
const one = (payload: object) => `/one.php?payload=${encodeURIComponent(JSON.stringify(payload))}`;
const tasks = (scope: Scope) => scope.running.sidekicks.get('jobs')?.tasks;
const works = async (scope: Scope) => expect(JSON.parse(await scope.get(one({ i: 9 })))).toMatchObject({ i: 9 });

/** What was thrown, in one line. */
const THROWN = `function thrown(Closure $do): ?string {
	try {
		$do();
		return null;
	} catch (Throwable $thrown) {
		return get_class($thrown) . ': ' . $thrown->getMessage();
	}
}
`;

test('a worker that ticks and returns is run again and again, and takes no task; a sender is told', async () => {
	await using scope = await Scope.start(
		{ 'jobs.php': '<?php (new FrankenPHP\\WorkerHandle())->tick();', 'one.php': ONE },
		{ ...jobs, maxConsecutiveFailures: 1 },
	);
	await eventually('several runs', () => (scope.running.sidekicks.get('jobs')?.starts ?? 0) > 2);
	expect(await scope.get(`${one({})}&timeout=0.2`)).toMatch(
		/^RuntimeException: No thread of "jobs" picked up the task/,
	);
	expect(scope.running.sidekicks.get('jobs')).toMatchObject({ bootFailures: 0, tasks: { timeout: 1, depth: 0 } });
});

test('100 MB are too large to be sent, and nothing of them is kept', async () => {
	const index = `<?php
${THROWN}
ini_set('memory_limit', '-1');
echo thrown(fn () => new FrankenPHP\\SentTaskHandle('jobs', [str_repeat('x', 100_000_000)]));
`;
	await using scope = await Scope.start({ ...files, 'index.php': index }, jobs);
	for (let i = 0; i < 2; i++) {
		expect(await scope.get('/')).toMatch(
			/^RuntimeException: The payload has 1000000\d\d bytes, more than max_snapshot_size allows \(8388608\)$/,
		);
	}
	await works(scope);
});

test('of thousands that nobody takes none is kept, and each sender is told', async () => {
	const index = `<?php
${THROWN}
$told = [];
for ($i = 0; $i < 10_000; $i++) {
	$said = thrown(fn () => new FrankenPHP\\SentTaskHandle('jobs', [str_repeat('x', 20_000)], 0));
	$told[$said] = ($told[$said] ?? 0) + 1;
}
echo json_encode($told);
`;
	await using scope = await Scope.start({ ...files, 'index.php': index }, { ...jobs, threads: 2 });
	const first = scope.get(one({ await: 'go', i: 1 }));
	await eventually('the worker is busy', () => tasks(scope)?.busy === 1);
	expect(JSON.parse(await scope.get('/'))).toEqual({
		'RuntimeException: No thread of "jobs" picked up the task within 0 seconds; it has been withdrawn.': 10_000,
	});
	expect(tasks(scope)).toMatchObject({ timeout: 10_000, depth: 0 });
	scope.write('go', '');
	expect(JSON.parse(await first)).toMatchObject({ i: 1 });
	await works(scope);
});

test('a handle that a worker of requests keeps is over with its request, and at a restart of the receiver', async () => {
	const keeps = `<?php
${THROWN}
$kept = null;
while (frankenphp_handle_request(function () use (&$kept) {
	if ($kept !== null) {
		echo thrown(fn () => $kept->read());
		$kept = null;
		return;
	}
	$kept = new FrankenPHP\\SentTaskHandle('jobs', ['await' => $_GET['await']]);
	if (isset($_GET['reads'])) echo thrown(fn () => $kept->read());
}));
`;
	await using scope = await Scope.start(
		{ ...files, 'keeps.php': keeps },
		{ ...jobs, workers: [{ file: 'keeps.php', num: 1 }], stopTimeout: 500 },
	);
	expect(await scope.get('/keeps.php?await=go')).toBe('');
	expect(tasks(scope)).toMatchObject({ abandoned: 1 });
	expect(await scope.get('/keeps.php')).toBe('RuntimeException: The task is over.');
	scope.write('go', '');
	await works(scope);
	// Whoever has sent it may know its result before the worker has let go of it.
	await eventually('the worker has nothing', () => tasks(scope)?.busy === 0);
	const reads = scope.get('/keeps.php?await=never&reads');
	await eventually('the worker has it', () => tasks(scope)?.busy === 1);
	scope.running.sidekicks.restart('jobs');
	expect(await reads).toBe('RuntimeException: The script of the worker exited without completing the task.');
	expect(await scope.get('/keeps.php')).toBe('RuntimeException: The task is over.');
	await works(scope);
});

test('a sender in a fiber that nobody resumes has given up with its request', async () => {
	const index = `<?php
$fiber = new Fiber(function () {
	$task = new FrankenPHP\\SentTaskHandle('jobs', ['await' => 'go']);
	Fiber::suspend();
	$task->read();
});
$fiber->start();
echo 'sent';
`;
	await using scope = await Scope.start({ ...files, 'index.php': index }, jobs);
	expect(await scope.get('/')).toBe('sent');
	await eventually('it is given up', () => tasks(scope)?.abandoned === 1);
	scope.write('go', '');
	await works(scope);
});

test('two handles of a worker: each stream shows a task, which one of them receives', async () => {
	const two = `<?php
[$a, $b] = [new FrankenPHP\\WorkerHandle(), new FrankenPHP\\WorkerHandle()];
$streams = ['a' => $a->getStream(), 'b' => $b->getStream()];
$none = null;
while ($a->tick()) {
	$read = $streams;
	stream_select($read, $none, $none, null);
	$first = $a->receive();
	$second = $b->receive();
	$first?->complete(['shown' => array_keys($read), 'received twice' => $second !== null]);
}
`;
	await using scope = await Scope.start({ 'jobs.php': two, 'one.php': ONE }, jobs);
	for (let i = 0; i < 3; i++) {
		expect(JSON.parse(await scope.get(one({})))).toEqual({ shown: ['a', 'b'], 'received twice': false });
	}
});

test('a close with a stuck worker, and a request that waits for it, takes the stop timeout once', async () => {
	const stuck = `<?php
$handle = new FrankenPHP\\WorkerHandle();
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) while (true);
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;
	const scope = await Scope.start({ 'jobs.php': stuck, 'one.php': ONE }, { ...jobs, stopTimeout: 3000 });
	const answer = scope.server.fetch(one({})).then(
		(response) => response.status,
		() => 'broken off',
	);
	await eventually('the worker has it', () => tasks(scope)?.busy === 1);
	await scope.server.close();
	expect([200, 500, 503, 'broken off']).toContain(await answer);
	// The request has used up the time: what is left is a last second.
	expect(scope.log.events('jobs', 'ignored-stop')).toMatchObject([{ stopTimeout: 1000 }]);
	await scope[Symbol.asyncDispose]();
});
