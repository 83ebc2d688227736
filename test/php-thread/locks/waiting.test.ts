import { expect, test } from 'vitest';
import { LockWait } from '../../../src/php-thread/locks/lock-wait.ts';
import type { LockOutcome } from '../../../src/php-thread/locks/os-locks.ts';

const FILE = 1;
const LONGEST_NAP = 20;

/** A wait in a time of its own, in which only sleeping takes any. */
class Wait {
	time = 0;
	attempts = 0;
	readonly naps: number[] = [];
	readonly cell = { mustStop: false, blocked: false, limit: { milliseconds: 0, armed: 0 } };
	/** Called at the beginning of each nap; true = somebody rings at once. */
	onNap: () => boolean = () => false;

	run(grantedAt = Number.POSITIVE_INFINITY) {
		const bell = {
			changes: () => 0,
			waitForChange: (_file: number, _changes: number, milliseconds: number) => {
				expect(this.cell.blocked).toBe(true);
				const nap = this.onNap() ? 0 : milliseconds;
				this.naps.push(nap);
				this.time += nap;
			},
		};
		const attempt = (): LockOutcome => {
			this.attempts++;
			return this.time >= grantedAt ? 'granted' : 'refused';
		};
		const outcome = new LockWait(bell, this.cell, () => this.time).until(attempt, FILE, LONGEST_NAP);
		expect(this.cell.blocked).toBe(false);
		return outcome;
	}
}

test('a lock that is free is granted without a nap', () => {
	const wait = new Wait();
	expect(wait.run(0)).toBe('granted');
	expect(wait.naps).toEqual([]);
});

test('a lock that another process has is looked at ever more rarely', () => {
	const wait = new Wait();
	expect(wait.run(100)).toBe('granted');
	expect(wait.naps).toEqual([1, 2, 4, 8, 16, 20, 20, 20, 20]);
});

test('a bell is heard at once, however often it rings for somebody else', () => {
	const wait = new Wait();
	let rings = 0;
	wait.onNap = () => ++rings <= 1000;
	expect(wait.run(1000)).toBe('granted');
	expect(wait.attempts).toBeLessThan(1100);
});

test('a minute is enough', () => {
	const wait = new Wait();
	expect(wait.run()).toBe('EDEADLK');
	expect(wait.time).toBeGreaterThanOrEqual(60_000);
	expect(wait.time).toBeLessThan(60_100);
	expect(wait.attempts).toBeLessThan(60_000 / LONGEST_NAP + 10);
});

test("the script's time limit ends the wait", () => {
	const wait = new Wait();
	wait.cell.limit.milliseconds = 2000;
	expect(wait.run()).toBe('EDEADLK');
	expect(wait.time).toBeLessThan(2000 + LONGEST_NAP);
});

test('the stop flag ends the wait', () => {
	const wait = new Wait();
	wait.onNap = () => {
		wait.cell.mustStop = wait.time > 500;
		return false;
	};
	expect(wait.run()).toBe('EINTR');
	expect(wait.time).toBeLessThan(500 + 2 * LONGEST_NAP);
});

test('an error is no reason to wait', () => {
	const { cell } = new Wait();
	const wait = new LockWait({ changes: () => 0, waitForChange: () => expect.fail('It sleeps.') }, cell);
	expect(wait.until(() => 'ENOLCK', FILE, LONGEST_NAP)).toBe('ENOLCK');
});
