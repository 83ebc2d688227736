import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

const app = useApplication({ threads: 1 });

describe.each(MODES)('outside a sidekick, in %s mode', (mode) => {
	test('throws a RuntimeException', async () => {
		const { error } = await app().ask(mode, 'set-vars');
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('frankenphp_sidekick_set_vars()');
		expect(error?.message).toContain('inside a sidekick');
	});

	test('wrong arguments are refused by the engine', async () => {
		const errors = await app().value<Thrown[]>(mode, 'set-vars-invalid');
		expect(errors.map((error) => error?.class)).toEqual(['TypeError', 'ArgumentCountError', 'ArgumentCountError']);
		expect(errors[0]?.message).toBe(
			'frankenphp_sidekick_set_vars(): Argument #1 ($vars) must be of type array, string given',
		);
	});
});

test('every key and value must be a string: a TypeError names the key, and the previous snapshot stays', async () => {
	const name = 'set-invalid';
	await app().vars(name);
	const errors = JSON.parse(await app().read(`${name}.errors`)) as Record<string, Thrown>;
	expect(Object.keys(errors)).toHaveLength(9);
	for (const [what, error] of Object.entries(errors)) {
		expect(error?.class, what).toBe('TypeError');
		const key = { 'int key': '42', 'numeric key': '42', list: '0' }[what] ?? '"culprit"';
		expect(error?.message, what).toContain(key);
	}
	for (const mode of MODES) expect(await app().vars(name, mode)).toEqual({ only: 'this one' });
});

test('a call that fails does not make the sidekick ready; an empty array does', async () => {
	const name = 'invalid-first';
	const vars = app().vars(name);
	expect((JSON.parse(await app().read(`${name}.error`)) as Thrown)?.class).toBe('TypeError');
	expect(app().server.sidekicks.get(name)?.state).toBe('starting');
	app().put(`${name}.go`);
	expect(Object.keys(await vars)).toEqual([]);
	await app().sidekick(name, ({ state }) => state === 'ready');
	expect(Object.keys(await app().vars(name, 'worker'))).toEqual([]);
});

test('replaces the whole snapshot', async () => {
	const name = 'replaces';
	for (const mode of MODES) expect(await app().vars(name, mode)).toEqual({ a: '1', b: '1' });
	const before = app().server.sidekicks.get(name)?.version;
	app().put(`${name}.go`);
	await app().sidekick(name, ({ version }) => version !== before);
	for (const mode of MODES) expect(await app().vars(name, mode)).toEqual({ b: '2', c: '2' });
});

test('publishes values, not references', async () => {
	expect(await app().vars('references')).toEqual({ key: 'before' });
	await app().read('references.changed');
	for (const mode of MODES) expect(await app().vars('references', mode)).toEqual({ key: 'before' });
});

describe.each(MODES)('what is read in %s mode', (mode) => {
	test('is binary safe, keys and values', async () => {
		const pairs = await app().value<[string, string][]>(mode, 'get-binary', { name: 'binary' });
		const decoded = pairs.map((pair) => pair.map(atob));
		const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
		const utf8 = String.fromCharCode(...new TextEncoder().encode('żółć 🐘'));
		expect(decoded).toEqual([
			['all bytes', all],
			[all, 'as a key'],
			['nul\0key', '\0'],
			['not UTF-8', '\xff\xfe\xc3\x28'],
			['UTF-8', utf8],
			['', ''],
		]);
	});

	test('has all of 50 keys, in order', async () => {
		const vars = await app().vars('fifty-keys', mode);
		expect(Object.entries(vars)).toEqual(
			Array.from({ length: 50 }, (_, i) => [`key ${i}`, String.fromCharCode(65 + (i % 26)).repeat(i)]),
		);
	});

	test('has values of 1 MB', async () => {
		const hashes = await app().value<Record<string, string>>(mode, 'get-hashes', { name: 'large' });
		expect(Object.values(hashes).map((hash) => hash.split(':')[0])).toEqual(['1048576', '1047552', '1046528']);
		const again = await app().value<Record<string, string>>(mode, 'get-hashes', { name: 'large' });
		expect(again).toEqual(hashes);
		expect(new Set(Object.values(hashes)).size).toBe(3);
	});

	test('is the same array as before when an equal snapshot was published', async () => {
		const name = `repeats:${mode}`;
		await app().vars(name, mode);
		const version = app().server.sidekicks.get(name)?.version;
		const { same, grown } = await app().value<{ same: boolean; grown: number }>(mode, 'same-as-before', { name });
		expect(same).toBe(true);
		expect(grown).toBeLessThan(1000);
		expect(app().server.sidekicks.get(name)?.version).toBe(version);
	});
});

describe('the largest snapshot', () => {
	/** Lets the sidekick publish a value of `size` bytes; the exception, if there was one. */
	async function publish(application: Application, name: string, number: number, size: number): Promise<Thrown> {
		application.put(`${name}.size.${number}`, String(size));
		return JSON.parse(await application.read(`${name}.result.${number}`)) as Thrown;
	}

	test('is 8 MiB; one over it throws a RuntimeException with both sizes, and the previous snapshot stays', async () => {
		const name = 'sized:default';
		await app().ask('classic', 'get', { name, timeout: 0 });
		expect(await publish(app(), name, 0, 8 * 1024 * 1024 - 1000)).toBeNull();
		const error = await publish(app(), name, 1, 8 * 1024 * 1024);
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain(String(8 * 1024 * 1024));
		const sizes = (error?.message.match(/\d{7,}/g) ?? []).map(Number);
		expect(Math.max(...sizes)).toBeGreaterThan(8 * 1024 * 1024);
		for (const mode of MODES) {
			const hashes = await app().value<Record<string, string>>(mode, 'get-hashes', { name });
			expect(hashes.fill?.split(':')[0]).toBe(String(8 * 1024 * 1024 - 1000));
		}
		expect(await publish(app(), name, 2, 10)).toBeNull();
		expect(await app().vars(name)).toEqual({ size: '10', fill: 'x'.repeat(10) });
	});

	test('is what the option says', async () => {
		await using application = await Application.start({ maxSnapshotSize: 1000, threads: 1, workers: [] });
		const name = 'sized:option';
		await application.ask('classic', 'get', { name, timeout: 0 });
		expect(await publish(application, name, 0, 900)).toBeNull();
		const error = await publish(application, name, 1, 1000);
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toMatch(/\b1000\b/);
		await eventually('the first snapshot', async () => (await application.vars(name)).size === '900');
	});
});
