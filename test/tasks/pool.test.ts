import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';
import { ONE, WORKER } from './scripts.ts';

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
