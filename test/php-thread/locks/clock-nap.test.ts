import { expect, test } from 'vitest';
import { napBetweenLooks } from '../../../src/php-thread/locks/clock-nap.ts';

/** A clock that steps with each look, and is moved by sleeping; times in milliseconds. */
function world(step: number) {
	let time = 1000;
	const naps: number[] = [];
	const look = napBetweenLooks(
		() => {
			time += step;
			return time;
		},
		(milliseconds) => {
			naps.push(milliseconds);
			time += milliseconds;
		},
	);
	return { look, naps, now: () => time };
}

test.each([
	1, 10, 100, 200, 1000,
])('a loop that looks at the clock for %d ms sleeps, and is not late', (milliseconds) => {
	const { look, now } = world(0.001);
	const end = look() + milliseconds;
	let looks = 0;
	while (look() < end) looks++;
	expect(looks).toBeLessThan(600);
	expect(now() - end).toBeLessThan(milliseconds * 0.13 + 0.1);
});

test('a loop that looks faster still sleeps nearly all of its time', () => {
	const { look, naps, now } = world(0.0002);
	const end = look() + 200;
	while (look() < end);
	expect(naps.reduce((sum, nap) => sum + nap)).toBeGreaterThan(190);
	expect(now()).toBeLessThan(end + 6);
});

// As setitimer() of short requests does.
test.each([0.01, 0.05, 0.5, 1])('looks %d ms after each other never sleep, however many there are', (step) => {
	const { look, naps } = world(step);
	for (let i = 0; i < 100_000; i++) look();
	expect(naps).toEqual([]);
});

test('a few looks at once do not sleep', () => {
	const { look, naps, now } = world(0);
	for (let i = 0; i < 20; i++) look();
	expect([naps, now()]).toEqual([[], 1000]);
});
