import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../src/sidekicks/ports.ts';
import { World } from './world.ts';

describe('becoming ready', () => {
	it('goes from starting to ready', () => {
		const world = new World();
		world.ensure('a');
		expect(world.state('a')).toBe('starting');
		world.clock.advance(40);
		world.run().publish();
		expect(world.state('a')).toBe('ready');
		expect(world.events).toEqual([
			{ type: 'starting', name: 'a', attempt: 1 },
			{ type: 'ready', name: 'a', attempt: 1, after: 40 },
		]);
		expect(world.registry.get('a')).toEqual({
			name: 'a',
			origin: 'first read',
			state: 'ready',
			ready: true,
			num: 1,
			runningThreads: 1,
			readyThreads: 1,
			failures: 0,
			starts: 1,
			crashes: 0,
			bootFailures: 0,
			publications: 3,
			readersWaiting: 0,
			timeToReady: 40,
			attempts: 1,
			restarts: 0,
			startedAt: 1_000_000,
			lastPublication: 7,
			version: 1,
			size: 12,
			lastError: undefined,
			exitStatus: undefined,
			threadId: 100,
		});
		expect(world.registry.get('b')).toBeUndefined();
	});

	it('describes every change for those who wait', () => {
		const world = new World();
		world.ensure('a');
		world.run().phpError('Boom in /x.php:3');
		expect(world.cells.get(1)?.status).toMatchObject({ lastError: 'Boom in /x.php:3', running: true, attempts: 1 });
		world.run().exit(255);
		expect(world.cells.get(1)?.status).toMatchObject({ exitStatus: 255, running: false, failures: 1 });
		world.clock.advance(100);
		expect(world.cells.get(1)?.status).toMatchObject({ running: true, attempts: 2, state: 'starting' });
	});
});

const failures: [string, RunOutcome][] = [
	['a non-zero exit', { kind: 'exit', status: 255 }],
	['a clean exit that published nothing', { kind: 'exit', status: 0 }],
	['a trap', { kind: 'trap', message: 'unreachable' }],
	['a termination that nobody asked for', { kind: 'terminated' }],
	['a failed start', { kind: 'startFailed', message: 'no memory' }],
];

describe('boot failures', () => {
	it.each(failures)('%s backs off by n² · 100 ms and gives up after 6', (_, outcome) => {
		const world = new World();
		world.ensure('a');
		for (const delay of [100, 400, 900, 1000, 1000]) {
			const before = world.runs.length;
			world.run().end(outcome);
			expect(world.state('a')).toBe('starting');
			world.clock.advance(delay - 1);
			expect(world.runs).toHaveLength(before);
			world.clock.advance(1);
			expect(world.runs).toHaveLength(before + 1);
		}
		world.run().phpError('Uncaught Exception: no in /app/x.php:12');
		world.run().end(outcome);
		expect(world.registry.list()).toEqual([]);
		expect(world.clock.timers.size).toBe(0);
		expect(world.failures).toHaveLength(1);
		expect(world.failures[0]?.reason).toMatch(/"a".*6 failed attempts.*\/app\/x\.php:12/);
		expect(world.types('a').at(-1)).toBe('failed');
	});

	it('says that a script ended without publishing, with its status', () => {
		const world = new World({ maxConsecutiveFailures: 1 });
		world.ensure('a');
		world.run().exit(0);
		expect(world.failures[0]?.reason).toContain('ended without publishing (exit status 0)');
	});

	it('are forgotten with the sidekick: a later call begins anew', () => {
		const world = new World({ maxConsecutiveFailures: 2 });
		world.ensure('a');
		world.run().exit(1);
		world.clock.advance(100);
		world.run().exit(1);
		expect(world.ensure('a')).toEqual({ ok: true, handles: [2] });
		expect(world.registry.get('a')).toMatchObject({ attempts: 1, lastError: undefined });
		world.run().exit(1);
		expect(world.state('a')).toBe('starting');
	});

	it('never give up with -1', () => {
		const world = new World({ maxConsecutiveFailures: -1 });
		world.ensure('a');
		for (let i = 0; i < 50; i++) {
			world.run().exit(1);
			world.clock.advance(1000);
		}
		expect(world.runs).toHaveLength(51);
	});
});

describe('after it was ready', () => {
	it.each(
		failures.filter(([, outcome]) => outcome.kind !== 'exit' || outcome.status !== 0),
	)('%s is followed by restarts for ever, and readers keep the snapshot', (_, outcome) => {
		const world = new World();
		world.ready('a');
		for (let i = 0; i < 20; i++) {
			world.run().end(outcome);
			expect(world.state('a')).toBe('restarting');
			world.clock.advance(1000);
		}
		expect(world.runs).toHaveLength(21);
		expect(world.failures).toEqual([]);
		expect(world.registry.get('a')).toMatchObject({ version: 1, restarts: 20, attempts: 21 });
		world.run().publish();
		expect(world.state('a')).toBe('ready');
	});

	it('restarts after a clean exit at once, but no sooner than 100 ms after the last start', () => {
		const world = new World();
		world.ready('a');
		world.clock.advance(150);
		world.run().exit(0);
		expect(world.runs).toHaveLength(2);
		world.run().publish();
		world.clock.advance(30);
		world.run().exit(0);
		world.clock.advance(69);
		expect(world.runs).toHaveLength(2);
		world.clock.advance(1);
		expect(world.runs).toHaveLength(3);
		expect(world.types('a')).not.toContain('crashed');
	});

	it('forgives failures after 10 s of readiness, not before', () => {
		const world = new World();
		const crashAfter = (milliseconds: number) => {
			world.run().publish();
			world.clock.advance(milliseconds);
			world.run().exit(1);
			const event = world.events.findLast((candidate) => candidate.type === 'backing-off');
			world.clock.advance(1000);
			return event?.delay;
		};
		world.ensure('a');
		expect([0, 9_999, 10_000, 0].map(crashAfter)).toEqual([100, 400, 100, 400]);
	});

	it('counts readiness from the first publication of the run', () => {
		const world = new World();
		world.ready('a').exit(1);
		world.clock.advance(100);
		world.run().publish();
		world.clock.advance(10_000);
		world.run().publish();
		world.run().exit(1);
		expect(world.events.at(-1)).toMatchObject({ type: 'backing-off', delay: 100 });
	});

	it('ends the row of failures with a clean exit of a run that published', () => {
		const world = new World();
		world.ready('a').exit(1);
		world.clock.advance(100);
		world.run().publish();
		world.run().exit(0);
		world.clock.advance(100);
		world.run().exit(1);
		expect(world.events.at(-1)).toMatchObject({ type: 'backing-off', delay: 100 });
	});

	it('knows from the cell that it was ready when the message was lost with the thread', () => {
		const world = new World({ maxConsecutiveFailures: 1 });
		world.ensure('a');
		world.run().publishSilently();
		world.run().end({ kind: 'terminated' });
		expect(world.state('a')).toBe('restarting');
	});

	it('ignores events of runs that are over', () => {
		const world = new World();
		const old = world.ready('a');
		old.exit(1);
		world.clock.advance(100);
		old.publish();
		old.phpError('late');
		old.exit(3);
		expect(world.state('a')).toBe('restarting');
		expect(world.registry.get('a')).toMatchObject({ lastError: undefined, exitStatus: 1, attempts: 2 });
	});
});
