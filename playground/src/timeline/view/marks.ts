import type { Incident, Publication } from '../model/records.ts';
import { type Frame, isInView, toPixel } from './frame.ts';
import type { LaneRow } from './layout.ts';

/** Publications that are closer together than this are thin lines, CSS pixels. */
const CROWDED = 9;

/** Draws publications (diamonds, or thin lines where there are many) and what else happens at one moment. */
export function paintMarks(frame: Frame): void {
	const { context, palette } = frame;
	const incidents: { incident: Incident; x: number; y: number }[] = [];
	const lines = new Path2D();
	const crosses = new Path2D();
	context.fillStyle = palette.colours.publication;
	context.strokeStyle = palette.colours.background;
	context.lineWidth = Math.max(1, frame.ratio);
	context.beginPath();
	for (const row of frame.layout.byLane.values()) {
		if (!isInView(frame, row)) continue;
		addRow(frame, row, lines, incidents);
		addFailedWaits(frame, row, crosses);
	}
	context.stroke();
	context.fill();
	context.fill(lines);
	strokeWithHalo(frame, crosses);
	for (const { incident, x, y } of incidents) paintIncident(frame, incident, x, y);
}

function addRow(
	frame: Frame,
	row: LaneRow,
	lines: Path2D,
	incidents: { incident: Incident; x: number; y: number }[],
): void {
	const { context, ratio, window } = frame;
	const { marks } = row.lane;
	const middle = (row.barTop + row.barHeight / 2) * ratio;
	const first = marks.lowerBound(window.start - window.span * 0.01);
	const count = marks.lowerBound(window.end) - first;
	let lastLine = Number.NEGATIVE_INFINITY;
	let before = Number.NEGATIVE_INFINITY;
	for (let i = first; i < first + count; i++) {
		const mark = marks.at(i);
		if (mark === undefined) break;
		const x = Math.round(toPixel(frame, mark.start)) + 0.5;
		if (mark.kind === 'incident') {
			incidents.push({ incident: mark, x, y: middle });
			continue;
		}
		const next = marks.at(i + 1);
		const room = Math.min(x - before, next === undefined ? Infinity : toPixel(frame, next.start) - x);
		before = x;
		if (room < CROWDED * ratio && !mark.first) {
			if (x < lastLine + 1) continue;
			lastLine = x;
			lines.rect(x - 0.5, middle - 6 * ratio, Math.max(1, Math.round(ratio)), 12 * ratio);
		} else {
			addDiamond(context, x, middle, radius(mark) * ratio);
		}
	}
}

/** A wait that ends with an exception ends with a cross. */
function addFailedWaits(frame: Frame, row: LaneRow, crosses: Path2D): void {
	const { ratio, window } = frame;
	const { waits } = row.lane;
	const middle = (row.barTop + row.barHeight / 2) * ratio;
	let last = Number.NEGATIVE_INFINITY;
	for (let i = Math.max(0, waits.lowerBound(window.start) - 1); i < waits.length; i++) {
		const wait = waits.at(i);
		if (wait === undefined || wait.start > window.end) break;
		if (wait.ok !== false) continue;
		const x = toPixel(frame, wait.end);
		if (x < last + 2) continue;
		last = x;
		addCross(crosses, x, middle, 3.5 * ratio);
	}
}

function addCross(path: CanvasPath, x: number, y: number, size: number): void {
	path.moveTo(x - size, y - size);
	path.lineTo(x + size, y + size);
	path.moveTo(x + size, y - size);
	path.lineTo(x - size, y + size);
}

function strokeWithHalo({ context, palette, ratio }: Frame, path: Path2D): void {
	context.lineWidth = 5 * ratio;
	context.strokeStyle = palette.colours.background;
	context.stroke(path);
	context.lineWidth = 2.2 * ratio;
	context.strokeStyle = palette.colours.failure;
	context.stroke(path);
}

function radius(mark: Publication): number {
	return mark.first ? 7 : 5;
}

function addDiamond(path: CanvasPath, x: number, y: number, radius: number): void {
	path.moveTo(x, y - radius);
	path.lineTo(x + radius, y);
	path.lineTo(x, y + radius);
	path.lineTo(x - radius, y);
	path.closePath();
}

function paintIncident(frame: Frame, { what }: Incident, x: number, y: number): void {
	const { context, palette, ratio } = frame;
	const size = 5 * ratio;
	const draw = (path: Path2D, colour: string, filled: boolean) => {
		context.lineWidth = 5 * ratio;
		context.strokeStyle = palette.colours.background;
		context.stroke(path);
		context.lineWidth = 2.2 * ratio;
		context.strokeStyle = context.fillStyle = colour;
		if (filled) context.fill(path);
		else context.stroke(path);
	};
	const path = new Path2D();
	switch (what) {
		case 'replaced':
			context.fillStyle = palette.colours.quiet;
			context.fillRect(Math.round(x), y - 8 * ratio, Math.max(1, ratio), 16 * ratio);
			break;
		case 'stopped':
		case 'exited':
			path.rect(x - size * 0.8, y - size * 0.8, size * 1.6, size * 1.6);
			draw(path, palette.colours.stopping, what === 'stopped');
			break;
		case 'ignored-stop':
			path.moveTo(x, y - size * 1.2);
			path.lineTo(x + size * 1.2, y + size);
			path.lineTo(x - size * 1.2, y + size);
			path.closePath();
			draw(path, palette.colours.failure, true);
			break;
		default:
			addCross(path, x, y, size);
			strokeWithHalo(frame, path);
	}
}
