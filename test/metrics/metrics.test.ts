import { describe, expect, test } from 'vitest';
import { TestScope, worker } from '../admin/support/scope.ts';
import { openAdmin, TestTarget } from '../admin/support/server.ts';

/** The value of a series; undefined = there is none. */
function value(text: string, series: string): number | undefined {
	const line = text.split('\n').find((each) => each.startsWith(`${series} `));
	return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('GET /metrics', () => {
	test("FrankenPHP's names, types and labels", async () => {
		const scope = new TestScope('shop');
		scope.measured = {
			totalThreads: 5,
			busyThreads: 2,
			queueDepth: 4,
			workers: [
				worker('/app/worker.php', {
					busy: 1,
					crashes: 2,
					restarts: 3,
					requestCount: 10,
					requestTime: 1.5,
					queueDepth: 1,
				}),
			],
		};
		const { ask } = await openAdmin(new TestTarget(scope));
		const { headers, body } = await ask('GET', '/metrics');
		expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
		const own = body.split('\n').filter((line) => /^(# TYPE )?frankenphp_(?!sidekick)/.test(line));
		expect(own).toEqual([
			'# TYPE frankenphp_total_threads gauge',
			'frankenphp_total_threads 5',
			'# TYPE frankenphp_busy_threads gauge',
			// One serves a classic request; both of the worker count as long as it runs.
			'frankenphp_busy_threads 3',
			'# TYPE frankenphp_queue_depth gauge',
			'frankenphp_queue_depth 3',
			...Object.entries({
				total_workers: ['gauge', 2],
				busy_workers: ['gauge', 1],
				ready_workers: ['gauge', 2],
				worker_queue_depth: ['gauge', 1],
				worker_crashes: ['counter', 2],
				worker_restarts: ['counter', 3],
				worker_request_count: ['counter', 10],
				worker_request_time: ['counter', 1.5],
			}).flatMap(([name, [type, number]]) => [
				`# TYPE frankenphp_${name} ${type}`,
				`frankenphp_${name}{worker="/app/worker.php"} ${number}`,
			]),
			// It is no background worker.
			'# TYPE frankenphp_worker_task_count counter',
			'# TYPE frankenphp_worker_task_time counter',
		]);
		expect(body).toContain('process_resident_memory_bytes');
	});

	test('workers of the same name in two scopes have a series each', async () => {
		const [shop, desk] = [new TestScope('shop'), new TestScope('desk')];
		shop.measured = { ...shop.measured, workers: [worker('w', { requestCount: 1 })] };
		desk.measured = { ...desk.measured, workers: [worker('w', { requestCount: 2 })] };
		const { ask } = await openAdmin(new TestTarget(shop, desk));
		const { body } = await ask('GET', '/metrics');
		expect(value(body, 'frankenphp_worker_request_count{worker="w"}')).toBe(1);
		expect(value(body, 'frankenphp_worker_request_count{worker="desk:w"}')).toBe(2);
	});

	test('of sidekicks', async () => {
		const shop = new TestScope('shop');
		shop.add('config', { starts: 4, crashes: 3, bootFailures: 1, readersWaiting: 2 });
		const { ask } = await openAdmin(new TestTarget(shop));
		const { body } = await ask('GET', '/metrics');
		const labels = '{scope="shop",sidekick="config"}';
		expect(
			Object.fromEntries(
				['ready', 'starts_total', 'crashes_total', 'boot_failures_total', 'publications_total', 'snapshot_bytes'].map(
					(name) => [name, value(body, `frankenphp_sidekick_${name}${labels}`)],
				),
			),
		).toEqual({
			ready: 1,
			starts_total: 4,
			crashes_total: 3,
			boot_failures_total: 1,
			publications_total: 3,
			snapshot_bytes: 12,
		});
		expect(value(body, `frankenphp_sidekick_time_to_ready_seconds${labels}`)).toBe(0.25);
		expect(value(body, `frankenphp_sidekick_readers_waiting${labels}`)).toBe(2);
		expect(value(body, `frankenphp_sidekick_age_seconds${labels}`)).toBeGreaterThan(0);
		const state = (name: string) =>
			value(body, `frankenphp_sidekick_state{scope="shop",sidekick="config",state="${name}"}`);
		expect([state('ready'), state('failed'), state('starting')]).toEqual([1, 0, 0]);
	});

	test('counters never go down when a scope is replaced; those of one that is gone disappear', async () => {
		const before = new TestScope('shop');
		before.measured = { ...before.measured, workers: [worker('w', { requestCount: 10 })] };
		before.add('config', { starts: 5 });
		const target = new TestTarget(before);
		const { ask } = await openAdmin(target);
		const series = [
			'frankenphp_worker_request_count{worker="w"}',
			'frankenphp_sidekick_starts_total{scope="shop",sidekick="config"}',
		];
		const read = async () => {
			const { body } = await ask('GET', '/metrics');
			return series.map((name) => value(body, name));
		};
		expect(await read()).toEqual([10, 5]);
		const after = new TestScope('shop');
		after.measured = { ...after.measured, workers: [worker('w', { requestCount: 1 })] };
		after.add('config', { starts: 1 });
		target.running = [after];
		expect(await read()).toEqual([11, 6]);
		expect(await read()).toEqual([11, 6]);
		target.running = [];
		expect(await read()).toEqual([undefined, undefined]);
	});

	test('two servers do not share a registry', async () => {
		const one = await openAdmin(new TestTarget(new TestScope('one')));
		const two = new TestScope('two');
		two.add('config');
		const other = await openAdmin(new TestTarget(two));
		expect((await other.ask('GET', '/metrics')).body).toContain('scope="two"');
		expect((await one.ask('GET', '/metrics')).body).not.toContain('scope="two"');
	});
});
