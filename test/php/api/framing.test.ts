import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { Scope } from '../../support/scope.ts';

const PAGE = 'the page, all of it';
/** Sends the headers that the query names, and prints the page, at once or in two parts. */
const ACT = `function act(): void {
	foreach ((array) ($_GET['headers'] ?? []) as $line) header($line, false);
	if (isset($_GET['status'])) http_response_code((int) $_GET['status']);
	echo substr('${PAGE}', 0, 8);
	if (isset($_GET['flush'])) flush();
	echo substr('${PAGE}', 8);
}`;

let scope: Scope;
beforeAll(async () => {
	scope = await Scope.start(
		{
			'index.php': `<?php ${ACT} act();`,
			'worker.php': `<?php ${ACT} while (frankenphp_handle_request(static fn () => act()));`,
		},
		{ workers: [{ file: 'worker.php', num: 1 }] },
	);
}, 60_000);
afterAll(() => scope[Symbol.asyncDispose]());

describe.each(MODES)('server.fetch() in %s mode', (mode) => {
	describe.each([[''], ['flush=1&']])('(%s)', (flush) => {
		const ask = (headers: readonly string[], more = '', method = 'GET') => {
			const query = headers.map((line) => `headers[]=${encodeURIComponent(line)}&`).join('');
			return scope.server.fetch(`/${mode === 'worker' ? 'worker' : 'index'}.php?${flush}${query}${more}`, { method });
		};
		const warned = (pattern: RegExp, from: number) =>
			expect(scope.log.records.slice(from).filter(({ level }) => level === 'warn')).toContainEqual(
				expect.objectContaining({ message: expect.stringMatching(pattern) }),
			);

		test('a body that is longer than its Content-Length is cut', async () => {
			const from = scope.log.records.length;
			const answer = await ask(['Content-Length: 11']);
			expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['11', PAGE.slice(0, 11)]);
			warned(/longer than its Content-Length of 11/, from);
		});

		test('one that is shorter is an error', async () => {
			const from = scope.log.records.length;
			await expect(ask(['Content-Length: 100']).then((answer) => answer.text())).rejects.toThrow();
			warned(/after 19 bytes of its Content-Length of 100/, from);
			expect(await (await ask([])).text()).toBe(PAGE);
		});

		test.each(['abc', '-1', '+5', '0x5', ''])('a Content-Length of %j is dropped', async (length) => {
			const from = scope.log.records.length;
			expect(await (await ask([`Content-Length: ${length}`])).text()).toBe(PAGE);
			warned(/were dropped: Content-Length/, from);
		});

		test.each([
			'Transfer-Encoding: gzip',
			'Trailer: X',
			'X A: 1',
			'X-B: a\x01',
			': x',
			'no colon',
		])('%j is dropped, and nothing else', async (line) => {
			const from = scope.log.records.length;
			const answer = await ask(['X-Before: 1', line, 'X-After: 2', '__proto__: 3', 'constructor: 4']);
			const { headers } = answer;
			expect([headers.get('x-before'), headers.get('x-after'), headers.get('constructor')]).toEqual(['1', '2', '4']);
			expect([answer.status, await answer.text()]).toEqual([200, PAGE]);
			warned(/were dropped: /, from);
		});

		test.each([
			[103, 200, PAGE],
			[204, 204, ''],
			[205, 205, ''],
			[304, 304, ''],
			[599, 599, PAGE],
			[600, 500, PAGE],
			[1000, 500, PAGE],
		])('status %i is %i, with the body %j', async (given, status, body) => {
			const answer = await ask(['Content-Length: 19'], `status=${given}`);
			expect([answer.status, await answer.text()]).toEqual([status, body]);
		});

		test('HEAD has the length, and no body', async () => {
			const answer = await ask(['Content-Length: 7'], '', 'HEAD');
			expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['7', '']);
		});
	});
});
