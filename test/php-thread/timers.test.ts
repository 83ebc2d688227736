import { describe, expect, test } from 'vitest';
import { createTimers } from '../../src/php-thread/timers.ts';

const [REAL, VIRTUAL, PROF] = [0, 1, 2];

describe('setitimer()', () => {
	test('PHP has its limit, whatever other timers do', () => {
		const armed: number[] = [];
		const set = createTimers((milliseconds) => armed.push(milliseconds));
		for (const [which, milliseconds] of [
			[PROF, 30_000],
			[REAL, 5000],
			[REAL, 0],
			[VIRTUAL, 0],
			[PROF, 0],
		] as const) {
			expect(set(which as number, milliseconds)).toBe(0);
		}
		expect(armed).toEqual([30_000, 0]);
	});

	test.each([
		[-1000, 0],
		[0.4, 1],
		[3e9, 2 ** 31 - 1],
		[9.2e21, 2 ** 31 - 1],
	])('a limit of %d ms is one of %d', (given, armed) => {
		createTimers((milliseconds) => expect(milliseconds).toBe(armed))(PROF as number, given);
	});
});
