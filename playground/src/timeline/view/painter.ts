import type { Item } from '../model/records.ts';
import { paintAxis, paintGrid } from './axis.ts';
import { BarPainter } from './bars.ts';
import { paintCounters } from './counters.ts';
import { type Frame, toPixel } from './frame.ts';
import { paintLabels, paintStripes } from './labels.ts';
import { paintLinks } from './link-painter.ts';
import { paintMarks } from './marks.ts';
import { paintTasks } from './task-painter.ts';
import { TextPainter } from './text-painter.ts';

/** Draws a picture: the order is from the ground to the top. */
export class Painter {
	readonly #bars = new BarPainter();
	readonly #text = new TextPainter();

	paint(frame: Frame): void {
		const { context, palette } = frame;
		context.fillStyle = palette.colours.background;
		context.fillRect(0, 0, frame.width, frame.height);
		paintStripes(frame);
		context.save();
		context.beginPath();
		context.rect(frame.left, 0, frame.right - frame.left, frame.height);
		context.clip();
		paintGrid(frame);
		paintCounters(frame);
		this.#bars.paint(frame, this.#text);
		if (frame.hovered !== undefined && frame.hovered !== frame.selected) outline(frame, frame.hovered, 1);
		if (frame.selected !== undefined) outline(frame, frame.selected, 2);
		paintLinks(frame);
		paintTasks(frame);
		paintMarks(frame);
		context.restore();
		paintLabels(frame, this.#text);
		paintAxis(frame, this.#text);
	}
}

/** A frame around what is selected or pointed at. */
function outline(frame: Frame, item: Item, width: number): void {
	const row = item.lane && frame.layout.byLane.get(item.lane);
	if (row === undefined) return;
	const { context, ratio, palette } = frame;
	const margin = item.start === item.end ? 9 * ratio : 2 * ratio;
	const x = Math.max(frame.left - 10, toPixel(frame, item.start) - margin);
	const end = Math.min(frame.right + 10, toPixel(frame, item.end === Infinity ? frame.now : item.end) + margin);
	context.strokeStyle = palette.colours.selection;
	context.lineWidth = width * ratio;
	const top = row.barTop * ratio - 2 * ratio;
	context.strokeRect(
		Math.round(x),
		Math.round(top),
		Math.max(4 * ratio, Math.round(end - x)),
		row.barHeight * ratio + 4 * ratio,
	);
}
