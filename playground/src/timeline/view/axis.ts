import { type Frame, toPixel } from './frame.ts';
import type { TextPainter } from './text-painter.ts';
import { formatMoment, tickLabel, ticks } from './ticks.ts';

/** Draws the thin lines of the time axis, below everything. */
export function paintGrid(frame: Frame): void {
	const { context, palette } = frame;
	context.fillStyle = palette.colours.grid;
	const width = Math.max(1, Math.round(frame.ratio / 2));
	forEachTick(frame, (x) => context.fillRect(x, 0, width, frame.height));
}

/** Draws the axis itself, at the bottom of what can be seen. */
export function paintAxis(frame: Frame, text: TextPainter): void {
	const { context, palette, ratio, model } = frame;
	const height = frame.layout.axisHeight * ratio;
	const top = frame.viewBottom - height;
	context.fillStyle = palette.colours.background;
	context.fillRect(0, top, frame.width, height);
	context.fillStyle = palette.colours.grid;
	context.fillRect(0, Math.round(top), frame.width, Math.max(1, Math.round(ratio)));
	text.use(frame, 11);
	context.fillStyle = palette.colours.quiet;
	context.textAlign = 'center';
	const y = top + height / 2 + ratio;
	const base = forEachTick(frame, (x, label) => {
		const half = text.width(label) / 2;
		if (x - half > frame.left && x + half < frame.right) context.fillText(label, x, y);
	});
	if (base !== undefined && !frame.layout.narrow) {
		context.textAlign = 'right';
		context.fillText(formatMoment(base.at, base.step), frame.left - 8 * ratio, y);
	} else if (base !== undefined && model.lanes.length > 0) {
		context.textAlign = 'left';
		const label = formatMoment(base.at, base.step);
		context.fillStyle = palette.colours.background;
		context.fillRect(0, top + 2 * ratio, text.width(label) + 12 * ratio, height);
		context.fillStyle = palette.colours.text;
		context.fillText(label, 4 * ratio, y);
	}
}

/** Returns what the labels count from, when that is not the beginning. */
function forEachTick(frame: Frame, draw: (x: number, label: string) => void): { at: number; step: number } | undefined {
	const { model, window, ratio } = frame;
	if (Number.isNaN(model.origin)) return undefined;
	const start = window.start - model.origin;
	const marks = ticks(start, window.span, frame.right - frame.left, 84 * ratio);
	for (let i = 0; ; i++) {
		const moment = marks.first + i * marks.step;
		if (moment > start + window.span) break;
		if (moment < -1e-6) continue;
		draw(Math.round(toPixel(frame, model.origin + moment)), tickLabel(moment, marks));
	}
	return marks.step < 10 ? { at: marks.base, step: marks.step * 10 } : undefined;
}
