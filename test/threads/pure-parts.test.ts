import { describe, expect, test } from 'vitest';
import { AllowedNames } from '../../src/sidekicks/allowed-names.ts';
import { CounterBook } from '../../src/sidekicks/counters.ts';
import { RollingRestart } from '../../src/threads/rolling-restart.ts';
import { ThreadBudget } from '../../src/threads/thread-budget.ts';

describe('ThreadBudget', () => {
	test('gives no more than there are, and takes back no more than it gave', () => {
		const budget = new ThreadBudget(2);
		expect([budget.take(), budget.take(), budget.take(), budget.left]).toEqual([true, true, false, 0]);
		budget.giveBack();
		expect([budget.left, budget.take()]).toEqual([1, true]);
		budget.giveBack();
		budget.giveBack();
		expect(() => budget.giveBack()).toThrow(/never taken/);
	});

	test('a part has what is left of the whole', () => {
		const whole = new ThreadBudget(2);
		const [one, two] = [new ThreadBudget(1, whole), new ThreadBudget(5, whole)];
		expect([one.take(), one.take(), two.take(), two.take()]).toEqual([true, false, true, false]);
		one.giveBack();
		expect([whole.left, two.left, two.take()]).toEqual([1, 1, true]);
	});
});

describe('AllowedNames', () => {
	test.each([
		[[], 'anything', true],
		[['config'], 'config', true],
		[['config'], 'config2', false],
		[['config'], 'Config', false],
		[['feature-*'], 'feature-', true],
		[['feature-*'], 'a-feature-x', false],
		[['*'], 'line\nbreak', true],
		[['a.b'], 'axb', false],
		[['a*b*c'], 'a[1]bc', true],
		[['[ab]'], 'a', false],
		[['a', 'b*'], 'bee', true],
		[['x\\y'], 'x\\y', true],
	])('%j: %s → %s', (patterns, name, allowed) => {
		expect(new AllowedNames(patterns).has(name)).toBe(allowed);
	});
});

describe('CounterBook', () => {
	test('forgets the oldest names that are gone, beyond a thousand', () => {
		const book = new CounterBook();
		for (let i = 0; i < 1100; i++) book.of(`n${i}`).starts = i;
		book.trim(new Map([['n3', undefined]]));
		const names = [...book.all].map(({ name }) => name);
		expect([names.length, names[0], names[1]]).toEqual([1000, 'n3', 'n101']);
		expect(book.of('n500').starts).toBe(500);
	});
});

describe('RollingRestart', () => {
	test('who asks while one runs shares the next, whatever becomes of the running one', async () => {
		const runs: PromiseWithResolvers<void>[] = [];
		const restart = new RollingRestart(() => {
			const run = Promise.withResolvers<void>();
			runs.push(run);
			return run.promise;
		});
		const first = restart.run();
		const [second, third] = [restart.run(), restart.run()];
		expect(runs).toHaveLength(1);
		runs[0]?.reject(new Error('broken'));
		await expect(first).rejects.toThrow('broken');
		await expect.poll(() => runs.length).toBe(2);
		runs[1]?.resolve();
		await Promise.all([second, third]);
		expect(runs).toHaveLength(2);
	});
});
