import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';
import { values } from './support/response-exchange.ts';

const app = useResponseApplication();

describe.each(MODES)('the end of a script in %s mode', (mode) => {
	test.each([
		['exit', '200 OK', 'before '],
		['die', '200 OK', 'before said by die'],
		['status', '200 OK', 'before '],
		['nested', '200 OK', 'before '],
		['include', '200 OK', 'before included '],
		['callback', '200 OK', 'before in a callback'],
		['generator', '200 OK', 'before in a generator'],
		['buffered', '200 OK', 'before LOUD'],
		['after-status', '404 Not Found', 'not here'],
	])('by exit (%s) keeps what was printed, and the next request is answered', async (how, status, body) => {
		expect(await app().ask(mode, 'exits', { how })).toMatchObject({ status, body });
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test('by exit in the callback of a buffer keeps what was printed before', async () => {
		const { body } = await app().ask(mode, 'exit-in-buffer');
		expect(body).toMatch(/^before /);
		expect(body).not.toContain('after');
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test.each([
		['its last line', {}, 'script one two three'],
		['exit', { exit: '1' }, 'script exit one two three'],
	])('by %s runs its shutdown functions in order, each once', async (_, parameters, body) => {
		for (let i = 0; i < 2; i++) {
			const exchange = await app().ask(mode, 'shutdown', parameters);
			expect(exchange.body).toBe(body);
			expect(values(exchange, 'x-shutdown')).toEqual(['yes']);
			expect((await app().ask(mode, 'hello')).body).toBe('hello');
		}
	});

	test('by exit in a shutdown function leaves out those that follow', async () => {
		expect((await app().ask(mode, 'shutdown-exit')).body).toBe('script first');
		expect((await app().ask(mode, 'hello')).body).toBe('hello');
	});
});
