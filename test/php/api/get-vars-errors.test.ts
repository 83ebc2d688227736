import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

describe('wrong arguments', () => {
	const app = useApplication({ threads: 1 });

	test.each(MODES)('are a ValueError before anything is started, in %s mode', async (mode) => {
		const cases = await app().value<Record<string, Thrown>>(mode, 'get-invalid');
		expect(Object.keys(cases)).toHaveLength(12);
		for (const [what, error] of Object.entries(cases)) {
			expect(error?.class, what).toBe('ValueError');
			const argument = /^(negative timeout|minus infinity|NaN)/.test(what) ? '#2 ($timeout)' : '#1 ($name)';
			expect(error?.message, what).toContain(`frankenphp_sidekick_get_vars(): Argument ${argument}`);
		}
		expect(app().server.sidekicks.list()).toEqual([]);
	});

	test.each(MODES)('an array element that is not a string is a TypeError, in %s mode', async (mode) => {
		const cases = await app().value<Record<string, Thrown>>(mode, 'get-invalid-types');
		expect(Object.keys(cases)).toHaveLength(6);
		for (const [what, error] of Object.entries(cases)) {
			expect(error?.class, what).toBe('TypeError');
			expect(error?.message, what).toContain('Argument #1 ($name)');
		}
		expect(app().server.sidekicks.list()).toEqual([]);
	});
});

