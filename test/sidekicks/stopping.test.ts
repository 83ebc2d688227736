import { describe, expect, it } from 'vitest';
import { STOP_GRACE } from '../../src/sidekicks/registry.ts';
import { refusal, World } from './world.ts';

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
	const pending = {};
	await Promise.resolve();
	return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('restart', () => {
	it('stops a ready run and starts the next as soon as it has ended, at no cost', () => {
		const world = new World();
		const old = world.ready('a');
		expect(world.registry.restart('a')).toBe(true);
		expect(world.registry.restart('a')).toBe(true);
		expect([world.state('a'), old.stopRaised, world.runs.length]).toEqual(['restarting', 1, 1]);
		old.exit(255);
		expect(world.runs).toHaveLength(2);
		expect(world.clock.timers.size).toBe(0);
		expect(world.types('a')).not.toContain('crashed');
		world.run().publish();
		expect(world.state('a')).toBe('ready');
		expect(world.failures).toEqual([]);
	});

	it('terminates a run that ignores the flag', () => {
		const world = new World({ stopTimeout: 2000 });
		const old = world.ready('a');
		world.registry.restart('a');
		world.clock.advance(1999);
		expect(old.terminated).toBe(0);
		world.clock.advance(1);
		expect(old.terminated).toBe(1);
		expect(world.runs).toHaveLength(1);
		expect(world.types('a')).toContain('ignored-stop');
		old.end({ kind: 'terminated' });
		expect(world.runs).toHaveLength(2);
	});

	it('skips the back-off and forgives failures', () => {
		const world = new World({ maxConsecutiveFailures: 2 });
		world.ensure('a');
		world.run().exit(1);
		world.registry.restart('a');
		expect([world.runs.length, world.clock.timers.size]).toEqual([2, 0]);
		world.run().exit(1);
		expect(world.state('a')).toBe('starting');
	});

	it('of a sidekick that was never ready leaves it starting', () => {
		const world = new World({ maxConsecutiveFailures: 1 });
		world.ensure('a');
		world.registry.restart('a');
		world.run().exit(1);
		expect([world.state('a'), world.runs.length]).toEqual(['starting', 2]);
	});

	it('survives a publication that crosses it', () => {
		const world = new World();
		world.ensure('a');
		world.registry.restart('a');
		world.run().publish();
		expect(world.state('a')).toBe('restarting');
		expect(world.cells.get(1)?.states).toEqual(['starting', 'ready', 'restarting']);
		world.run().exit(0);
		world.run().publish();
		expect(world.state('a')).toBe('ready');
	});

	it('of all is a reload; of what is not there or is being stopped it is refused', () => {
		const world = new World();
		world.ready('a');
		world.ensure('b');
		world.registry.restartAll();
		expect(world.runs.map((run) => run.stopRaised)).toEqual([1, 1]);
		expect(world.registry.restart('nobody')).toBe(false);
		void world.registry.stop('a');
		expect(world.registry.restart('a')).toBe(false);
	});
});

describe('stop', () => {
	it('forgets the sidekick when its run has ended, and wakes waiters', async () => {
		const world = new World();
		const run = world.ready('a');
		const stopped = world.registry.stop('a');
		expect([world.state('a'), run.stopRaised, await settled(stopped)]).toEqual(['stopping', 1, false]);
		run.exit(1);
		expect(await stopped).toBe(true);
		expect(world.registry.list()).toEqual([]);
		expect(world.failures[0]?.reason).toContain('was stopped');
		expect(world.clock.timers.size).toBe(0);
		expect(world.types('a').slice(-2)).toEqual(['stopping', 'stopped']);
		expect(world.ensure('a')).toEqual({ ok: true, handles: [2] });
		expect(await world.registry.stop('nobody')).toBe(false);
	});

	it('in the back-off is over at once', async () => {
		const world = new World();
		world.ensure('a');
		world.run().exit(1);
		expect(await world.registry.stop('a')).toBe(true);
		expect(world.clock.timers.size).toBe(0);
	});

	it('keeps the cell while the old thread may still publish into it', () => {
		const world = new World();
		world.ensure('a');
		void world.registry.stop('a');
		expect(world.cells.size).toBe(1);
		world.run().publish();
		expect(world.state('a')).toBe('stopping');
	});

	it.each([
		['ready', 'restarting'],
		['starting', 'starting'],
	])('becomes a restart when a %s sidekick is asked for meanwhile', async (before, after) => {
		const world = new World({ max: 1 });
		world.ensure('a');
		if (before === 'ready') world.run().publish();
		const stopped = world.registry.stop('a');
		expect(world.ensure('a')).toEqual({ ok: true, handles: [1] });
		expect([world.state('a'), world.runs.length]).toEqual([after, 1]);
		world.run().exit(0);
		expect(await stopped).toBe(true);
		expect([world.state('a'), world.runs.length]).toEqual([after, 2]);
	});

	it('is not taken back when the entrypoint is missing', () => {
		const world = new World();
		world.ready('a');
		void world.registry.stop('a');
		world.problem = 'gone';
		expect(refusal(world.ensure('a')).code).toBe('bad_entrypoint');
		expect(world.state('a')).toBe('stopping');
	});
});

