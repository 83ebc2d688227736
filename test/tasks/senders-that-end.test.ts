import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { ONE, WORKER } from './scripts.ts';

/** A worker script that answers requests with what ONE does; time limits in seconds: for all, or from the pick-up on. */
const HTTP_WORKER = `<?php
while (frankenphp_handle_request(function () {
	set_time_limit((int) ($_GET['limit'] ?? 0));
	try {
		$task = new FrankenPHP\\SentTaskHandle('jobs', json_decode($_GET['payload'], true), null);
		set_time_limit((int) ($_GET['reads'] ?? $_GET['limit'] ?? 0));
		if (isset($_GET['begun'])) touch(__DIR__ . '/' . $_GET['begun']);
		echo json_encode($task->read());
	} catch (Throwable $thrown) {
		echo get_class($thrown), ': ', $thrown->getMessage();
	}
}));
`;

const files = { 'jobs.php': WORKER, 'one.php': ONE, 'worker.php': HTTP_WORKER };
const options = {
	threads: 2,
	workers: [{ file: 'worker.php', num: 1 }],
	backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }],
};
const path = (script: string, payload: object, more = '') =>
	`/${script}?payload=${encodeURIComponent(JSON.stringify(payload))}${more}`;
const tasks = (scope: Scope) => scope.running.sidekicks.get('jobs')?.tasks;

test('a sender that is out of time while it reads, or waits for the pick-up, is ended; its task is given up', async () => {
	await using scope = await Scope.start(files, options);
	const reads = scope.server.fetch(path('worker.php', { await: 'go', i: 1 }, '&reads=1'));
	expect((await reads).status).toBe(500);
	// The only thread still has the first task: nobody picks this one up.
	const waits = scope.server.fetch(path('worker.php', { i: 2 }, '&limit=3'));
	expect((await waits).status).toBe(500);
	expect(tasks(scope)).toMatchObject({ abandoned: 2, depth: 0, busy: 1 });
	scope.write('go', '');
	expect(JSON.parse(await scope.get(path('one.php', { i: 3 })))).toMatchObject({ i: 3 });
	await eventually('it is over', () => tasks(scope)?.completed === 1);
	expect(tasks(scope)).toMatchObject({ abandoned: 2, depth: 0, busy: 0 });
});

test('a sender that waits for the pick-up is told when its own thread has to restart', async () => {
	await using scope = await Scope.start(files, options);
	const first = scope.get(path('one.php', { await: 'go', i: 1 }));
	await eventually('the worker has the first task', () => tasks(scope)?.busy === 1);
	const second = scope.get(path('worker.php', { i: 2 }));
	await eventually('the second task waits', () => tasks(scope)?.depth === 1);
	const restarted = scope.running.restartWorkers();
	expect(await second).toBe(
		'RuntimeException: The task for "jobs" was not picked up: the calling thread is restarting or shutting down.',
	);
	scope.write('go', '');
	expect(JSON.parse(await first)).toMatchObject({ i: 1 });
	await restarted;
	expect(JSON.parse(await scope.get(path('worker.php', { i: 3 })))).toMatchObject({ i: 3 });
});

test('a sender whose thread is killed has given its task up', async () => {
	await using scope = await Scope.start(files, options);
	const sent = scope.server.fetch(path('worker.php', { await: 'go', i: 1 }, '&begun=begun'));
	await eventually('the task is sent', () => scope.has('begun'));
	const [thread] = scope.running.threads().filter(({ role }) => role === 'worker');
	await scope.running.endThread(thread?.id ?? -1);
	expect((await sent).status).toBe(500);
	expect(tasks(scope)).toMatchObject({ abandoned: 1, busy: 1 });
	scope.write('go', '');
	expect(JSON.parse(await scope.get(path('one.php', { i: 2 })))).toMatchObject({ i: 2 });
});

test('a case of an enum comes as the very case; a receiver that cannot load the class is told so', async () => {
	const enums = {
		'jobs.php': `<?php
enum Known: string { case A = 'a'; }
$handle = new FrankenPHP\\WorkerHandle();
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		try {
			$task->complete(['same' => $task->getPayload()['suit']::class]);
		} catch (Throwable $thrown) {
			$task->complete([get_class($thrown), $thrown->getMessage()]);
		}
	}
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`,
		'index.php': `<?php
enum Known: string { case A = 'a'; }
enum Unknown: string { case A = 'a'; }
$ask = fn ($suit) => (new FrankenPHP\\SentTaskHandle('jobs', ['suit' => $suit]))->read();
echo json_encode([$ask(Known::A), $ask(Unknown::A)]);
`,
	};
	await using scope = await Scope.start(enums, { threads: 1, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] });
	expect(JSON.parse(await scope.get('/index.php'))).toEqual([
		{ same: 'Known' },
		['RuntimeException', expect.stringMatching(/^Cannot read the values: .* there is no enum "Unknown" here/)],
	]);
});