describe.each(MODES)('timeouts in %s mode', (mode) => {
	const app = useApplication({ threads: 1, maxConsecutiveFailures: 1000 });

	test('name the sidekick, the seconds waited, and what is known of it', async () => {
		const name = `silent:${mode}`;
		const { error, seconds } = await app().ask(mode, 'get', { name, timeout: 0.25 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(`"${name}"`);
		expect(error?.message).toContain('0.25 second');
		expect(error?.message).toContain('starting');
		expect(error?.message).toContain('1 attempt');
		expect(seconds).toBeGreaterThanOrEqual(0.25);
	});

	test('quote the last PHP error with file and line, and the exit status', async () => {
		const name = `throws:${mode}`;
		await app().ask(mode, 'get', { name, timeout: 0 });
		await app().sidekick(name, ({ exitStatus, attempts }) => exitStatus !== undefined && attempts >= 2);
		const { error } = await app().ask(mode, 'get', { name, timeout: 0.1 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('Broken on purpose');
		expect(error?.message).toMatch(/sidekicks\/throws\.php(:| on line )4/);
		expect(error?.message).toMatch(/exit status 255/);
		expect(error?.message).toMatch(/\d+ attempts/);
	});
});

describe.each(MODES)('a sidekick that is given up, in %s mode', (mode) => {
	const app = useApplication({ maxConsecutiveFailures: 2, workers: ['worker.php'] });

	test('wakes every waiter at once, with the details', async () => {
		const name = `throws-when-told:given-up-${mode}`;
		const asked = Promise.all([1, 2].map(() => app().ask(mode, 'get', { name, timeout: 25 })));
		await app().sidekick(name, ({ readersWaiting }) => readersWaiting === 2);
		app().put(`${name}.go`);
		for (const { error } of await asked) {
			expect(error?.class).toBe('RuntimeException');
			expect(error?.message).toContain(`"${name}"`);
			expect(error?.message).toContain('Broken on purpose');
			expect(error?.message).toMatch(/sidekicks\/throws-when-told\.php(:| on line )5/);
			expect(error?.message).toContain('2 failed attempts');
			expect(error?.message).toContain('exit status 255');
			expect(error?.message).not.toContain('did not publish within');
		}
		expect(app().server.sidekicks.get(name)).toBeUndefined();
		expect((await app().read(`${name}.runs`)).trim().split('\n')).toHaveLength(2);
	});

	test('fails the call for an array of names, and is named', async () => {
		const name = [`ready:array-${mode}`, `throws:array-${mode}`];
		const { error } = await app().ask(mode, 'get', { name, timeout: 25 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(`"throws:array-${mode}"`);
		expect(error?.message).not.toContain('ready:array');
	});

	test('a later call tries again', async () => {
		const name = `until-fixed:${mode}`;
		expect((await app().ask(mode, 'get', { name, timeout: 25 })).error?.message).toContain('Not repaired yet');
		app().put(`${name}.fixed`);
		expect(await app().vars(name, mode)).toEqual({ run: '3' });
		expect(app().server.sidekicks.get(name)?.attempts).toBe(1);
	});
});

describe('no entrypoint', () => {
	const app = useApplication({ sidekickEntrypoint: undefined, threads: 1 });

	test.each(MODES)('says which directive is missing and where to put it, in %s mode', async (mode) => {
		const { error } = await app().ask(mode, 'get', { name: 'ready:x' });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toMatch(/sidekick_entrypoint/);
		expect(error?.message).toMatch(/php_server|--sidekick-entrypoint/);
	});
});

describe.each(MODES)('an entrypoint that cannot be read, in %s mode', (mode) => {
	test.each(['missing', 'a directory'])('%s: the call fails at once, and works once it is back', async (what) => {
		await using application = await Application.start({ threads: 1 });
		const { files } = application;
		const entrypoint = files.read('bin/sidekick') as string;
		files.remove('bin/sidekick');
		if (what === 'a directory') files.write('bin/sidekick/some-file', '');
		const { error } = await application.ask(mode, 'get', { name: 'ready:x', timeout: 3600 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('bin/sidekick');
		// Not even tried.
		expect(application.log.events('ready:x')).toEqual([]);
		expect(application.server.sidekicks.list()).toEqual([]);
		files.remove('bin/sidekick');
		files.write('bin/sidekick', entrypoint);
		expect(await application.vars('ready:x', mode)).toEqual({ name: 'ready:x', run: '1' });
	});
});

describe('the limit of sidekicks', () => {
	const app = useApplication({ sidekickMax: 2, threads: 1 });

	test.each(MODES)('is named with its directive, in %s mode', async (mode) => {
		const [one, two, three] = [1, 2, 3].map((number) => `ready:${mode}-${number}`) as [string, string, string];
		await app().vars(one, mode);
		await app().vars(two, mode);
		const { error } = await app().ask(mode, 'get', { name: three });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(`"${three}"`);
		expect(error?.message).toMatch(/2 sidekicks/);
		expect(error?.message).toMatch(/max|--sidekick-max/);
		expect(await app().vars(one, mode)).toEqual({ name: one, run: '1' });
		await app().server.sidekicks.stop(two);
		expect(await app().vars(three, mode)).toEqual({ name: three, run: '1' });
	});

	test.each(MODES)('an array of names that is over it starts none, in %s mode', async (mode) => {
		const name = [1, 2, 3].map((number) => `ready:array-${mode}-${number}`);
		const { error } = await app().ask(mode, 'get', { name });
		expect(error?.class).toBe('RuntimeException');
		expect(app().server.sidekicks.list()).toEqual([]);
	});
});

test('the default limit is 16', async () => {
	await using application = await Application.start({ threads: 1, workers: [], sidekickMax: 16, stopTimeout: 1000 });
	const names = Array.from({ length: 17 }, (_, i) => `silent:${i}`);
	const { error } = await application.ask('classic', 'get', { name: names, timeout: 0 });
	expect(error?.message).toMatch(/16 sidekicks/);
});

test('a stopped sidekick wakes its waiters and is started anew by the next call', async () => {
	await using application = await Application.start({ threads: 1, workers: [] });
	const waiting = application.ask('classic', 'get', { name: 'gated:stopped' });
	await application.read('gated:stopped.waiting.1');
	expect(await application.server.sidekicks.stop('gated:stopped')).toBe(true);
	expect((await waiting).error?.class).toBe('RuntimeException');
	application.put('gated:stopped.go.2');
	await eventually('the second run', async () => (await application.vars('gated:stopped')).run === '2');
});
