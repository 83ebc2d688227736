import { expect, test } from 'vitest';
import { MetricsReader } from '../../src/admin/metrics-for-sites.ts';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { ONE, WORKER } from '../tasks/scripts.ts';

const files = { 'jobs.php': WORKER, 'one.php': ONE };

test('tasks by outcome, their time, those that wait, and the threads that hold one', async () => {
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
	expect(await send({ await: 'given-up', i: 2 }, '&abandon=1')).toContain('The task is over');
	scope.write('given-up', '');
	const idle = async () => (await value('frankenphp_busy_workers{worker="jobs"}')) === 0;
	await eventually('nobody has a task', idle);
	const first = send({ await: 'go', i: 3 });
	await eventually('a thread has the task', async () => (await value('frankenphp_busy_workers{worker="jobs"}')) === 1);
	expect(await send({ i: 4 }, '&timeout=0.01')).toContain('within 0.01 seconds');
	const waiting = send({ i: 5 });
	await eventually('a task waits', async () => (await value('frankenphp_worker_queue_depth{worker="jobs"}')) === 1);
	scope.write('go', '');
	expect(JSON.parse(await first)).toMatchObject({ i: 3 });
	expect(JSON.parse(await waiting)).toMatchObject({ i: 5 });
	// Whoever has sent a task may know its result before the worker has let go of it.
	await eventually('nobody has a task any more', idle);
	const outcomes = ['completed', 'aborted', 'abandoned', 'timeout'];
	expect(await Promise.all(outcomes.map(count))).toEqual([3, 1, 1, 1]);
	expect(await value('frankenphp_worker_task_time{worker="jobs"}')).toBeGreaterThan(0);
	expect(await value('frankenphp_worker_queue_depth{worker="jobs"}')).toBe(0);
});
