import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, getVars, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ stopTimeout: 300 });
}, 20_000);
afterAll(() => app.server.close());

describe('a sidekick that', () => {
	test('publishes 100 MB gets an exception with both sizes, and its snapshot before stays', async () => {
		expect((await getVars(app, 'publishes-100-mb')).vars).toEqual({ state: 'small' });
		await app.log.waitFor(/warn .*\b1000000\d\d bytes.*max_snapshot_size.*8388608/);
		expect((await getVars(app, 'publishes-100-mb')).vars).toEqual({ state: 'small' });
		await expectAlive(app);
	});

	test('publishes twice in a row is read whole, then as it was last', async () => {
		const { vars } = await getVars(app, 'publishes-twice');
		expect(vars?.a).toBe(vars?.b);
		await app.log.waitFor(/published twice/);
		expect((await getVars(app, 'publishes-twice')).vars).toEqual({ a: '2', b: '2' });
	});

	test('publishes from two places: the last one counts', async () => {
		const name = 'publishes-from-two-places';
		expect((await getVars(app, name)).vars).toEqual({ from: 'the loop' });
		const from = app.log.end;
		const stopped = app.server.sidekicks.stop(name);
		expect(await stopped).toBe(true);
		expect(app.log.text(from)).not.toMatch(/^error/m);
		expect((await getVars(app, name)).vars).toEqual({ from: 'the loop' });
	});

	test('echoes megabytes fills the log line by line, and becomes ready all the same', async () => {
		expect((await getVars(app, 'echoes')).vars).toEqual({ state: 'has echoed' });
		await app.log.until(
			() => app.log.lines.some(({ message }) => message === 'the last line'),
			10_000,
			() => 'the last line is not in the log',
		);
		const lines = app.log.lines.filter(({ context }) => context?.sidekick === 'echoes').map((line) => line.message);
		expect(lines.filter((line) => /^line \d+ \.{80}$/.test(line))).toHaveLength(10_000);
		expect(lines.filter((line) => /^[endlss]+$/.test(line)).join('')).toBe('endless'.repeat(500_000));
		await expectAlive(app);
	});

	test('spins before it is ready makes its reader wait no longer than asked for', async () => {
		const { error } = await getVars(app, 'loops-unready', 0.5);
		expect(error).toMatch(/"loops-unready" did not publish within 0.5 seconds\. It is starting \(1 attempt\)/);
		await expectAlive(app);
	});
});

describe('close() is bounded by the stop timeout, for a sidekick that', () => {
	test.each([
		['spins and is ready', 'loops-ready', 5],
		['spins and never gets ready', 'loops-unready', 0],
		['spins in a shutdown function', 'loops-in-shutdown', 5],
	])('%s', async (_, name, timeout) => {
		await using doomed = await startApp({ stopTimeout: 500 });
		await getVars(doomed, name, timeout);
		if (timeout === 0) await doomed.log.waitFor(/spins from now on/);
		await doomed.server.close();
		expect(doomed.log.text()).toMatch(new RegExp(`"${name}" did not stop within 0.5 s; its thread is terminated`));
	});

	test('sleeps: it wakes at once', async () => {
		await using doomed = await startApp();
		await getVars(doomed, 'sleeps');
		await doomed.server.close();
		expect(doomed.log.text()).not.toMatch(/did not stop within/);
	});
});
