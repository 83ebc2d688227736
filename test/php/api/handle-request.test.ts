import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';

type Counts = { requests: number; boots: number; returned: boolean[]; sapi: string };

/** An application with one thread for workers/counts.php. */
async function startCounting() {
	const app = await Application.start({ workers: ['workers/counts.php'], workerThreads: 1, threads: 1 });
	const fetch = (what = '') => app.server.fetch(`/workers/counts.php?do=${what}`);
	const counts = async () => (await (await fetch()).json()) as Counts;
	return { app, fetch, counts, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

test('answers requests by the callback, and returns true for each; the state of the script stays', async () => {
	await using counting = await startCounting();
	for (let requests = 1; requests <= 3; requests++) {
		const returned = Array(requests - 1).fill(true);
		expect(await counting.counts()).toEqual({ requests, boots: 1, returned, sapi: 'frankenphp' });
	}
});

test('returns false when the worker has to end: the script runs to its end', async () => {
	const { app, counts } = await startCounting();
	await counts();
	await app.server.close();
	expect(JSON.parse(app.content('counts.ended') ?? 'null')).toEqual([true, false]);
	await app[Symbol.asyncDispose]();
});

test('the status and headers of one request are not those of the next', async () => {
	await using counting = await startCounting();
	expect((await counting.fetch('status')).status).toBe(418);
	expect((await counting.fetch()).status).toBe(200);
});

test.each([
	['throw', /In the handler in .*counts\.php:\d+/],
	['fatal', /undefined_function\(\).* in .*counts\.php:\d+/],
])('an uncaught error (%s) is a 500 and a log line; the worker is started again', async (what, message) => {
	await using counting = await startCounting();
	await counting.counts();
	const response = await counting.fetch(what);
	await response.text();
	expect(response.status).toBe(500);
	expect(await counting.counts()).toMatchObject({ requests: 1, boots: 2 });
	const errors = await eventually('the log line', () =>
		counting.app.log.records.filter((record) => record.level === 'error' && message.test(record.message)),
	);
	expect(errors).toHaveLength(1);
});

test('exit() in the callback ends the response; the next request is answered', async () => {
	await using counting = await startCounting();
	await counting.counts();
	const response = await counting.fetch('exit');
	await response.text();
	expect(response.status).toBe(200);
	expect(await counting.counts()).toMatchObject({ sapi: 'frankenphp' });
});

test('takes every kind of callable', async () => {
	await using app = await Application.start({ workers: ['workers/callables.php'], workerThreads: 1, threads: 1 });
	const answers: string[] = [];
	for (let i = 0; i < 7; i++) answers.push(await (await app.server.fetch('/workers/callables.php')).text());
	expect(answers).toEqual([
		'named argument',
		'function',
		'static method',
		'method',
		'invokable',
		'function',
		'function',
	]);
});

test('a worker that cannot boot rejects serve(), and says why', async () => {
	const started = Application.start({ workers: ['workers/never-handles.php'], threads: 1, maxConsecutiveFailures: 2 });
	await expect(started).rejects.toThrow(/never-handles\.php.*The worker cannot boot/s);
});

describe('requests', () => {
	test('outside worker mode it throws a RuntimeException', async () => {
		await using app = await Application.start({ threads: 1, workers: [] });
		const { error } = await app.ask('classic', 'handle-request');
		expect(error?.class).toBe('RuntimeException');
		expect(error?.message).toContain('frankenphp_handle_request()');
		expect(error?.message).toContain('worker mode');
	});

	test('inside its own callback it throws a RuntimeException, and the request goes on', async () => {
		await using app = await Application.start({ threads: 1, workerThreads: 1 });
		const error = await app.value<{ class: string; message: string }>('worker', 'nested-handle-request');
		expect(error.class).toBe('RuntimeException');
		expect(error.message).toContain('callback');
		expect(await app.vars('ready:after', 'worker')).toEqual({ name: 'ready:after', run: '1' });
	});

	test.each(MODES)('superglobals are those of the request alone, in %s mode', async (mode) => {
		await using app = await Application.start({ threads: 1, workerThreads: 1 });
		for (let i = 0; i < 3; i++) {
			const path = Application.path(mode, 'superglobals', { number: i });
			const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie: `c=${i}`, 'x-test': `h${i}` };
			const posted = await app.server.fetch(path, { method: 'POST', headers, body: `field=${i}` });
			const get = { script: 'superglobals', number: String(i) };
			const worker = mode === 'worker' ? '1' : null;
			const common = { files: [], uri: path, worker, trace: null };
			expect(await posted.json()).toMatchObject({
				value: {
					...common,
					get,
					post: { field: String(i) },
					cookie: { c: String(i) },
					request: { ...get, field: String(i) },
					body: `field=${i}`,
					method: 'POST',
					header: `h${i}`,
				},
			});
			const plain = await app.value<Record<string, unknown>>(mode, 'superglobals', { number: i });
			expect(plain).toEqual({
				...common,
				get,
				post: [],
				cookie: [],
				request: get,
				body: '',
				method: 'GET',
				header: null,
			});
		}
	});
});
