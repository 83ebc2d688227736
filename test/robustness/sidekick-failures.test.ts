import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, getVars, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ maxConsecutiveFailures: 2 });
}, 20_000);
afterAll(() => app.server.close());

describe('a sidekick that', () => {
	test.each([
		['ends at once', 'ends-at-once', /ended without publishing/],
		['throws', 'throws', /no such sidekick in .*throws\.php:2/],
		['exhausts memory', 'harm-memory', /Allowed memory size of \d+ bytes exhausted.* in .*memory\.php/],
		['recurses without end', 'harm-php-recursion', /Allowed memory size of \d+ bytes exhausted|call stack/],
		['recurses in C, by array_map()', 'harm-callback-recursion', /trap|memory size|call stack/],
		['recurses in C, by usort()', 'harm-usort-recursion', /trap|memory size|call stack/],
		['recurses in C, by __toString()', 'harm-string-recursion', /trap|memory size|call stack/],
		['recurses in C, by json_encode()', 'harm-json-recursion', /trap|memory size|call stack|Couldn't execute/],
		['calls exit in a shutdown function', 'exits-in-shutdown', /exit status 7/],
		['echoes much before it throws', 'echoes-then-throws', /the reason in .*echoes-then-throws\.php:5/],
		['publishes 100 MB and nothing else', 'only-100-mb', /\d{9} bytes.*max_snapshot_size.*8388608/],
	])('%s is given up, its reader learns why, everyone else is served', async (_, name, reason) => {
		const waiting = getVars(app, name);
		await expectAlive(app);
		const { error, class: type } = await waiting;
		expect(type).toBe('RuntimeException');
		expect(error).toContain(`The sidekick "${name}" could not be started: given up after 2 failed attempts in a row.`);
		expect(error).toMatch(reason);
		expect(app.server.sidekicks.get(name)).toBeUndefined();
		await expectAlive(app);
	});
});

describe('after such failures', () => {
	test('the next call tries again', async () => {
		for (let call = 0; call < 2; call++) expect((await getVars(app, 'throws')).error).toMatch(/2 failed attempts/);
	});

	test('one that traps once it was ready keeps its last snapshot readable while it is started again', async () => {
		const name = 'crashes-once-ready';
		expect((await getVars(app, name)).vars).toEqual({ state: 'ready' });
		for (const attempts of [2, 3]) {
			await app.log.until(
				() => (app.server.sidekicks.get(name)?.attempts ?? 0) >= attempts,
				10_000,
				() => JSON.stringify(app.server.sidekicks.get(name)),
			);
			expect((await getVars(app, name, 0)).vars).toEqual({ state: 'ready' });
		}
		await expectAlive(app);
		await app.server.sidekicks.stop(name);
	});
});
