import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ phpIni: { max_execution_time: '1' } });
}, 20_000);
afterAll(() => app.server.close());

describe.each([
	['classic', '/harm.php?do='],
	['worker', '/worker.php?do='],
])('max_execution_time ends a %s request', (_, path) => {
	test.each([
		['that loops for ever', 'loop'],
		['that sits in one endless call of C code', 'loop-in-c'],
		['that loops in a shutdown function', 'loop-in-shutdown'],
	])('%s; its thread is replaced', async (_, name) => {
		const from = app.log.end;
		const response = await app.server.fetch(path + name, { signal: AbortSignal.timeout(15_000) });
		expect(response.status).toBe(500);
		await app.log.waitFor(/^error Maximum execution time of 1 second/m, from);
		await expectAlive(app);
	});
});
