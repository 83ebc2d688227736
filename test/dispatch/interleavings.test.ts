import fc from 'fast-check';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import type { Plan, ScriptStep } from './client.ts';
import { type Action, World } from './world.ts';

// Chunks are 64 KiB, the window is 256 KiB, a pipe as large here.
const size = fc.oneof(
	{ weight: 4, arbitrary: fc.nat(2000) },
	{ weight: 2, arbitrary: fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_072) },
	{ weight: 1, arbitrary: fc.integer({ min: 200_000, max: 600_000 }) },
);
const scriptStep = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ send: size }) },
	{ weight: 2, arbitrary: fc.constant<ScriptStep>({ readAll: true }) },
	{ weight: 1, arbitrary: fc.record({ read: fc.integer({ min: 1, max: 5000 }) }) },
	{ weight: 1, arbitrary: fc.constant<ScriptStep>({ hint: true }) },
);
const often = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const plan: fc.Arbitrary<Plan> = fc.record({
	worker: fc.constantFrom(undefined, undefined, 0),
	tooLarge: often,
	pieces: fc.array(size, { maxLength: 5 }),
	bodyEnds: fc.constantFrom(
		'whole' as const,
		'whole' as const,
		'whole' as const,
		'broken off' as const,
		'never' as const,
	),
	reads: fc.constantFrom('at once' as const, 'slowly' as const, 'slowly' as const, 'never' as const),
	script: fc.array(scriptStep, { maxLength: 5 }),
	endsWithBytes: fc.boolean(),
	again: often,
});
const thread = fc.nat(2);
const client = fc.nat(20);
const action: fc.Arbitrary<Action> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ do: fc.constant('submit' as const), plan }) },
	{ weight: 8, arbitrary: fc.record({ do: fc.constant('turn' as const), thread }) },
	{ weight: 6, arbitrary: fc.record({ do: fc.constant('hear' as const), thread }) },
	{ weight: 4, arbitrary: fc.record({ do: fc.constantFrom('feed' as const, 'read' as const), client }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), client }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'end' as const), thread }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('notice' as const), thread }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), milliseconds: fc.constantFrom(1, 20, 60) }) },
	{ weight: 1, arbitrary: fc.constant<Action>({ do: 'nap' }) },
);
const actions = fc.array(action, { maxLength: 70, size: 'max' });
/** Steps of the threads between one action and the next. */
const gaps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
const maxWaitTime = fc.constantFrom(0, 50);

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
	vi.useRealTimers();
});

/** Whatever happens, and in whatever order. */
async function keepsOrder(todo: readonly Action[], between: readonly number[], free: number, limit: number) {
	const world = new World(todo, between, free, limit);
	// Refusals come a moment later, and so does what follows them.
	for (let round = 0; round < 4; round++) {
		world.run();
		await null;
	}
	world.expectOrder();
	if (free < SLOT_COUNT) world.expectNoSlotLost(free);
	world.recycle();
}

test('each request gets its one answer, whole and in order, and no slot is lost', async () => {
	await fc.assert(
		fc.asyncProperty(actions, gaps, maxWaitTime, (todo, between, limit) =>
			keepsOrder(todo, between, SLOT_COUNT, limit),
		),
		{ numRuns: 300 },
	);
}, 120_000);

test('also while there are more requests than slots', async () => {
	await fc.assert(fc.asyncProperty(actions, gaps, fc.integer({ min: 1, max: 3 }), maxWaitTime, keepsOrder), {
		numRuns: 80,
	});
}, 120_000);
