import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

const app = useApplication();

describe.each(MODES)('get_vars() in %s mode', (mode) => {
	test('the first call starts the sidekick and blocks until it has published', async () => {
		const name = `gated:first-${mode}`;
		expect(app().server.sidekicks.get(name)).toBeUndefined();
		let answered = false;
		const answer = app()
			.vars(name, mode)
			.finally(() => {
				answered = true;
			});
		await app().read(`${name}.waiting.1`);
		expect(app().server.sidekicks.get(name)?.state).toBe('starting');
		expect(answered).toBe(false);
		app().put(`${name}.go.1`);
		expect(await answer).toEqual({ name, run: '1' });
		await app().sidekick(name, ({ state }) => state === 'ready');
	});

	test('later calls return the latest snapshot', async () => {
		const name = `follow:latest-${mode}`;
		app().put(`${name}.json`, '{"count":"1"}');
		expect(await app().vars(name, mode)).toEqual({ count: '1' });
		for (const count of ['2', '3']) {
			app().put(`${name}.json`, JSON.stringify({ count }));
			await eventually(`snapshot ${count}`, async () => (await app().vars(name, mode)).count === count);
		}
	});

	test('later calls do not wait: timeout 0 is enough', async () => {
		const name = `ready:known-${mode}`;
		await app().vars(name, mode);
		expect(await app().vars(name, mode, 0)).toEqual({ name, run: '1' });
	});

	test('waits 30 seconds when no timeout is given: a sidekick that takes its time is no error', async () => {
		const name = `gated:default-${mode}`;
		const answer = app().value(mode, 'get-default-timeout', { name });
		await app().read(`${name}.waiting.1`);
		app().put(`${name}.go.1`);
		expect(await answer).toEqual({ name, run: '1' });
	});

	test('an unchanged snapshot is the very same array, not a copy', async () => {
		const name = `follow:same-${mode}`;
		app().put(`${name}.json`, JSON.stringify({ large: 'x'.repeat(100_000), small: 'y' }));
		const { same, grown } = await app().value<{ same: boolean; grown: number }>(mode, 'same-array', { name });
		expect(same).toBe(true);
		// 1000 copies of the array alone would take 300 kB, of the values 100 MB.
		expect(grown).toBeLessThan(10_000);
	});

	test('userland may change its copy; the snapshot stays as it was, for this request and for later ones', async () => {
		const name = `follow:copy-${mode}`;
		const vars = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`key ${i}`, `value ${i} `.repeat(20)]));
		app().put(`${name}.json`, JSON.stringify(vars));
		for (let i = 0; i < 6; i++) expect(await app().value(mode, 'change-copy', { name })).toBe(true);
		for (let i = 0; i < 6; i++) expect(await app().vars(name, mode)).toEqual(vars);
	});

	test('an array of names: the result is keyed by name in the order given', async () => {
		const names = ['c', 'a', 'b'].map((letter) => `ready:${letter}-${mode}`);
		const vars = await app().value<Record<string, unknown>>(mode, 'get', { name: names });
		expect(Object.keys(vars)).toEqual(names);
		for (const name of names) expect(vars[name]).toEqual({ name, run: '1' });
		const again = await app().value<Record<string, unknown>>(mode, 'get', { name: names.toReversed() });
		expect(Object.keys(again)).toEqual(names.toReversed());
	});

	test('an array of names: all are started before any is waited for', async () => {
		// Each of the two publishes only once the other one runs.
		const [one, two] = [`${mode}-1`, `${mode}-2`];
		const names = [`pair:${one}:${two}`, `pair:${two}:${one}`];
		expect(await app().value(mode, 'get', { name: names })).toEqual({
			[names[0] as string]: { me: one },
			[names[1] as string]: { me: two },
		});
	});

	test('an array of names: one deadline for all', async () => {
		const name = [1, 2, 3, 4].map((number) => `silent:deadline-${mode}-${number}`);
		const all = app().ask(mode, 'get', { name, timeout: 3 });
		const startedNames = () =>
			app()
				.server.sidekicks.list()
				.map((info) => info.name);
		await eventually('all four to be started', () => startedNames().length === name.length);
		expect(startedNames()).toEqual(name);
		// One for each would make it 12 seconds: this one has less, and its sidekick publishes only afterwards.
		const gated = `gated:deadline-${mode}`;
		const other = app().ask(mode, 'get', { name: gated, timeout: 11 });
		const { error, seconds } = await all;
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('did not publish within 3 seconds');
		expect(seconds).toBeGreaterThanOrEqual(3);
		app().put(`${gated}.go.1`);
		expect((await other).value).toEqual({ name: gated, run: '1' });
	});

	test('an array of names: one failure fails the call and names the culprit', async () => {
		const name = [`ready:good-${mode}`, `silent:culprit-${mode}`, `ready:fine-${mode}`];
		await app().value(mode, 'get', { name: [name[0], name[2]] as string[] });
		const { error } = await app().ask(mode, 'get', { name, timeout: 0.5 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(`"silent:culprit-${mode}"`);
		expect(error?.message).not.toMatch(/good|fine/);
	});

	test('timeout 0 starts the sidekick, and does not wait', async () => {
		const name = `gated:zero-${mode}`;
		// Whoever waited for the first snapshot would wait for ever: the gate is still shut.
		const { error } = await app().ask(mode, 'get', { name, timeout: 0 });
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(`"${name}"`);
		await app().read(`${name}.waiting.1`);
		app().put(`${name}.go.1`);
		await app().sidekick(name, ({ state }) => state === 'ready');
		expect(await app().vars(name, mode, 0)).toEqual({ name, run: '1' });
	});

	test('an infinite timeout is one, too', async () => {
		const name = `gated:infinite-${mode}`;
		const answer = app().value(mode, 'get-forever', { name });
		await app().read(`${name}.waiting.1`);
		app().put(`${name}.go.1`);
		expect(await answer).toEqual({ name, run: '1' });
	});

	test('a name of 255 bytes is accepted', async () => {
		const vars = await app().value<Record<string, string>>(mode, 'get-longest-name');
		expect(vars.name).toHaveLength(255);
	});
});

