import { describe, expect, test } from 'vitest';
import { MetricsReader } from '../../src/admin/metrics-reader.ts';
import { eventually } from '../support/eventually.ts';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';

/** Tells which run has a task; ends when it is told to. */
const WORKER = `<?php
$handle = new FrankenPHP\\WorkerHandle();
$me = bin2hex(random_bytes(4));
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$payload = $task->getPayload();
		if (isset($payload['await'])) {
			while (!is_file(__DIR__ . '/' . $payload['await'])) usleep(1000);
		}
		if (isset($payload['exit'])) exit;
		$task->complete(['me' => $me, 'i' => $payload['i'] ?? null]);
	}
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;

/** Sends as many tasks as asked for: all at once, or one after the other. */
const SENDER = `<?php
use FrankenPHP\\SentTaskHandle;
$seen = [];
try {
	if ($_GET['how'] === 'together') {
		$tasks = array_map(fn ($i) => new SentTaskHandle('jobs', ['i' => $i]), range(1, (int) $_GET['count']));
		foreach ($tasks as $task) $seen[] = $task->read();
	} else {
		for ($i = 1; $i <= $_GET['count']; $i++) $seen[] = (new SentTaskHandle('jobs', ['i' => $i]))->read();
	}
} catch (Throwable $thrown) {
	$seen[] = get_class($thrown) . ': ' . $thrown->getMessage();
}
echo json_encode($seen);
`;

const ONE = `<?php
try {
	$task = new FrankenPHP\\SentTaskHandle($_GET['name'] ?? 'jobs', json_decode($_GET['payload'], true), (float) ($_GET['timeout'] ?? 30));
	if (isset($_GET['abandon'])) $task->abandon();
	echo json_encode($task->read());
} catch (Throwable $thrown) {
	echo get_class($thrown), ': ', $thrown->getMessage();
}
`;

const files = { 'jobs.php': WORKER, 'index.php': SENDER, 'one.php': ONE };

type Seen = { me: string; i: number };

describe.each(platform.phpVersions)('tasks for a pool, PHP %s', (php) => {
	test.each(['together', 'one by one'])('its threads share the queue evenly: %s', async (how) => {
		const backgroundWorkers = [{ name: 'jobs', file: 'jobs.php', num: 2 }];
		await using scope = await Scope.start(files, { php, threads: 1, backgroundWorkers });
		const seen = JSON.parse(await scope.get(`/?how=${encodeURIComponent(how)}&count=40`)) as Seen[];
		expect(seen.map(({ i }) => i)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
		const counts = new Map<string, number>();
		for (const { me } of seen) counts.set(me, (counts.get(me) ?? 0) + 1);
		expect(counts.size).toBe(2);
		expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(how === 'together' ? 1 : 10);
	});
});

test('a worker that nobody declared is unknown, and the nearest name is told', async () => {
	await using scope = await Scope.start(files, { threads: 1, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] });
	expect(await scope.get('/one.php?name=job&payload=[]')).toMatch(
		/^RuntimeException: Cannot send a task to "job": .*Did you mean "jobs"\?/,
	);
});

test('metrics: tasks by outcome, their time, those that wait, and the threads that hold one', async () => {
	await using scope = await Scope.start(files, { threads: 3, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] });
	const reader = new MetricsReader(() => [scope.running]);
	const value = async (series: string): Promise<number> => {
		const { text } = await reader.read();
		return Number(
			text
				.split('\n')
				.find((line) => line.startsWith(`${series} `))
				?.split(' ')[1],
		);
	};
	const count = (outcome: string) => value(`frankenphp_worker_task_count{worker="jobs",outcome="${outcome}"}`);
	const send = (payload: object, more = '') =>
		scope.get(`/one.php?payload=${encodeURIComponent(JSON.stringify(payload))}${more}`);
	expect(JSON.parse(await send({ i: 1 }))).toMatchObject({ i: 1 });
	expect(await send({ exit: true })).toContain('without completing the task');
	expect(await send({ i: 2 }, '&abandon=1')).toContain('The task is over');
	const first = send({ await: 'go', i: 3 });
	await eventually('a thread has the task', async () => (await value('frankenphp_busy_workers{worker="jobs"}')) === 1);
	expect(await send({ i: 4 }, '&timeout=0.01')).toContain('within 0.01 seconds');
	const waiting = send({ i: 5 });
	await eventually('a task waits', async () => (await value('frankenphp_worker_queue_depth{worker="jobs"}')) === 1);
	scope.write('go', '');
	expect(JSON.parse(await first)).toMatchObject({ i: 3 });
	expect(JSON.parse(await waiting)).toMatchObject({ i: 5 });
	const outcomes = ['completed', 'aborted', 'abandoned', 'timeout'];
	expect(await Promise.all(outcomes.map(count))).toEqual([3, 1, 1, 1]);
	expect(await value('frankenphp_worker_task_time{worker="jobs"}')).toBeGreaterThan(0);
	expect(await value('frankenphp_worker_queue_depth{worker="jobs"}')).toBe(0);
	await eventually('nobody has a task', async () => (await value('frankenphp_busy_workers{worker="jobs"}')) === 0);
});
