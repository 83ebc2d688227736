import { beforeEach, describe, expect, test } from 'vitest';
import { MODES } from '../support/application.ts';
import { platform } from '../support/node/platform.ts';
import { useApplication } from '../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

const ABORTED = { class: 'RuntimeException', message: 'The script of the worker exited without completing the task.' };
const OVER = { class: 'RuntimeException', message: 'The task is over.' };
const GIVEN_UP = { class: 'RuntimeException', message: 'The sender has given up the task.' };

describe.each(platform.phpVersions)('the ends of tasks, PHP %s', (php) => {
	const app = useApplication({ threads: 2, workerThreads: 1, php });
	beforeEach(() => {
		for (const name of ['go', 'abandoned', 'seen', 'written']) app().remove(name);
	});
	const left = (steps: unknown[]) =>
		app().value<{ read?: unknown[]; end?: Thrown; again?: Thrown }>('classic', 'tasks', {
			what: 'left',
			do: JSON.stringify(steps),
		});
	const works = () => app().value('classic', 'task', { name: 'tasks' });

	test.each([
		['throws', [['throw']]],
		['exits', [['exit']]],
		['has no memory', [['memory']]],
	])('a script that %s with the task open aborts it, and the next run takes tasks again', async (_how, steps) => {
		expect(await left(steps)).toEqual({ end: ABORTED, again: ABORTED });
		expect(await works()).toEqual({ read: [[]], end: null });
	});

	test('a receiver that dies leaves no unread update behind: 16 come, then the exception', async () => {
		expect(await app().value('classic', 'tasks', { what: 'unread' })).toEqual([
			Array.from({ length: 16 }, (_, i) => i + 1),
			ABORTED,
		]);
		expect(await works()).toEqual({ read: [[]], end: null });
	});

	test('complete() again is free; with data, and update(), it throws; the payload stays', async () => {
		const steps = [
			['complete', [['end']]],
			['over', 'seen'],
		];
		expect(await left(steps)).toEqual({ read: [['end']] });
		expect(JSON.parse(await app().read('seen'))).toEqual({
			payload: { do: steps },
			update: OVER,
			complete: null,
			'complete with data': OVER,
			stream: 'resource (closed)',
		});
	});

	test('closing the stream completes the task', async () => {
		expect(await left([['update', ['one']], ['close']])).toEqual({ read: [['one']] });
	});

	test.each([
		['abandon', [OVER, 'resource (closed)']],
		['close', [OVER, 'resource (closed)']],
		['drop', null],
	])('%s: the next update of the worker throws', async (what, answer) => {
		expect(await app().value('classic', 'tasks', { what })).toEqual(answer);
		expect(JSON.parse(await app().read('seen'))).toMatchObject({
			update: GIVEN_UP,
			complete: null,
			'complete with data': OVER,
		});
		expect(await works()).toEqual({ read: [[]], end: null });
	});

	test.each(MODES)('the end of the request abandons its tasks; the worker sees it by its stream: %s', async (mode) => {
		expect(await app().value(mode, 'tasks', { what: 'leave open' })).toBe(1);
		expect(JSON.parse(await app().read('seen'))).toEqual([1, false, true]);
	});
});
