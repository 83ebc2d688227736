import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';
import { parseExchange } from './support/response-exchange.ts';

describe('max_execution_time', () => {
	const app = useResponseApplication({
		threads: 2,
		maxConsecutiveFailures: -1,
		phpIni: { max_execution_time: '1', display_errors: '0' },
	});

	describe.each(MODES)('in %s mode', (mode) => {
		test.each(['empty', 'work'])('ends a script that loops for ever (%s); the other thread goes on', async (how) => {
			const from = app().log.records.length;
			const looping = app().ask(mode, 'loops', { how });
			expect((await app().ask(mode, 'hello')).body).toBe('hello');
			expect(await looping).toMatchObject({ status: '500 Internal Server Error' });
			await app().logged(/^Maximum execution time of 1 second/, from);
		});

		test('leaves as many threads as before', async () => {
			await Promise.all([0, 1].map(() => app().ask(mode, 'loops', { how: 'empty' })));
			for (let i = 0; i < 6; i++) expect((await app().ask(mode, 'hello')).body).toBe('hello');
			const name = `both-${mode}`;
			// Two scripts that wait at the same time need two threads.
			using first = app().open(mode, 'flush', { gate: name });
			using second = app().open(mode, 'flush', { gate: name });
			await Promise.all([first.answer(/first /), second.answer(/first /)]);
			app().put(name);
			await Promise.all([first.answer(/second/), second.answer(/second/)]);
		});
	});
});

describe('set_time_limit()', () => {
	const app = useResponseApplication({ maxConsecutiveFailures: -1, phpIni: { display_errors: '0' } });

	describe.each(MODES)('in %s mode', (mode) => {
		// FrankenPHP ends the script by a PHP error, which leaves the output in place and runs shutdown functions.
		test.fails('keeps what was printed before, and runs shutdown functions', async () => {
			const { body } = await app().ask(mode, 'loops', { how: 'printed' });
			expect(body).toMatch(/^printed .*at the end$/s);
		});

		test('ends the script that it was called in', async () => {
			const from = app().log.records.length;
			expect(await app().ask(mode, 'loops', { how: 'limit' })).toMatchObject({ status: '500 Internal Server Error' });
			await app().logged(/^Maximum execution time of 1 second/, from);
			expect((await app().ask(mode, 'hello')).body).toBe('hello');
		});

		// CURLOPT_NOSIGNAL = 99, CURLOPT_CONNECTTIMEOUT = 78
		test.each([
			'[]',
			'{"99":1}',
			'{"99":0,"78":1}',
			'{"13":1}',
		])('holds after curl_exec(), which has a timer of its own (%s)', async (options) => {
			const from = app().log.records.length;
			const { status } = await app().ask(mode, 'loops', { how: 'curl', options });
			expect(status).toBe('500 Internal Server Error');
			await app().logged(/^Maximum execution time of 1 second/, from);
		});

		test('holds when it is set anew after curl_exec()', async () => {
			const from = app().log.records.length;
			expect(await app().ask(mode, 'loops', { how: 'renewed' })).toMatchObject({ status: '500 Internal Server Error' });
			await app().logged(/^Maximum execution time of 1 second/, from);
		});

		test('cuts a response off that has begun, and the client can tell', async () => {
			using client = app().open(mode, 'loops', { how: 'late' });
			await client.answer(/early /);
			await client.closed;
			expect(client.received).toMatch(/^HTTP\/1\.1 200 OK/);
			expect(() => parseExchange(client.received)).toThrow('without its last chunk');
			expect((await app().ask(mode, 'hello')).body).toBe('hello');
		});
	});

	test('is forgotten by the next classic request', async () => {
		expect((await app().ask('classic', 'time-limits', { set: '7' })).body).toBe('7');
		expect((await app().ask('classic', 'time-limits')).body).toBe('30');
	});
});
