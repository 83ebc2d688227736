import { describe, expect, it } from 'vitest';
import { formatDuration, tickLabel, ticks } from '../../../playground/src/timeline/view/ticks.ts';
import { LONGEST, SHORTEST, TimeWindow } from '../../../playground/src/timeline/view/time-window.ts';
import { START } from './support/story.ts';

/** The labels of an axis, with room for `marks` of them. */
function labels(start: number, span: number, marks = 10): string[] {
	const axis = ticks(start, span, marks * 80, 80);
	const all: string[] = [];
	for (let i = 0; axis.first + i * axis.step <= start + span; i++) {
		all.push(tickLabel(axis.first + i * axis.step, axis));
	}
	return all;
}

describe('the time axis', () => {
	it('counts seconds, tenths, minutes', () => {
		expect(labels(0, 10_000)).toEqual('0 1 2 3 4 5 6 7 8 9 10'.split(' ').map((second) => `${second} s`));
		expect(labels(12_000, 500, 5)).toEqual(['12.0 s', '12.1 s', '12.2 s', '12.3 s', '12.4 s', '12.5 s']);
		expect(labels(50_000, 60_000, 5)).toEqual(['1:00', '1:15', '1:30', '1:45']);
	});

	it('counts from a moment nearby when it shows milliseconds or less', () => {
		expect(labels(3195.2, 4, 4)).toEqual(['+6 ms', '+7 ms', '+8 ms', '+9 ms']);
		expect(labels(3195.15, 0.5, 5)).toEqual(['+0.2 ms', '+0.3 ms', '+0.4 ms', '+0.5 ms', '+0.6 ms']);
	});

	it('never has less room for a label than it was told, nor much more', () => {
		for (let span = SHORTEST; span < LONGEST; span *= 1.37) {
			const { step } = ticks(1234, span, 900, 80);
			const room = (step / span) * 900;
			expect(room).toBeGreaterThanOrEqual(80 - 1e-9);
			expect(room).toBeLessThan(80 * 2.6);
		}
	});

	it('tells lengths of time in the unit that fits', () => {
		const lengths = [0.042, 0.9999, 4.2, 42, 999.9, 4200, 42_000, 125_000];
		expect(lengths.map(formatDuration)).toEqual([
			'42 µs',
			'1.00 ms',
			'4.20 ms',
			'42.0 ms',
			'1.00 s',
			'4.20 s',
			'42.0 s',
			'2 min 5 s',
		]);
	});
});

describe('the time that is shown', () => {
	it('follows the present by whole pixels', () => {
		const window = new TimeWindow(10_000);
		expect(window.follow(START, 1000)).toBe(true);
		expect(window.end).toBe(START);
		// Less than a pixel later there is nothing to draw.
		expect(window.follow(START - 3, 1000)).toBe(false);
		expect(window.follow(START + 25, 1000)).toBe(true);
		expect(window.end).toBe(START + 30);
	});

	it('stands still when it is moved, until it goes live again', () => {
		const window = new TimeWindow(10_000);
		window.follow(START, 1000);
		window.pan(-4000);
		expect(window.follow(START + 500, 1000)).toBe(false);
		expect([window.start, window.end]).toEqual([START - 14_000, START - 4000]);
		window.goLive();
		window.follow(START + 500, 1000);
		expect(window.end).toBe(START + 500);
	});

	it('keeps what is under the pointer where it is when it zooms', () => {
		const window = new TimeWindow(10_000);
		window.show(START, START + 10_000);
		window.zoom(0.5, 0.25);
		expect([window.start, window.end]).toEqual([START + 1250, START + 6250]);
		window.zoom(2, 0.25);
		expect([window.start, window.end]).toEqual([START, START + 10_000]);
	});

	it('keeps the present at its end when it zooms live', () => {
		const window = new TimeWindow(10_000);
		window.follow(START, 1000);
		window.zoom(0.5, 0.25);
		expect(window.following).toBe(true);
		expect([window.start, window.end]).toEqual([START - 5000, START]);
	});

	it('has limits', () => {
		const window = new TimeWindow(10_000);
		window.show(START, START + 1000);
		window.zoom(1e9, 0);
		expect(window.span).toBe(LONGEST);
		window.zoom(1e-12, 0);
		expect(window.span).toBe(SHORTEST);
		window.show(START - 1e6, START - 1e6 + 1000);
		window.limit(START, START + 5000);
		expect(window.end).toBe(START + 500);
		window.show(START + 1e6, START + 1e6 + 1000);
		window.limit(START, START + 5000);
		expect(window.end).toBe(START + 5500);
	});
});
