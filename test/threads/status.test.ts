import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { PAGE, SIDEKICK, worker } from './fixtures.ts';

const FILES = {
	'page.php': PAGE,
	'worker.php': worker(),
	'console.php': SIDEKICK,
	'vars.php': '<?php echo json_encode(frankenphp_sidekick_get_vars("one"));',
};

test('threads(): what each thread does, and how long it has done nothing', async () => {
	await using scope = await Scope.start(FILES, {
		workers: [{ file: 'worker.php', num: 1, name: 'the worker' }],
		sidekickEntrypoint: 'console.php',
	});
	const threads = () => scope.running.threads();
	const find = (role: string) => threads().find((thread) => thread.role === role);
	await eventually('the reserve', () => find('spare')?.state === 'waiting');
	expect(find('spare')).toMatchObject({ label: 'spare', requests: 0 });
	expect(find('classic')).toMatchObject({ label: 'classic', state: 'waiting', requests: 0 });
	expect(find('worker')).toMatchObject({ label: 'the worker', state: 'waiting', requests: 0 });
	await eventually('time to pass', () => (find('worker')?.waitingFor ?? 0) > 20);

	const held = scope.get('/worker.php?hold=it');
	// The thread is busy a moment before it counts: it must not lose a request that it has taken.
	await eventually('the request to be counted', () => find('worker')?.requests === 1);
	expect(find('worker')).toMatchObject({ state: 'busy', requests: 1, waitingFor: 0 });
	scope.write('it.go', '');
	await held;
	await scope.get('/worker.php');
	await scope.busy(0);
	expect(find('worker')).toMatchObject({ state: 'waiting', requests: 2 });

	await scope.get('/vars.php');
	expect(find('sidekick')).toMatchObject({ label: 'sidekick one', state: 'busy', requests: 0 });
	expect(new Set(threads().map(({ id }) => id)).size).toBe(threads().length);
	await scope.server.close();
	expect(threads()).toEqual([]);
});

test('measures(): requests, their time, crashes and restarts of each worker', async () => {
	await using scope = await Scope.start(
		{
			'one.php': worker(),
			'two.php':
				'<?php $left = 3; while ($left-- > 0 && frankenphp_handle_request(static function (): void { if (isset($_GET["die"])) exit(3); echo "fine"; }));',
		},
		{
			workers: [
				{ file: 'one.php', num: 2, name: 'one' },
				{ file: 'two.php', num: 1, name: 'two' },
			],
		},
	);
	const ofWorker = (index: number) => scope.running.measures().workers[index];
	expect(scope.running.measures()).toMatchObject({ totalThreads: 4, busyThreads: 0, queueDepth: 0 });
	expect(ofWorker(0)).toEqual({
		name: 'one',
		total: 2,
		busy: 0,
		ready: 2,
		crashes: 0,
		restarts: 0,
		requestCount: 0,
		requestTime: 0,
		queueDepth: 0,
	});
	const held = [1, 2, 3, 4, 5].map(() => scope.get('/one.php?hold=it'));
	await eventually('the queue', () => ofWorker(0)?.busy === 2 && ofWorker(0)?.queueDepth === 3);
	expect(scope.running.measures()).toMatchObject({ busyThreads: 2, queueDepth: 3 });
	scope.write('it.go', '');
	await Promise.all(held);
	expect(ofWorker(0)).toMatchObject({ requestCount: 5, queueDepth: 0, crashes: 0, restarts: 0 });
	expect(ofWorker(0)?.requestTime).toBeGreaterThan(0);

	for (let i = 0; i < 3; i++) await scope.get('/two.php');
	await eventually('a restart', () => ofWorker(1)?.restarts === 1 && ofWorker(1)?.ready === 1);
	await (await scope.server.fetch('/two.php?die=1')).text();
	await eventually('a crash', () => ofWorker(1)?.crashes === 1 && ofWorker(1)?.ready === 1);
	expect(ofWorker(1)).toMatchObject({ requestCount: 4, restarts: 1 });
	expect(ofWorker(0)).toMatchObject({ requestCount: 5 });
});
