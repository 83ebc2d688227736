/** Marks of a time axis. */
export type Ticks = {
	/** Milliseconds from one to the next. */
	readonly step: number;
	/** Where the labels count from; 0 = from the beginning of the recording. */
	readonly base: number;
	/** Milliseconds since the beginning of the recording. */
	readonly first: number;
};

/**
 * Where an axis has its marks: at 1, 2 or 5 times a power of ten, `room` pixels apart or more. `start` and `span` are
 * milliseconds since the beginning of the recording. When the marks are closer than 10 ms, labels such as
 * "12.3045 s" would be hard to tell apart: then they count from `base`.
 */
export function ticks(start: number, span: number, pixels: number, room: number): Ticks {
	const least = (span / Math.max(1, pixels)) * room;
	const power = 10 ** Math.floor(Math.log10(least));
	let step = power * 10;
	for (const times of [1, 2, 5]) {
		if (times * power < least) continue;
		step = times * power;
		break;
	}
	if (least > 1000) step = wholeSeconds(least);
	const first = Math.ceil(start / step) * step;
	const base = step >= 10 ? 0 : Math.floor(Math.max(0, start) / (step * 10)) * step * 10;
	return { step, base, first };
}

/** The text of a mark. */
export function tickLabel(moment: number, { step, base }: Ticks): string {
	if (base !== 0 || step < 10) {
		const offset = moment - base;
		const decimals = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
		return `+${Math.abs(offset).toFixed(decimals)} ms`;
	}
	return formatMoment(moment, step);
}

/** A moment since the beginning, as exact as `step` needs it. */
export function formatMoment(moment: number, step: number): string {
	const sign = moment < -1e-9 ? '−' : '';
	const absolute = Math.abs(moment);
	if (step >= 1000 && absolute >= 60_000) {
		const seconds = Math.round(absolute / 1000);
		return `${sign}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
	}
	const decimals = step >= 1000 ? 0 : Math.min(6, Math.ceil(-Math.log10(step / 1000)));
	return `${sign}${(absolute / 1000).toFixed(decimals)} s`;
}

/** A length of time for people: 42 µs, 4.2 ms, 420 ms, 4.20 s, 2 min 5 s. */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 0.9995) return `${Math.round(milliseconds * 1000)} µs`;
	if (milliseconds < 9.995) return `${milliseconds.toFixed(2)} ms`;
	if (milliseconds < 99.95) return `${milliseconds.toFixed(1)} ms`;
	if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
	if (milliseconds < 59_995) return `${(milliseconds / 1000).toFixed(milliseconds < 9_995 ? 2 : 1)} s`;
	const seconds = Math.round(milliseconds / 1000);
	return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function wholeSeconds(least: number): number {
	const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
	return (steps.find((seconds) => seconds * 1000 >= least) ?? 600) * 1000;
}