test('is started at most once, however many threads ask at the same moment', async () => {
	const name = 'gated:once';
	const answers = ['classic', 'worker', 'classic', 'worker'] as const;
	const vars = Promise.all(answers.map((mode) => app().vars(name, mode)));
	await app().read(`${name}.waiting.1`);
	expect(app().server.sidekicks.list()).toHaveLength(1);
	app().put(`${name}.go.1`);
	expect(await vars).toEqual(answers.map(() => ({ name, run: '1' })));
	expect(app().server.sidekicks.get(name)?.attempts).toBe(1);
	expect((await app().read(`${name}.runs`)).trim().split('\n')).toHaveLength(1);
});

test('a change reaches every thread', async () => {
	const name = 'follow:everywhere';
	app().put(`${name}.json`, '{"v":"old"}');
	const readAll = () => Promise.all([...MODES, ...MODES].map((mode) => app().vars(name, mode)));
	expect(await readAll()).toEqual(Array(4).fill({ v: 'old' }));
	const before = app().server.sidekicks.get(name)?.version;
	app().put(`${name}.json`, '{"v":"new"}');
	await app().sidekick(name, ({ version }) => version !== before);
	expect(await readAll()).toEqual(Array(4).fill({ v: 'new' }));
});

test('every server has sidekicks of its own', async () => {
	await using other = await Application.start({ threads: 1, workers: [] });
	const name = 'follow:scope';
	app().put(`${name}.json`, '{"of":"one"}');
	other.put(`${name}.json`, '{"of":"other"}');
	expect(await app().vars(name)).toEqual({ of: 'one' });
	expect(await other.vars(name)).toEqual({ of: 'other' });
	await other.server.sidekicks.stop(name);
	expect(app().server.sidekicks.get(name)?.state).toBe('ready');
	expect(await app().vars(name, 'worker')).toEqual({ of: 'one' });
});

test('works in a worker script before its loop', async () => {
	await using application = await Application.start({ workers: ['workers/reads-at-boot.php'], threads: 1 });
	const response = await application.server.fetch('/workers/reads-at-boot.php');
	expect(await response.json()).toEqual({ name: 'ready:boot', run: '1' });
});

describe('inside a sidekick', () => {
	test('a sidekick may read another one', async () => {
		expect(await app().vars('reads:ready:inner')).toEqual({ name: 'reads:ready:inner', inner: 'ready:inner' });
	});

	test('a chain of sidekicks that wait for each other works', async () => {
		expect(await app().vars('reads:reads:ready:deep')).toMatchObject({ inner: 'reads:ready:deep' });
	});

	test('two that wait for each other: the cycle is named, nothing dead-locks', async () => {
		expect(await app().vars('cycle-a', 'classic', 10)).toEqual({ class: '', message: '' });
		const { class: type, message } = await app().vars('cycle-b');
		expect(type).toBe('RuntimeException');
		expect(message).toMatch(/cycle-b.*cycle-a.*cycle-b|cycle-a.*cycle-b.*cycle-a/);
	});

	test('one that waits for itself: the cycle is named', async () => {
		const { class: type, message } = await app().vars('cycle-self', 'classic', 10);
		expect(type).toBe('RuntimeException');
		expect(message).toMatch(/cycle-self.*cycle-self/);
	});
});
