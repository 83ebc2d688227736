import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { platform } from '../../support/node/platform.ts';
import { useApplication } from '../../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

describe.each(platform.phpVersions)('variables of every type, PHP %s', (php) => {
	const app = useApplication({ threads: 1, workerThreads: 1, php });

	test.each(MODES)('come back as they were published, in %s mode', async (mode) => {
		for (let i = 0; i < 3; i++) expect(await app().value(mode, 'typed')).toEqual([null, null, null]);
	});

	test.each(MODES)("cases of enums are the reader's own, in %s mode", async (mode) => {
		for (let i = 0; i < 3; i++) {
			expect(await app().value(mode, 'suits', { loads: 1 })).toEqual([true, true, true, true]);
		}
	});

	test('the server can look at them', async () => {
		await app().value('classic', 'typed');
		const entries = app().server.sidekicks.snapshot('typed')?.entries ?? [];
		const shown = Object.fromEntries(
			entries.map(({ key, type, value }) => [key, `${type} ${new TextDecoder().decode(value)}`]),
		);
		expect(shown).toMatchObject({
			null: 'null null',
			true: 'bool true',
			ints: 'array [0,-1,42,9223372036854775807,-9223372036854775808]',
			nan: 'float NaN',
			holes: 'array {"0":1,"2":3}',
			mixed: 'array {"z":1,"9":2,"a":[3,{"deep":[null]}]}',
			'': 'string no name',
			17: 'string a number',
		});
		await app().value('classic', 'suits', { loads: 1 });
		expect(
			app()
				.server.sidekicks.snapshot('typed:suits')
				?.entries.map(({ type }) => type),
		).toEqual(['enum', 'array', 'enum']);
	});

	test('what cannot be published is a ValueError that says where, and the previous snapshot stays', async () => {
		expect(await app().vars('typed-invalid')).toEqual({ only: 1 });
		const errors = JSON.parse(await app().read('typed-invalid.errors')) as Record<string, Thrown>;
		const texts = Object.fromEntries(Object.entries(errors).map(([what, error]) => [what, error?.message]));
		expect(Object.values(errors).map((error) => error?.class)).toEqual(Array(6).fill('ValueError'));
		expect(texts.object).toContain('vars["db"][0] is of type stdClass');
		expect(texts.closure).toContain('vars[0] is of type Closure');
		expect(texts.resource).toContain('vars["a"]["b"]["c"] is of type resource');
		expect(texts.reference).toContain('must not contain references, vars["bad"] is one');
		expect(texts['reference inside']).toContain('vars["list"][1][0] is one');
		expect(texts.recursive).toContain('vars["self"] is one');
		expect(await app().vars('typed-invalid', 'worker')).toEqual({ only: 1 });
	});
});

describe('an enum that the reader does not have', () => {
	const app = useApplication({ threads: 1, workerThreads: 1 });

	test.each(MODES)('is a RuntimeException that names it, in %s mode', async (mode) => {
		const { error } = await app().ask(mode, 'suits');
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('Suit::Hearts, and there is no enum "Suit" here');
	});
});

test.each(MODES)('frankenphp_set_vars() outside a sidekick, in %s mode', async (mode) => {
	await using application = await Application.start({ threads: 1 });
	const { error } = await application.ask(mode, 'set-typed');
	expect(error).toEqual({
		class: 'RuntimeException',
		message: 'frankenphp_set_vars() can only be called inside a sidekick or a background worker',
	});
});
