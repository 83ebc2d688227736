import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { useApplication } from '../../support/use-application.ts';

/** Much longer than anything here takes: a sidekick that does not notice its stop flag makes the test fail. */
const STOP_TIMEOUT = 8000;

const app = useApplication({ threads: 1, stopTimeout: STOP_TIMEOUT });

describe.each(MODES)('in %s mode', (mode) => {
	test('frankenphp_sidekick_should_stop() throws a RuntimeException outside a sidekick', async () => {
		const { error } = await app().ask(mode, 'should-stop');
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('frankenphp_sidekick_should_stop()');
		expect(error?.message).toContain('inside a sidekick');
	});

	test('sleeping functions sleep, return and refuse as PHP has it', async () => {
		const { value, seconds } = await app().ask<unknown[]>(mode, 'sleeps');
		expect(value.slice(0, 4)).toEqual([0, null, true, true]);
		expect(value.slice(4)).toMatchObject([{ class: 'ValueError' }, { class: 'ValueError' }]);
		expect(seconds).toBeGreaterThanOrEqual(0.149);
	});

	test('time_sleep_until() refuses times that are none, and those that are over', async () => {
		const none = 'time_sleep_until(): Argument #1 ($timestamp) must be between 0 and 18446744073';
		expect(await app().value(mode, 'sleeps-until')).toEqual([...Array(6).fill(none), false, true]);
	});
});

describe('frankenphp_sidekick_should_stop() is false before and true once', () => {
	test('the sidekick is stopped', async () => {
		const name = 'sees-stop:stopped';
		expect(await app().vars(name)).toEqual({ before: 'false' });
		expect(app().has(`${name}.stops`)).toBe(false);
		expect(await app().server.sidekicks.stop(name)).toBe(true);
		expect(await app().read(`${name}.stops`)).toBe('stop\n');
		expect(app().log.events(name, 'ignored-stop')).toEqual([]);
		expect(app().server.sidekicks.get(name)).toBeUndefined();
	});

	test('the sidekick is restarted', async () => {
		const name = 'sees-stop:restarted';
		await app().vars(name);
		expect(app().server.sidekicks.restart(name)).toBe(true);
		expect(await app().read(`${name}.stops`)).toBe('stop\n');
		// The flag is not left over for the next run.
		await app().sidekick(name, ({ state, restarts }) => state === 'ready' && restarts === 1);
		expect(app().log.events(name, 'ignored-stop')).toEqual([]);
	});

	test('all are reloaded', async () => {
		const names = ['sees-stop:one', 'sees-stop:two'];
		await app().value('classic', 'get', { name: names });
		app().server.sidekicks.restartAll();
		for (const name of names) {
			expect(await app().read(`${name}.stops`)).toBe('stop\n');
			await app().sidekick(name, ({ state, restarts }) => state === 'ready' && restarts === 1);
		}
	});

	test('the server shuts down', async () => {
		const application = await Application.start({ threads: 1, workers: [], stopTimeout: STOP_TIMEOUT });
		const name = 'sees-stop:closed';
		await application.vars(name);
		await application.server.close();
		expect(application.content(`${name}.stops`)).toBe('stop\n');
		expect(application.log.events(name, 'ignored-stop')).toEqual([]);
		await application[Symbol.asyncDispose]();
	});
});

describe('a stop ends early', () => {
	type Woken = { result: unknown; seconds: number; stop: boolean };

	async function stopWhileIn(name: string): Promise<Woken> {
		await app().vars(name);
		expect(await app().server.sidekicks.stop(name)).toBe(true);
		expect(app().log.events(name, 'ignored-stop')).toEqual([]);
		return JSON.parse(await app().read(`${name}.woke`)) as Woken;
	}

	test('sleep(), which returns the seconds left', async () => {
		const { result, seconds, stop } = await stopWhileIn('sleeps:sleep');
		expect(stop).toBe(true);
		expect(result).toBeGreaterThanOrEqual(Math.floor(60 - seconds));
		expect(result).toBeLessThanOrEqual(60);
	});

	test('usleep()', async () => {
		expect(await stopWhileIn('sleeps:usleep')).toMatchObject({ result: null, stop: true });
	});

	test('time_nanosleep(), which returns the time left', async () => {
		const { result, seconds, stop } = await stopWhileIn('sleeps:time_nanosleep');
		const left = result as { seconds: number; nanoseconds: number };
		expect(stop).toBe(true);
		expect(left.seconds + left.nanoseconds / 1e9).toBeCloseTo(60.5 - seconds, 0);
	});

	test('time_sleep_until(), which returns false', async () => {
		expect(await stopWhileIn('sleeps:time_sleep_until')).toMatchObject({ result: false, stop: true });
	});

	test('a sleep before the first publication; whoever waits for it is woken', async () => {
		const name = 'sleeps-first';
		const waiting = app().ask('worker', 'get', { name });
		await app().read(`${name}.sleeps`);
		expect(await app().server.sidekicks.stop(name)).toBe(true);
		expect(Number(await app().read(`${name}.woke`))).toBeGreaterThan(30);
		expect((await waiting).error?.class).toBe('RuntimeException');
	});
});

test('sidekicks that sleep do not delay a shutdown', async () => {
	const application = await Application.start({ threads: 1, workers: [], stopTimeout: STOP_TIMEOUT });
	await application.value('classic', 'get', { name: ['ready:1', 'ready:2', 'sleeps:usleep'] });
	await application[Symbol.asyncDispose]();
	expect(application.log.events('sleeps:usleep', 'ignored-stop')).toEqual([]);
});
