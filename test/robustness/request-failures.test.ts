import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ maxConsecutiveFailures: 2, phpIni: { display_errors: '0' } });
}, 20_000);
afterAll(() => app.server.close());

const MODES = [
	['classic', '/harm.php?do='],
	['worker', '/worker.php?do='],
] as const;

/** What can happen to C code that recurses: PHP stops it itself, or the thread's stack ends. */
const OVERFLOW = /call stack|memory size|PHP crashed/i;

describe.each(MODES)('a %s request', (_, path) => {
	const ask = (name: string): Promise<Response> =>
		app.server.fetch(path + name, { signal: AbortSignal.timeout(15_000) });

	test.each([
		['memory', /Allowed memory size of \d+ bytes exhausted.*memory\.php on line 4/],
		['php-recursion', /Allowed memory size|call stack/],
		['callback-recursion', OVERFLOW],
		['usort-recursion', OVERFLOW],
		['string-recursion', OVERFLOW],
		['json-recursion', OVERFLOW],
		['deep-serialize', OVERFLOW],
		['exception', /Uncaught LogicException: thrown on purpose in .*exception\.php:2/],
		['destructor', /thrown in a destructor/],
		['syntax-error', /syntax error.*syntax-error\.php on line 2/],
		['publish', /frankenphp_sidekick_set_vars\(\).*sidekick/],
		['wait-for-failing-sidekick', /"throws" could not be started.*no such sidekick/],
		['missing', /missing\.php/],
	])('that meets %s gets 500, the log says why, the next requests are answered', async (name, reason) => {
		const from = app.log.end;
		const response = await ask(name);
		await response.text();
		expect(response.status).toBe(500);
		await app.log.waitFor(reason, from);
		expect(app.log.text(from)).toMatch(new RegExp(`^error .*${reason.source}`, 'im'));
		await expectAlive(app);
	});

	test('that frees a deeply nested array is answered or fails with a reason', async () => {
		const from = app.log.end;
		const response = await ask('deep-array');
		if (response.status === 200) expect(await response.text()).toBe('nested');
		else await app.log.waitFor(/call stack|PHP crashed/, from);
		await expectAlive(app);
	});

	test('that exits in a shutdown function keeps its output', async () => {
		const response = await ask('exit-in-shutdown');
		expect([response.status, await response.text()]).toEqual([200, 'hello and bye']);
		await expectAlive(app);
	});

	test.each([
		[
			'megabytes',
			400 * 65_536,
			Array.from({ length: 400 }, (_, i) => String.fromCharCode(65 + (i % 26)).repeat(65_536)),
		],
		['one-huge-string', 20_971_520, ['0123456789abcdef'.repeat(1_310_720)]],
	])('that echoes %s is sent whole', async (name, length, parts) => {
		const body = Buffer.from(await (await ask(name)).arrayBuffer());
		const expected = createHash('sha1');
		for (const part of parts) expected.update(part);
		expect(body.length).toBe(length);
		expect(createHash('sha1').update(body).digest('hex')).toBe(expected.digest('hex'));
		await expectAlive(app);
	});

	test('whose header is too large is answered without it, and the log says so', async () => {
		const from = app.log.end;
		const response = await ask('huge-header');
		expect(response.status).toBe(200);
		await app.log.waitFor(/warn Headers of PHP's response were dropped: /i, from, 2000);
		await expectAlive(app);
	});

	test('whose output callback throws does not harm the next one', async () => {
		const from = app.log.end;
		const response = await ask('buffer-bomb');
		await response.text();
		await app.log.waitFor(/error .*thrown in an output callback/, from);
		await expectAlive(app);
	});
});
