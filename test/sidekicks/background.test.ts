import { describe, expect, it } from 'vitest';
import { refusal, World, worker } from './world.ts';

/** The promise of the start, and what has become of it. */
function start(world: World) {
	const start = { state: 'waiting', error: '' };
	world.registry.startDeclared().then(
		() => {
			start.state = 'started';
		},
		(error: Error) => Object.assign(start, { state: 'failed', error: error.message }),
	);
	return {
		async settled() {
			await new Promise((resolve) => setTimeout(resolve));
			return start;
		},
	};
}

describe('the start', () => {
	it('waits until each thread of each worker has been ready', async () => {
		const world = new World({ workers: [worker('a', { num: 2 }), worker('b')] });
		const starting = start(world);
		expect(world.runs.map(({ name, seat }) => [name, seat])).toEqual([
			['a', 0],
			['a', 1],
			['b', 0],
		]);
		world.seat('a', 0).tick();
		world.seat('b', 0).tick();
		expect(world.registry.get('a')).toMatchObject({ state: 'ready', ready: true, num: 2, readyThreads: 1 });
		expect(await starting.settled()).toMatchObject({ state: 'waiting' });
		world.seat('a', 1).tick();
		expect(await starting.settled()).toMatchObject({ state: 'started' });
	});

	it('is over at once without any', async () => {
		expect(await start(new World()).settled()).toMatchObject({ state: 'started' });
	});

	it('a publication is no ready point', async () => {
		const world = new World({ workers: [worker('a')] });
		const starting = start(world);
		world.run().publish();
		expect(world.registry.get('a')).toMatchObject({ state: 'starting', ready: false, version: 1 });
		expect(await starting.settled()).toMatchObject({ state: 'waiting' });
	});

	it('backs off by n² · 100 ms, at most 1 s, and fails after max_consecutive_failures, with the PHP error', async () => {
		const world = new World({ workers: [worker('a', { maxConsecutiveFailures: 5 })] });
		const starting = start(world);
		for (const delay of [100, 400, 900, 1000]) {
			world.run().phpError('Boom in /app/a.php:3');
			world.run().exit(0);
			const { length } = world.runs;
			world.clock.advance(delay - 1);
			expect(world.runs).toHaveLength(length);
			world.clock.advance(1);
			expect(world.runs).toHaveLength(length + 1);
		}
		expect(await starting.settled()).toMatchObject({ state: 'waiting' });
		world.run().exit(0);
		const { state, error } = await starting.settled();
		expect(state).toBe('failed');
		expect(error).toBe(
			'The background worker "a" could not be started: 5 failed attempts in a row. Last PHP error: Boom in /app/a.php:3. ' +
				'Its last run ended before its first tick() (exit status 0). It is ready once it calls tick() of its FrankenPHP\\WorkerHandle.',
		);
	});

	it('never fails with -1', async () => {
		const world = new World({ workers: [worker('a', { maxConsecutiveFailures: -1 })] });
		const starting = start(world);
		for (let failure = 0; failure < 20; failure++) {
			world.run().exit(1);
			world.clock.advance(1000);
		}
		expect(await starting.settled()).toMatchObject({ state: 'waiting' });
		world.run().tick();
		expect(await starting.settled()).toMatchObject({ state: 'started' });
	});

	it('fails when there is no room for one', async () => {
		const world = new World({ workers: [worker('a'), worker('b')] });
		world.capacity = 1;
		expect((await start(world).settled()).error).toMatch(/Cannot start the sidekick "b": the shared memory/);
	});

	it('warns once of a run that is not ready after 10 s', () => {
		const world = new World({ workers: [worker('a')] });
		start(world);
		world.clock.advance(9999);
		expect(world.types('a')).toEqual(['starting']);
		world.clock.advance(60_000);
		expect(world.events.filter(({ type }) => type === 'slow-start')).toEqual([
			{ type: 'slow-start', name: 'a', background: true, after: 10_000 },
		]);
		world.run().exit(1);
		world.clock.advance(10_100);
		expect(world.types('a').filter((type) => type === 'slow-start')).toHaveLength(2);
	});
});

