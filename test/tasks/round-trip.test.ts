import { beforeEach, describe, expect, test } from 'vitest';
import { type Application, MODES } from '../support/application.ts';
import { platform } from '../support/node/platform.ts';
import { useApplication } from '../support/use-application.ts';

type Answer = { read: unknown[]; end: { class: string; message: string } | null };

/** Files by which scripts are told to go on. */
const SIGNALS = ['go', 'on', 'go-a', 'go-b', 'go-c', 'written', 'order'];

describe.each(platform.phpVersions)('tasks, PHP %s', (php) => {
	const app = useApplication({ threads: 2, workerThreads: 1, php });
	const ask = (what: string, more: Parameters<Application['value']>[2] = {}) =>
		app().value<Record<string, unknown>>('classic', 'tasks', { what, ...more });
	beforeEach(() => {
		for (const name of SIGNALS) app().remove(name);
	});

	test.each(MODES)('a task goes to a sidekick, and its updates come back: %s', async (mode) => {
		const payload = { 'a number': 1.5, list: [1, 2, [null, true]], text: 'é' };
		for (let i = 0; i < 3; i++) {
			const answer = await app().value<Answer>(mode, 'task', { name: 'tasks', payload: JSON.stringify(payload) });
			expect(answer).toEqual({ read: [payload], end: null });
		}
	});

	test.each([
		['taken all at once', 'tasks'],
		['taken one per wake-up', 'tasks:if'],
	])('many tasks, one after the other, %s', async (_how, name) => {
		expect(await ask('many', { name, count: 200 })).toEqual(Array(200).fill(true));
	});

	test('more updates than are buffered come in order, the last one with the end', async () => {
		const counted = Array.from({ length: 40 }, (_, i) => [i + 1]);
		expect(await ask('updates', { count: 40 })).toEqual([...counted, { last: true }]);
	});

	test('large values travel whole', async () => {
		const { read } = await app().value<Answer>('classic', 'echo-large', { size: 300_000 });
		expect(read).toEqual([true]);
	});

	test('the stream of a task: quiet, readable for each update, at its end when the task is complete', async () => {
		expect(await ask('stream')).toEqual({
			quiet: true,
			'the same': true,
			readable: true,
			one: ['one'],
			'still readable': true,
			'a line': '\n',
			two: ['two'],
			'quiet again': true,
			'readable at the end': true,
			'nothing more': true,
			complete: [null, null, true],
		});
	});

	test('several tasks in one stream_select()', async () => {
		expect(await ask('select')).toEqual([['b'], ['c'], ['a']]);
	});

	test('in fibers', async () => {
		expect(await ask('fiber')).toEqual([[[1]], [[2]], [[3]]]);
	});

	test('the classes', async () => {
		expect(await ask('classes')).toEqual([
			{
				final: true,
				implements: ['Io\\Poll\\Handle'],
				methods: [
					'__construct(string $worker, array $payload, ?float $timeout = 30.0): none ',
					'read(): ?array ',
					'getStream(): none ',
					'abandon(): void ',
				],
			},
			{
				final: true,
				implements: ['Io\\Poll\\Handle'],
				methods: [
					'__construct(): none private',
					'getPayload(): array ',
					'update(array $data): void ',
					'complete(?array $data = NULL): void ',
					'getStream(): none ',
				],
			},
		]);
	});

	test('what must not be done with them throws', async () => {
		const seen = (await ask('tricks')) as Record<string, { message: string }>;
		const messages = Object.fromEntries(Object.entries(seen).map(([what, error]) => [what, error?.message]));
		expect(messages).toEqual({
			new: expect.stringContaining('Call to private FrankenPHP\\ReceivedTaskHandle::__construct()'),
			around: expect.stringContaining('without invoking its constructor'),
			'around the other': expect.stringContaining('without invoking its constructor'),
			unserialize: "Unserialization of 'FrankenPHP\\SentTaskHandle' is not allowed",
			'unserialize the other': "Unserialization of 'FrankenPHP\\ReceivedTaskHandle' is not allowed",
			serialize: "Serialization of 'FrankenPHP\\SentTaskHandle' is not allowed",
			clone: 'Trying to clone an uncloneable object of class FrankenPHP\\SentTaskHandle',
			twice: 'This FrankenPHP\\SentTaskHandle has been constructed already',
			property: 'Cannot create dynamic property FrankenPHP\\SentTaskHandle::$property',
		});
	});
});