describe('stopAll', () => {
	it('is over at once when nothing runs', async () => {
		const world = new World();
		await world.registry.stopAll();
		expect(refusal(world.ensure('a'))).toMatchObject({ code: 'shutting_down' });
	});

	it('raises every flag, wakes waiters at once, lets readers read until the end', async () => {
		const world = new World();
		world.ready('ready');
		world.ensure('starting', 'backing-off');
		world.run('backing-off').exit(1);
		const stopped = world.registry.stopAll();
		expect(world.registry.stopAll()).toBe(stopped);
		expect(world.failures.map((failure) => failure.name)).toEqual(['starting', 'backing-off']);
		expect(world.failures[0]?.reason).toContain('shutting down');
		expect(refusal(world.ensure('ready')).code).toBe('shutting_down');
		world.run('starting').publish();
		world.run('starting').exit(0);
		expect(await settled(stopped)).toBe(false);
		world.run('ready').exit(0);
		await stopped;
		expect(world.failures.map((failure) => failure.name)).toContain('ready');
		expect([world.clock.timers.size, world.cells.size, world.runs.length]).toEqual([0, 0, 3]);
	});

	it('terminates what ignores the flag', async () => {
		const world = new World();
		const run = world.ready('a');
		const stopped = world.registry.stopAll();
		world.clock.advance(5000);
		expect(run.terminated).toBe(1);
		run.end({ kind: 'terminated' });
		await stopped;
		expect(world.clock.timers.size).toBe(0);
	});

	it('gives them no longer than there is time', async () => {
		const world = new World({ stopTimeout: 5000 });
		const run = world.ready('a');
		const stopped = world.registry.stopAll(1000);
		world.clock.advance(999);
		expect(run.terminated).toBe(0);
		world.clock.advance(1);
		expect(run.terminated).toBe(1);
		world.clock.advance(STOP_GRACE);
		await stopped;
		expect(world.clock.timers.size).toBe(0);
	});

	it('gives them no longer than the stop timeout, however much time there is', async () => {
		const world = new World({ stopTimeout: 1000 });
		const run = world.ready('a');
		const stopped = world.registry.stopAll(5000);
		world.clock.advance(1000);
		expect(run.terminated).toBe(1);
		run.end({ kind: 'terminated' });
		await stopped;
	});

	it('does not wait for a thread that never reports its end', async () => {
		const world = new World({ stopTimeout: 1000 });
		const run = world.ready('a');
		const stopped = world.registry.stopAll();
		world.clock.advance(1000 + STOP_GRACE - 1);
		expect(await settled(stopped)).toBe(false);
		world.clock.advance(1);
		await stopped;
		expect([world.clock.timers.size, world.cells.size]).toEqual([0, 0]);
		expect(world.types('a')).toContain('abandoned');
		run.exit(1);
		expect(world.runs).toHaveLength(1);
	});

	it('takes over from stops and restarts under way, with their deadlines', async () => {
		const world = new World({ stopTimeout: 1000 });
		const a = world.ready('a');
		const b = world.ready('b');
		world.registry.restart('a');
		const single = world.registry.stop('b');
		world.clock.advance(600);
		const stopped = world.registry.stopAll();
		world.clock.advance(400);
		expect([a.terminated, b.terminated, a.stopRaised, b.stopRaised]).toEqual([1, 1, 1, 1]);
		a.end({ kind: 'terminated' });
		b.end({ kind: 'terminated' });
		await Promise.all([stopped, single]);
		expect([world.runs.length, world.clock.timers.size]).toEqual([2, 0]);
		world.registry.restartAll();
		expect(world.runs).toHaveLength(2);
	});
});
