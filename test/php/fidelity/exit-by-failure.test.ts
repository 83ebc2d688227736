import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';

const app = useResponseApplication({ maxConsecutiveFailures: -1 });

const FAILURES = [
	['exception', /Uncaught DomainException: thrown for the test in .*failures\.php:7/],
	['error', /Uncaught Error: Call to undefined function not_a_function\(\)/],
	['fatal', /Cannot redeclare .*Doubled::a\(\)/],
	['user', /raised for the test/],
	['required', /Failed opening required .*not-there\.php/],
] as const;

describe.each(MODES)('a failure in %s mode', (mode) => {
	test.each(FAILURES)('(%s) is a 500 that says nothing with display_errors off', async (how, reason) => {
		const from = app().log.records.length;
		expect(await app().ask(mode, 'failures', { how, display: '0' })).toMatchObject({
			status: '500 Internal Server Error',
			body: '',
		});
		await app().logged(reason, from);
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test.each(FAILURES)('(%s) is a 500 that shows why with display_errors on', async (how, reason) => {
		const { status, body } = await app().ask(mode, 'failures', { how, display: '1' });
		expect([status, body]).toEqual(['500 Internal Server Error', expect.stringMatching(reason)]);
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test('in a shutdown function is told like any other', async () => {
		const from = app().log.records.length;
		expect(await app().ask(mode, 'failures', { how: 'shutdown', display: '0' })).toMatchObject({
			status: '500 Internal Server Error',
			body: '',
		});
		await app().logged(/Uncaught DomainException: thrown at the end/, from);
		// The status is left open here: PHP itself has 200 for an error that the client is shown.
		const { body } = await app().ask(mode, 'failures', { how: 'shutdown', display: '1' });
		expect(body).toContain('Uncaught DomainException: thrown at the end');
		expect(await app().ask(mode, 'hello')).toMatchObject({ status: '200 OK', body: 'hello' });
	});

	test('keeps what was printed before it', async () => {
		const { status, body } = await app().ask(mode, 'failures', { how: 'exception', display: '0', echo: '1' });
		expect([status, body]).toEqual(['500 Internal Server Error', 'before']);
	});

	test('cannot change a status that was sent before', async () => {
		const parameters = { how: 'exception', display: '0', echo: '1', flush: '1' };
		expect(await app().ask(mode, 'failures', parameters)).toMatchObject({ status: '200 OK', body: 'before' });
	});

	test('leaves the next request as it would be without it', async () => {
		await app().ask(mode, 'failures', { how: 'exception', display: '0' });
		expect((await app().ask(mode, 'globals')).body).toBe('[0,200,false,"1","128M","30"]');
	});
});