describe('after the start', () => {
	it('goes on for ever when it cannot boot any more, and the event becomes an error', () => {
		const world = new World({ workers: [worker('a', { maxConsecutiveFailures: 2 })] });
		start(world);
		world.run().tick();
		world.clock.advance(5000);
		for (let end = 0; end < 6; end++) {
			world.run().exit(1);
			world.clock.advance(1000);
		}
		const crashes = world.events.filter((event) => event.type === 'crashed');
		expect(crashes.map(({ failures, persists }) => [failures, persists])).toEqual([
			[0, undefined],
			[1, undefined],
			[2, true],
			[3, true],
			[4, true],
			[5, true],
		]);
		expect(world.registry.get('a')).toMatchObject({ state: 'restarting', crashes: 1, bootFailures: 5 });
		world.run().tick();
		expect(world.registry.get('a')).toMatchObject({ state: 'ready', failures: 0 });
	});

	it('starts at once after a run of a second, and later after shorter ones, crashed or not', () => {
		const world = new World({ workers: [worker('a')] });
		start(world);
		const endAfter = (lasted: number, status: number): number => {
			world.run().tick();
			world.clock.advance(lasted);
			world.run().exit(status);
			const { length } = world.runs;
			const from = world.clock.time;
			while (world.runs.length === length && world.run().over) world.clock.advance(1);
			return world.clock.time - from;
		};
		expect([endAfter(999, 0), endAfter(0, 1), endAfter(5, 0), endAfter(5, 0)]).toEqual([100, 400, 900, 1000]);
		expect([endAfter(1000, 1), endAfter(10, 0)]).toEqual([0, 100]);
		expect(world.registry.get('a')).toMatchObject({ restarts: 6, crashes: 2 });
	});

	it('waits in one seat while the others go on: the worker stays ready', () => {
		const world = new World({ workers: [worker('a', { num: 3 })] });
		start(world);
		for (const seat of [0, 1, 2]) world.seat('a', seat).tick();
		world.seat('a', 1).exit(1);
		expect(world.registry.get('a')).toMatchObject({ state: 'ready', readyThreads: 2 });
		world.seat('a', 0).exit(1);
		world.seat('a', 2).exit(1);
		expect(world.registry.get('a')).toMatchObject({ state: 'restarting', readyThreads: 0, ready: true });
		world.clock.advance(100);
		expect(world.runs.filter(({ over }) => !over).map(({ seat }) => seat)).toEqual([1, 0, 2]);
		world.seat('a', 0).tick();
		expect(world.state('a')).toBe('ready');
	});
});

describe('its end', () => {
	it('restarts all threads at once, each within the stop timeout, on fresh threads', () => {
		const world = new World({ workers: [worker('a', { num: 2 })], stopTimeout: 3000 });
		start(world);
		const [one, two] = [world.seat('a', 0), world.seat('a', 1)];
		for (const run of [one, two]) run.tick();
		expect(world.registry.restart('a')).toBe(true);
		expect([one.stopRaised, two.stopRaised]).toEqual([1, 1]);
		expect(world.state('a')).toBe('restarting');
		one.exit(0);
		expect(world.seat('a', 0)).toMatchObject({ fresh: true, over: false });
		world.clock.advance(3000);
		expect(two.terminated).toBe(1);
		two.end({ kind: 'terminated' });
		expect(world.seat('a', 1)).toMatchObject({ fresh: true });
		expect(world.registry.get('a')).toMatchObject({ crashes: 0, failures: 0 });
	});

	it('a stop waits for the last thread, and its next reader starts it as it is declared', async () => {
		const world = new World({ workers: [worker('a', { num: 2 })] });
		start(world);
		for (const seat of [0, 1]) world.seat('a', seat).tick();
		world.seat('a', 0).exit(1);
		let stopped = false;
		void world.registry.stop('a').then(() => {
			stopped = true;
		});
		expect(world.state('a')).toBe('stopping');
		world.seat('a', 1).exit(0);
		await Promise.resolve();
		expect(stopped).toBe(true);
		expect(world.clock.timers.size).toBe(0);
		expect(world.registry.get('a')).toBeUndefined();
		expect(world.registry.ensure(['a'], undefined, 'vars').ok).toBe(true);
		expect(world.registry.get('a')).toMatchObject({ origin: 'configuration', num: 2 });
	});

	it('a reader during the stop starts the threads that are over, and those that follow', () => {
		const world = new World({ workers: [worker('a', { num: 2 })] });
		start(world);
		const [one, two] = [world.seat('a', 0), world.seat('a', 1)];
		for (const run of [one, two]) run.tick();
		void world.registry.stop('a');
		one.exit(0);
		world.registry.ensure(['a'], undefined, 'vars');
		expect(world.seat('a', 0)).not.toBe(one);
		two.exit(0);
		expect(world.seat('a', 1)).not.toBe(two);
		expect(world.state('a')).toBe('restarting');
	});

	it('the shutdown ends waits between runs at once', async () => {
		const world = new World({ workers: [worker('a', { num: 2 })] });
		start(world);
		world.seat('a', 0).exit(1);
		world.seat('a', 1).exit(1);
		await world.registry.stopAll();
		expect(world.clock.timers.size).toBe(0);
		world.clock.advance(60_000);
		expect(world.runs).toHaveLength(2);
	});
});

