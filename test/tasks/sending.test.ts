import { describe, expect, test } from 'vitest';
import { Application } from '../support/application.ts';
import { useApplication } from '../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

const ABORTED = { class: 'RuntimeException', message: 'The script of the worker exited without completing the task.' };

describe('sending tasks', () => {
	const app = useApplication({ threads: 3, workerThreads: 1 });
	const ask = <T>(what: string, more: Parameters<Application['value']>[2] = {}) =>
		app().value<T>('classic', 'tasks', { what, ...more });
	const send = (steps: unknown[], more: Record<string, string> = {}) =>
		app().value('classic', 'task', { name: 'tasks', payload: JSON.stringify({ do: steps }), ...more });

	test('what cannot be sent is refused, with its place', async () => {
		expect(await ask('refused')).toEqual({
			object: {
				class: 'ValueError',
				message: expect.stringMatching(
					/^FrankenPHP\\SentTaskHandle::__construct\(\): Argument #2 \(\$payload\) must contain only .*, payload\["db"\]\[1\] is of type stdClass$/,
				),
			},
			reference: { class: 'ValueError', message: expect.stringContaining('payload["ref"][0] is one') },
			negative: {
				class: 'ValueError',
				message: 'FrankenPHP\\SentTaskHandle::__construct(): Argument #3 ($timeout) must be greater than or equal to 0',
			},
			nan: { class: 'ValueError', message: expect.stringContaining('($timeout)') },
			NUL: { class: 'ValueError', message: expect.stringContaining('must not contain any null bytes') },
			empty: { class: 'ValueError', message: expect.stringContaining('must not be empty') },
			'too large': {
				class: 'RuntimeException',
				message: expect.stringMatching(/^The payload has \d+ bytes, more than max_snapshot_size allows \(8388608\)$/),
			},
		});
	});

	test('an update that cannot be sent is refused, and the task goes on', async () => {
		expect(await send([['thrown', 'seen'], ['complete']])).toEqual({ read: [[1]], end: null });
		expect(JSON.parse(await app().read('seen'))).toEqual({
			object: { class: 'ValueError', message: expect.stringContaining('data["a"]["b"][0] is of type stdClass') },
			after: null,
		});
	});

	test('a task that nobody picks up in time is withdrawn: nobody will', async () => {
		app().remove('go');
		app().remove('order');
		const [second, atOnce, first] = await ask<[Thrown, Thrown, unknown]>('too late');
		expect(second).toEqual({
			class: 'RuntimeException',
			message: 'No thread of "tasks" picked up the task within 0.05 seconds; it has been withdrawn.',
		});
		expect(atOnce).toEqual({ class: 'RuntimeException', message: expect.stringContaining('within 0 seconds') });
		expect(first).toEqual([['first']]);
		expect(await send([['update', ['third']], ['complete']])).toEqual({ read: [['third']], end: null });
	});

	test('tasks wait first in, first out, and each is taken by a loop that takes one per wake-up', async () => {
		app().remove('go');
		app().remove('order');
		const name = 'tasks:if';
		const first = send([['leave', 'begun'], ['await', 'go'], ['line', 'first'], ['complete']], { name });
		await app().read('begun');
		const second = send([['line', 'second'], ['complete']], { name });
		const third = send([['line', 'third'], ['complete']], { name, timeout: 'null' });
		app().put('go');
		expect(await Promise.all([first, second, third])).toEqual(Array(3).fill({ read: [], end: null }));
		expect((await app().read('order')).split('\n').sort()).toEqual(['', 'first', 'second', 'third']);
		expect((await app().read('order')).split('\n')[0]).toBe('first');
	});

	test('a sidekick of one thread cannot send to itself', async () => {
		expect(await send([['send', 'tasks'], ['complete']])).toEqual({
			read: [
				[
					{
						class: 'RuntimeException',
						message: '"tasks" runs on one thread, and cannot send tasks to itself: nobody else could pick them up.',
					},
				],
			],
			end: null,
		});
	});

	test('a sidekick sends tasks to another one', async () => {
		expect(await send([['send', 'tasks:other'], ['complete']])).toEqual({ read: [[null]], end: null });
	});

	test('there is an end to the tasks that a worker may keep; the request that sent them gives them back', async () => {
		for (let i = 0; i < 2; i++) {
			expect(await ask('full')).toEqual([
				1024,
				{
					class: 'RuntimeException',
					message: expect.stringContaining('1024 tasks of this php_server are not over yet'),
				},
			]);
			expect(await send([['forget'], ['complete']], { name: 'tasks:other' })).toEqual({ read: [], end: null });
			await app().stopSidekicks();
		}
	});

	test('a task that is queued while its worker is restarted goes to the next run', async () => {
		app().remove('go');
		app().remove('begun');
		const first = send([['leave', 'begun'], ['await', 'go'], ['complete']]);
		await app().read('begun');
		const second = send([['update', ['second']], ['complete']]);
		app().server.sidekicks.restart('tasks');
		expect(await first).toEqual({ read: [], end: null });
		expect(await second).toEqual({ read: [['second']], end: null });
		expect(app().server.sidekicks.get('tasks')).toMatchObject({ attempts: 2 });
	});

	test('a worker whose thread is killed aborts its task', async () => {
		app().remove('begun');
		const task = send([['leave', 'begun'], ['burn']]);
		await app().read('begun');
		void app().server.sidekicks.stop('tasks');
		expect(await task).toEqual({ read: [], end: ABORTED });
		expect(await send([['update', ['again']], ['complete']])).toEqual({ read: [['again']], end: null });
	}, 20_000);
});

test('a server that is closed keeps no sender that waits, for a pick-up or for an update', async () => {
	await using app = await Application.start({ threads: 3, workers: [], stopTimeout: 1000 });
	const send = (steps: unknown[]) =>
		app.ask('classic', 'task', { name: 'tasks', payload: JSON.stringify({ do: steps }), timeout: 'null' });
	const first = send([['leave', 'begun'], ['await', 'never'], ['complete']]);
	await app.read('begun');
	const second = send([['complete']]);
	await app.server.close();
	// The worker ended by itself when it was told to.
	expect(await first).toMatchObject({ value: { read: [] } });
	expect(await second).toMatchObject({
		error: {
			class: 'RuntimeException',
			message: 'The task for "tasks" was not picked up: the calling thread is restarting or shutting down.',
		},
	});
});

test('without an entrypoint there is nobody to send to', async () => {
	await using app = await Application.start({ threads: 1, workers: [], sidekickEntrypoint: undefined });
	const { error } = await app.ask('classic', 'task', { name: 'nobody' });
	expect(error?.class).toBe('RuntimeException');
	expect(error?.message).toContain('nobody');
});
