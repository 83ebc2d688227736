import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

const app = useApplication({ maxConsecutiveFailures: 3 });

/** When the runs of a sidekick began, seconds; once there are `count` of them. */
function startsOf(name: string, count: number): Promise<number[]> {
	return eventually(`${count} runs of ${name}`, async () => {
		const starts = (await app().read(`${name}.runs`)).trim().split('\n').map(Number);
		return starts.length >= count && starts;
	});
}

const ENDS = [
	{ how: 'exception', lastError: /No more of this in .*ends\.php:\d+/, exitStatus: 255, crash: /exit status 255/ },
	{
		how: 'fatal',
		lastError: /undefined_function.*ends\.php(:| on line )\d+/,
		exitStatus: 255,
		crash: /exit status 255/,
	},
	{
		how: 'memory',
		lastError: /Allowed memory size .*ends\.php on line \d+/,
		exitStatus: 255,
		crash: /exit status 255/,
	},
	{ how: 'exit', lastError: undefined, exitStatus: 3, crash: /exit status 3/ },
	{ how: 'exit-in-shutdown', lastError: undefined, exitStatus: 4, crash: /exit status 4/ },
	{ how: 'clean', lastError: undefined, exitStatus: 0, crash: undefined },
	{ how: 'message', lastError: undefined, exitStatus: 0, crash: undefined },
] as const;

describe('a sidekick that ends unasked is started again, readers keep its last snapshot', () => {
	test.each(ENDS)('after: $how', async ({ how, lastError, exitStatus, crash }) => {
		const name = `ends:${how}`;
		expect(await app().vars(name)).toEqual({ run: '1' });
		app().put(`${name}.end.1`);
		await app().read(`${name}.waiting.2`);
		// The second run is there, and has not published: a classic thread that has read before, and a worker that has not.
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ run: '1' });
		const during = await app().sidekick(name, ({ state }) => state === 'restarting');
		expect(during).toMatchObject({ attempts: 2, restarts: 1, exitStatus });
		if (lastError !== undefined) expect(during.lastError).toMatch(lastError);
		app().put(`${name}.go.2`);
		await app().sidekick(name, ({ state }) => state === 'ready');
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ run: '2' });
		const crashes = app().log.events(name, 'crashed');
		expect(crashes).toHaveLength(crash === undefined ? 0 : 1);
		if (crash !== undefined) expect(crashes[0]?.reason).toMatch(crash);
	});

	test('what it says last is not lost, however busy the main thread is at that moment', async () => {
		const name = 'last-words';
		await app().vars(name);
		app().put(`${name}.end`);
		// Everything that the thread reports is under way before the main thread looks at any of it.
		app().blockUntil(`${name}.ended`, 200);
		await app().sidekick(name, ({ exitStatus }) => exitStatus !== undefined);
		expect(app().server.sidekicks.get(name)?.lastError).toMatch(/Last error in .*last-words\.php:\d+/);
		expect(app().log.output(name)).toEqual(['last words']);
	});

	test('after a trap: with a thread of its own for the next run', async () => {
		const name = 'ends:recursion';
		expect(await app().vars(name)).toEqual({ run: '1' });
		const before = app().server.sidekicks.get(name);
		app().put(`${name}.end.1`);
		await app().read(`${name}.waiting.2`);
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ run: '1' });
		app().put(`${name}.go.2`);
		const { threadId } = await app().sidekick(name, ({ version }) => version !== before?.version);
		expect(threadId).not.toBe(before?.threadId);
		const crashes = app().log.events(name, 'crashed');
		expect(crashes).toHaveLength(1);
		expect(crashes[0]?.reason).toMatch(/trap/);
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ run: '2' });
	});
});

describe('back-off', () => {
	test('after n crashes in a row is n² · 100 ms, at most 1 s; once ready there is no end to it', async () => {
		const name = 'crashes-always';
		await app().vars(name);
		const starts = await startsOf(name, 6);
		const delays = app()
			.log.events(name, 'backing-off')
			.map(({ delay }) => delay);
		expect(delays.slice(0, 5)).toEqual([100, 400, 900, 1000, 1000]);
		for (const [i, delay] of [0.1, 0.4, 0.9, 1, 1].entries()) {
			expect((starts[i + 1] as number) - (starts[i] as number)).toBeGreaterThanOrEqual(delay - 0.005);
		}
		for (const mode of MODES) expect(await app().vars(name, mode, 0)).toEqual({ run: 'any' });
	});

	test('after a clean exit there is none, but 100 ms from start to start', async () => {
		const name = 'ends-always';
		await app().vars(name);
		await startsOf(name, 6);
		expect(['ready', 'restarting']).toContain(app().server.sidekicks.get(name)?.state);
		// The runs are shorter than that, so there is something left to wait for.
		const delays = app()
			.log.events(name, 'backing-off')
			.map(({ delay }) => delay);
		expect(delays.length).toBeGreaterThan(0);
		for (const delay of delays) expect(delay).toBeLessThanOrEqual(100);
		expect(app().log.events(name, 'crashed')).toEqual([]);
	});

	test('starts again from 100 ms after a run that stayed ready for 10 s', async () => {
		const name = 'steady';
		await app().vars(name);
		await app().sidekick(name, ({ attempts, state }) => attempts === 3 && state === 'ready');
		const ready = performance.now();
		await app().sidekick(name, () => performance.now() - ready > 10_200, 15);
		app().put(`${name}.end`);
		await app().sidekick(name, ({ attempts }) => attempts === 4);
		const failures = app()
			.log.events(name, 'crashed')
			.map(({ failures }) => failures);
		// The fourth run may have crashed already.
		expect(failures.slice(0, 3)).toEqual([1, 2, 1]);
	});
});

describe('a sidekick that fails before it has ever published', () => {
	test.each([
		['throws', /Broken on purpose.*throws\.php(:| on line )4/s],
		['exits-unpublished', /exit status 7/],
		['ends-unpublished', /ended without publishing/],
	])('%s: is given up after the maximum of failures, with the details', async (name, details) => {
		const { error } = await app().ask('classic', 'get', { name });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('3 failed attempts');
		expect(error?.message).toMatch(details);
		expect((await app().read(`${name}.runs`)).trim().split('\n')).toHaveLength(3);
		const [failed] = app().log.events(name, 'failed');
		expect(failed?.reason).toBe(error?.message);
		expect(app().server.sidekicks.get(name)).toBeUndefined();
	});

	test('is tried again by the next call, from the beginning', async () => {
		const name = 'until-fixed:lifecycle';
		for (const attempts of [3, 6]) {
			expect((await app().ask('classic', 'get', { name })).error?.message).toContain('Not repaired yet');
			expect((await app().read(`${name}.runs`)).trim().split('\n')).toHaveLength(attempts);
		}
		app().put(`${name}.fixed`);
		expect(await app().vars(name)).toEqual({ run: '7' });
	});
});