describe('names', () => {
	const catchAll = { file: '/app/any.php', env: {}, maxConsecutiveFailures: 6, max: 2 };

	it('a declared worker is not counted among the sidekicks, nor checked against their patterns', () => {
		const world = new World({ workers: [worker('a')], max: 1, allow: ['redis-*'] });
		start(world);
		expect(world.ensure('a', 'redis-1').ok).toBe(true);
		expect(refusal(world.ensure('redis-2')).code).toBe('limit_reached');
	});

	it('an unknown name tells the nearest', () => {
		const world = new World({ workers: [worker('prices')], entrypoint: undefined });
		start(world);
		const { code, message } = refusal(world.registry.ensure(['price'], undefined, 'vars'));
		expect(code).toBe('unknown_name');
		expect(message).toMatch(/^Cannot read the variables of "price": .* Did you mean "prices"\?/);
		expect(refusal(world.registry.ensure(['price'], undefined, 'sidekick')).code).toBe('no_entrypoint');
	});

	it('what nobody declared is a sidekick for a reader, and the catch-all for who wants a worker', () => {
		const world = new World({ workers: [worker('a')], catchAll });
		world.registry.ensure(['read'], undefined, 'vars');
		world.registry.ensure(['wanted'], undefined, 'worker');
		expect(world.registry.get('read')).toMatchObject({ origin: 'first read' });
		expect(world.registry.get('wanted')).toMatchObject({ origin: 'catch-all' });
		expect(world.run('wanted').isBackground).toBe(true);
	});

	it('the catch-all serves so many names and no more', async () => {
		const world = new World({ catchAll, entrypoint: undefined });
		expect(world.registry.ensure(['a', 'b'], undefined, 'worker').ok).toBe(true);
		const { code, message } = refusal(world.registry.ensure(['c'], undefined, 'worker'));
		expect([code, message]).toEqual(['limit_reached', expect.stringContaining('2 names are served')]);
		expect(world.registry.ensure(['a'], undefined, 'vars').ok).toBe(true);
		const stopped = world.registry.stop('b');
		world.run('b').exit(0);
		await stopped;
		expect(world.registry.ensure(['c'], undefined, 'worker').ok).toBe(true);
	});
});

describe('waits', () => {
	it('a cycle is refused at once, and one thread that gives up leaves the waits of the others', () => {
		const world = new World({ workers: [worker('a', { num: 2 }), worker('b')] });
		start(world);
		expect(world.registry.ensure(['b'], 'a', 'vars', 0).ok).toBe(true);
		expect(world.registry.ensure(['b'], 'a', 'vars', 1).ok).toBe(true);
		world.registry.waitEnded('a', ['b'], 0);
		expect(refusal(world.registry.ensure(['a'], 'b', 'vars')).message).toContain('b → a → b');
		world.seat('a', 1).exit(1);
		expect(world.registry.ensure(['a'], 'b', 'vars').ok).toBe(true);
	});

	it('what is ready blocks nobody', () => {
		const world = new World({ workers: [worker('a'), worker('b')] });
		start(world);
		expect(world.registry.ensure(['b'], 'a', 'vars').ok).toBe(true);
		world.run('a').tick();
		expect(world.registry.ensure(['a'], 'b', 'vars').ok).toBe(true);
	});
});

it('one that is asked for while it is being stopped, before the message of its ready point, goes on', () => {
	const world = new World({ workers: [worker('pool', { num: 2 })] });
	world.registry.startDeclared().catch(() => {});
	const [first, second] = [world.seat('pool', 0), world.seat('pool', 1)];
	first.tickSilently();
	void world.registry.stop('pool');
	world.registry.ensure(['pool'], undefined, 'vars');
	second.exit(0);
	expect(world.state('pool')).toBe('starting');
	first.exit(0);
	world.seat('pool', 1).tick();
	expect(world.state('pool')).toBe('ready');
	expect(world.registry.get('pool')).toMatchObject({ runningThreads: 2, readyThreads: 1 });
});
