import { expect, test } from 'vitest';
import { napBetweenLooks } from '../../src/php-thread/locks/clock-nap.ts';

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

test('a loop that waits for its time sleeps nearly all of it, and ends on time', () => {
	const { look, naps, now } = world(0.0002);
	const end = look() + 200;
	let looks = 0;
	while (look() < end) looks++;
	expect(looks).toBeLessThan(200);
	expect(naps.reduce((sum, nap) => sum + nap)).toBeGreaterThan(190);
	expect(now()).toBeLessThan(end + 6);
});

test('looks with work between them never sleep, however many there are: setitimer() of short requests', () => {
	for (const step of [0.01, 0.05, 1]) {
		const { look, naps } = world(step);
		for (let i = 0; i < 100_000; i++) look();
		expect(naps).toEqual([]);
	}
});

test('a few looks at once do not sleep', () => {
	const { look, naps, now } = world(0);
	for (let i = 0; i < 20; i++) look();
	expect([naps, now()]).toEqual([[], 1000]);
});
