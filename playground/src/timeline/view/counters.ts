import { type Frame, isInView } from './frame.ts';
import type { CounterRow } from './layout.ts';

let columns = new Float64Array(0);

/**
 * Draws numbers over time as steps. A column of pixels shows the average over its time: requests that wait for a
 * thread for a moment only leave no trace, and do not hide those that wait long.
 */
export function paintCounters(frame: Frame): void {
	for (const row of frame.layout.rows) {
		if (row.type === 'counter' && isInView(frame, row)) paintCounter(frame, row);
	}
}

function paintCounter(frame: Frame, row: CounterRow): void {
	const { context, palette, ratio, window, now } = frame;
	const count = Math.ceil(frame.right - frame.left);
	if (columns.length < count) columns = new Float64Array(count);
	columns.fill(0, 0, count);
	const { samples } = row.counter;
	const perMillisecond = (frame.right - frame.left) / window.span;
	for (let i = Math.max(0, samples.lowerBound(window.start) - 1); i < samples.length; i++) {
		const sample = samples.at(i);
		if (sample === undefined || sample.start > window.end) break;
		if (sample.value === 0) continue;
		const end = Math.min(samples.at(i + 1)?.start ?? now, window.end);
		addSteps(
			sample.value,
			(sample.start - window.start) * perMillisecond,
			(end - window.start) * perMillisecond,
			count,
		);
	}
	let peak = 4;
	for (let x = 0; x < count; x++) peak = Math.max(peak, columns[x] ?? 0);
	const bottom = Math.round((row.barTop + row.barHeight) * ratio);
	context.fillStyle = palette.colours.wait;
	for (let x = 0; x < count; x++) {
		const height = Math.floor(((columns[x] ?? 0) / peak) * row.barHeight * ratio);
		if (height === 0) continue;
		let until = x + 1;
		while (until < count && Math.floor(((columns[until] ?? 0) / peak) * row.barHeight * ratio) === height) until++;
		context.fillRect(frame.left + x, bottom - height, until - x, height);
		x = until - 1;
	}
}

function addSteps(value: number, from: number, to: number, count: number): void {
	const first = Math.max(0, Math.floor(from));
	const last = Math.min(count - 1, Math.floor(to));
	for (let x = first; x <= last; x++) {
		const part = Math.min(to, x + 1) - Math.max(from, x);
		if (part > 0) columns[x] = (columns[x] ?? 0) + value * part;
	}
}
