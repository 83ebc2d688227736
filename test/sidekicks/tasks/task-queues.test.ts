import fc from 'fast-check';
import { afterEach, test } from 'vitest';
import type { Action } from './actions.ts';
import { NAMES, TaskWorld } from './task-world.ts';

const thread = fc.nat(9);
const task = fc.nat(5);
const name = fc.constantFrom(...NAMES);
const timeout = fc.constantFrom(0, 0.005, 0.3, 30, null);
const action: fc.Arbitrary<Action> = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.record({
			do: fc.constant('send' as const),
			thread,
			to: fc.constantFrom('solo', 'solo', 'pool', 'pool', 'pool', 'pool', 'a', 'a', 'nobody'),
			size: fc.constantFrom(0, 8, 1024, 2500),
			timeout,
		}),
	},
	{ weight: 12, arbitrary: fc.record({ do: fc.constant('loop' as const), thread, task }) },
	{
		weight: 8,
		arbitrary: fc.record({
			do: fc.constantFrom(
				'read' as const,
				'abandon' as const,
				'complete' as const,
				'finish' as const,
				'drop' as const,
				'receive' as const,
			),
			thread,
			task,
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ do: fc.constant('update' as const), thread, task, times: fc.constantFrom(1, 2, 17) }),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('exit' as const), thread, status: fc.constantFrom(0, 255) }) },
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constantFrom(
				'kill' as const,
				'notice' as const,
				'notice' as const,
				'retire' as const,
				'endRequest' as const,
			),
			thread,
		}),
	},
	{ weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'stop' as const), name }) },
	{
		weight: 2,
		arbitrary: fc.record({ do: fc.constant('pass' as const), milliseconds: fc.constantFrom(1, 20, 300, 4000) }),
	},
);
const actions = fc.array(action, { maxLength: 80, size: 'max' });
/** Steps of the threads between one action and the next. */
const gap = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }));
const gaps = fc.array(gap, { minLength: 1, maxLength: 30 });

const { now } = performance;
afterEach(() => {
	performance.now = now;
});

async function play(todo: readonly Action[], between: readonly number[]): Promise<void> {
	const world = new TaskWorld(todo, between);
	// A spy would remember each of its calls.
	performance.now = world.time;
	world.run();
	await world.close();
}

test('a sender that dies between the offer of its task and the wake-up leaves nothing behind', async () => {
	const loop = (thread: number): Action => ({ do: 'loop', thread, task: 0 });
	const exit: Action = { do: 'exit', thread: 0, status: 0 };
	await play(
		[
			...[exit, exit, loop(3), loop(0), loop(1), loop(0)],
			{ do: 'send', thread: 0, to: 'pool', size: 0, timeout: 0 },
			{ do: 'kill', thread: 0 },
		],
		[17, 60],
	);
});

test('each task is received once, in order and whole, and ends once, whatever happens to its threads', async () => {
	await fc.assert(fc.asyncProperty(actions, gaps, play), { numRuns: 500 });
}, 120_000);
