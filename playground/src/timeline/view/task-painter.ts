import type { Item, TaskArrow } from '../model/records.ts';
import { type Frame, toPixel } from './frame.ts';

/** Arrows fade when there are more of them; with `MOST_ARROWS` none is drawn but those of what is pointed at. */
const MANY_ARROWS = 100;
const MOST_ARROWS = 400;
/** Of an arrow's head, CSS pixels. */
const HEAD = 5;

/** Draws tasks as arrows: from the moment of sending on the sender's lane to the moment of receipt on the worker's. */
export function paintTasks(frame: Frame): void {
	const { context, palette, ratio, model, window } = frame;
	const chosen = chosenTasks(frame.selected) ?? chosenTasks(frame.hovered);
	const { tasks } = model;
	const first = tasks.lowerBound(window.start - window.span);
	const last = tasks.lowerBound(window.end);
	const fade = Math.min(1, Math.max(0, (MOST_ARROWS - (last - first)) / (MOST_ARROWS - MANY_ARROWS)));
	const arrows = new Path2D();
	const strong = new Path2D();
	for (let i = first; i < last && fade > 0; i++) {
		const task = tasks.at(i);
		if (task !== undefined && chosen?.includes(task) !== true) addArrow(frame, task, arrows);
	}
	for (const task of chosen ?? []) addArrow(frame, task, strong);
	context.strokeStyle = palette.colours.task;
	context.lineWidth = 1.4 * ratio;
	context.globalAlpha = (chosen === undefined ? 0.85 : 0.25) * fade;
	context.stroke(arrows);
	context.globalAlpha = 1;
	context.lineWidth = 2.2 * ratio;
	context.stroke(strong);
}

function addArrow(frame: Frame, task: TaskArrow, lines: Path2D): void {
	const { ratio, layout } = frame;
	const from = task.from && layout.byLane.get(task.from);
	const to = layout.byLane.get(task.to);
	if (from === undefined || to === undefined || from === to) return;
	// One that nobody picked up is as long as somebody waited.
	const until = task.received === Infinity ? Math.min(task.end, frame.now) : task.received;
	const x0 = toPixel(frame, task.start);
	const x1 = toPixel(frame, until);
	if (x1 < frame.left || x0 > frame.right) return;
	const y0 = (from.barTop + from.barHeight / 2) * ratio;
	const y1 = (to.barTop + to.barHeight / 2) * ratio;
	lines.moveTo(x0, y0);
	if (task.received === Infinity) {
		lines.lineTo(x1, y0);
		return;
	}
	lines.lineTo(x1, y1);
	const angle = Math.atan2(y1 - y0, x1 - x0);
	for (const side of [-0.45, 0.45]) {
		lines.moveTo(x1, y1);
		lines.lineTo(x1 - HEAD * ratio * Math.cos(angle + side), y1 - HEAD * ratio * Math.sin(angle + side));
	}
}

function chosenTasks(item: Item | undefined): readonly TaskArrow[] | undefined {
	return item?.kind === 'request' && item.tasks.length > 0 ? item.tasks : undefined;
}
