import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWallClock } from '../../src/php-thread/wall-clock.ts';

test('a reading lies in the present millisecond of the host, and readings do not go back', () => {
	// Steps in microseconds, and how much faster or slower the other clock runs.
	const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: -500, max: 500 })), {
		maxLength: 200,
	});
	fc.assert(
		fc.property(steps, (list) => {
			let [day, precise] = [1_000_000_000_500, 0];
			const now = createWallClock({ now: () => Math.floor(day / 1000) }, { now: () => precise / 1000 });
			let last = 0;
			for (const [step, drift] of list) {
				day += step;
				precise += Math.max(0, step + drift);
				const reading = now();
				expect(reading).toBeGreaterThanOrEqual(last);
				expect(reading).toBeGreaterThanOrEqual(Math.floor(day / 1000));
				last = reading;
			}
		}),
	);
});

test('it follows a clock that is set back', () => {
	let day = 5_000_000;
	const now = createWallClock({ now: () => day }, { now: () => 0 });
	expect(now()).toBe(5_000_000);
	day = 4_000_000;
	expect(Math.floor(now())).toBe(4_000_000);
});
