import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

const STOP_TIMEOUT = 600;

describe('a reload', () => {
	const app = useApplication({ threads: 1 });

	test.each(['restart', 'restartAll'] as const)('%s(): readers keep the last snapshot meanwhile', async (how) => {
		const name = `gated:${how}`;
		app().put(`${name}.go.1`);
		for (const mode of MODES) expect(await app().vars(name, mode)).toEqual({ name, run: '1' });
		if (how === 'restart') expect(app().server.sidekicks.restart(name)).toBe(true);
		else app().server.sidekicks.restartAll();
		await app().read(`${name}.waiting.2`);
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ name, run: '1' });
		expect(app().server.sidekicks.get(name)?.state).toBe('restarting');
		app().put(`${name}.go.2`);
		await app().sidekick(name, ({ state }) => state === 'ready');
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ name, run: '2' });
		expect(app().log.events(name, 'crashed')).toEqual([]);
		expect(app().server.sidekicks.get(name)).toMatchObject({ attempts: 2, restarts: 1 });
	});

	test('keeps whoever waits for the first snapshot waiting', async () => {
		const name = 'gated:waiting';
		const vars = app().vars(name);
		await app().read(`${name}.waiting.1`);
		app().server.sidekicks.restart(name);
		await app().read(`${name}.waiting.2`);
		app().put(`${name}.go.2`);
		expect(await vars).toEqual({ name, run: '2' });
	});

	test('during the back-off starts the next run at once', async () => {
		const name = 'crashes-always';
		await app().vars(name);
		await eventually('a back-off of 1 s', () =>
			app()
				.log.events(name, 'backing-off')
				.some(({ delay }) => delay === 1000),
		);
		const { attempts } = app().server.sidekicks.get(name) as { attempts: number };
		const before = app().log.events(name, 'backing-off').length;
		app().server.sidekicks.restart(name);
		await app().sidekick(name, (info) => info.attempts > attempts);
		// Not the run that would have come anyway: what had failed before is forgiven.
		const next = await eventually('the next crash', () => app().log.events(name, 'backing-off')[before]);
		expect(next.delay).toBe(100);
	});

	test('of an unknown sidekick says so', async () => {
		expect(app().server.sidekicks.restart('nobody')).toBe(false);
		expect(await app().server.sidekicks.stop('nobody')).toBe(false);
	});

	test('an exception on the way out is no failure', async () => {
		const name = 'slow-to-stop';
		await app().vars(name);
		app().server.sidekicks.restart(name);
		await app().sidekick(name, ({ restarts, state }) => restarts === 1 && state === 'ready');
		expect(app().log.events(name, 'crashed')).toEqual([]);
		expect(app().log.events(name, 'backing-off')).toEqual([]);
	});

	test('tells the state from outside', async () => {
		const before = Date.now();
		await app().vars('ready:info');
		const info = await app().sidekick('ready:info', ({ state }) => state === 'ready');
		expect(info).toMatchObject({ name: 'ready:info', attempts: 1, restarts: 0, lastError: undefined });
		expect(info.version).toBeGreaterThan(0);
		expect(info.size).toBeGreaterThan(0);
		expect(info.lastPublication).toBeGreaterThanOrEqual(before - 1000);
		expect(info.lastPublication).toBeLessThanOrEqual(Date.now() + 1000);
		expect(app().server.sidekicks.list()).toEqual([info]);
	});
});

describe.each(['ignores-stop', 'ignores-stop-asleep'])('%s: a sidekick that ignores the flag', (name) => {
	test('is terminated after the stop timeout; its name is free again', async () => {
		await using app = await Application.start({ threads: 1, workers: [], stopTimeout: STOP_TIMEOUT });
		await app.vars(name);
		const stopped = app.server.sidekicks.stop(name);
		expect(app.server.sidekicks.get(name)?.state).toBe('stopping');
		expect(app.log.events(name, 'ignored-stop')).toEqual([]);
		expect(await stopped).toBe(true);
		// Told when the time is over, which sidekicks/stopping.test.ts measures on a clock of its own.
		expect(app.log.events(name, 'ignored-stop')).toMatchObject([{ stopTimeout: STOP_TIMEOUT }]);
		expect(await app.vars(name)).toMatchObject({ name });
	});

	test('is terminated and started again by a restart; the snapshot stays', async () => {
		await using app = await Application.start({ threads: 1, workers: [], stopTimeout: STOP_TIMEOUT });
		await app.vars(name);
		const { threadId } = app.server.sidekicks.get(name) as { threadId: number };
		app.server.sidekicks.restart(name);
		expect(await app.vars(name, 'classic', 0)).toMatchObject({ name });
		const info = await app.sidekick(name, ({ state, restarts }) => state === 'ready' && restarts === 1);
		expect(info.threadId).not.toBe(threadId);
		expect(app.log.events(name, 'crashed')).toEqual([]);
	});

	test('does not keep a server from ending', async () => {
		const app = await Application.start({ threads: 1, workers: [], stopTimeout: STOP_TIMEOUT });
		await app.vars(name);
		await app[Symbol.asyncDispose]();
		expect(app.log.events(name, 'ignored-stop')).toHaveLength(1);
	});
});

test('a shutdown wakes whoever waits for a sidekick', async () => {
	const app = await Application.start({ threads: 1, workers: [] });
	const waiting = app.ask('classic', 'get', { name: 'gated:shutdown' });
	await app.read('gated:shutdown.waiting.1');
	await app.server.close();
	expect((await waiting).error?.class).toBe('RuntimeException');
	expect((await waiting).error?.message).toContain('shutting down');
	await app[Symbol.asyncDispose]();
});
