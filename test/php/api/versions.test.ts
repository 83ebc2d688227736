import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { Application, MODES } from '../../support/application.ts';

describe.each(PHP_VERSIONS)('PHP %s', (php) => {
	test('serves classic and worker requests, runs sidekicks, restarts and stops them', async () => {
		const app = await Application.start({ php, threads: 1, workerThreads: 1 });
		for (const mode of MODES) {
			for (let i = 0; i < 3; i++) {
				const [version, sapi, name, inSidekick] = await app.value<string[]>(mode, 'version');
				expect(version).toMatch(new RegExp(`^${php.replace('.', '\\.')}\\.`));
				expect([sapi, name, inSidekick]).toEqual(['frankenphp', 'ready:version', version]);
			}
			const { error } = await app.ask(mode, 'get', { name: '' });
			expect(error?.class).toBe('ValueError');
			await app.value(mode, 'age');
			expect(await app.value(mode, 'opcache')).toMatchObject({ enabled: true, cached: true });
			expect(await app.value(mode, 'signatures')).not.toContain('missing');
		}
		for (const mode of MODES) {
			const name = `follow:${mode}`;
			app.put(`${name}.json`, JSON.stringify(Object.fromEntries([...'abcdefgh'].map((key) => [key, key.repeat(9)]))));
			expect(await app.value(mode, 'same-array', { name })).toMatchObject({ same: true });
			for (let i = 0; i < 3; i++) expect(await app.value(mode, 'change-copy', { name })).toBe(true);
		}
		const crashing = 'ends:exception';
		expect(await app.vars(crashing)).toEqual({ run: '1' });
		app.put(`${crashing}.end.1`);
		await app.read(`${crashing}.waiting.2`);
		for (const mode of MODES) expect(await app.vars(crashing, mode, 0)).toEqual({ run: '1' });
		app.put(`${crashing}.go.2`);
		await app.sidekick(crashing, ({ state }) => state === 'ready');
		for (const mode of MODES) expect(await app.vars(crashing, mode, 0)).toEqual({ run: '2' });
		await app[Symbol.asyncDispose]();
		expect(app.log.matching('did not stop within')).toEqual([]);
	});
});
