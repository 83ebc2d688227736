import type { Lane } from '../model/records.ts';
import { openPhase } from '../model/sidekicks.ts';
import { type Frame, isInView } from './frame.ts';
import { shortLabel } from './items.ts';
import type { LaneRow, Row } from './layout.ts';
import type { TextPainter } from './text-painter.ts';

/** Draws the names of the lanes: left of time, or above their bars when it is narrow. */
export function paintLabels(frame: Frame, text: TextPainter): void {
	const { context, palette, layout, ratio } = frame;
	if (!layout.narrow) {
		context.fillStyle = palette.colours.background;
		context.fillRect(0, 0, frame.left, frame.height);
		context.fillStyle = palette.colours.grid;
		context.fillRect(frame.left - Math.max(1, Math.round(ratio)), 0, Math.max(1, Math.round(ratio)), frame.height);
	}
	for (const row of layout.rows) {
		if (!isInView(frame, row)) continue;
		if (row.type === 'title') paintTitle(frame, text, row);
		else if (row.type === 'counter') paintName(frame, text, row, row.label, String(row.counter.value), true);
		else paintName(frame, text, row, shortLabel(row.lane), tail(row.lane), row.lane.endedAt !== undefined);
	}
}

/** Every other row has a ground of its own, so that the eye finds its way from the name to the far end. */
export function paintStripes(frame: Frame): void {
	const { context, palette, layout, ratio } = frame;
	context.fillStyle = palette.colours.stripe;
	let odd = false;
	for (const row of layout.rows) {
		odd = row.type === 'title' ? false : !odd;
		if (odd) context.fillRect(0, Math.round(row.top * ratio), frame.width, Math.round(row.height * ratio));
	}
}

function paintTitle(frame: Frame, text: TextPainter, row: Row & { type: 'title' }): void {
	const { context, palette, ratio, model, layout } = frame;
	text.use(frame, 11, 600);
	context.textAlign = 'left';
	context.fillStyle = palette.colours.quiet;
	const y = (row.top + row.height / 2) * ratio;
	context.fillText(row.label, 8 * ratio, y);
	if (row.label !== 'Threads' || model.spare.value === 0) return;
	const x = layout.narrow ? 8 * ratio + context.measureText(row.label).width + 8 * ratio : frame.left - 9 * ratio;
	text.use(frame, 11);
	context.textAlign = layout.narrow ? 'left' : 'right';
	context.fillText(`+ ${model.spare.value} spare`, x, y);
}

function paintName(
	frame: Frame,
	text: TextPainter,
	row: Exclude<Row, { type: 'title' }>,
	name: string,
	more: string,
	quiet: boolean,
): void {
	const { context, palette, ratio, layout } = frame;
	const y = (layout.narrow ? row.top + 7 : row.top + row.height / 2 + 0.5) * ratio;
	const right = layout.narrow ? frame.right - 8 * ratio : frame.left - 9 * ratio;
	const isSidekick = row.type === 'lane' && row.lane.group === 'sidekick';
	text.use(frame, 11);
	const room = right - 8 * ratio - text.width(more) - 6 * ratio;
	context.fillStyle = palette.colours.quiet;
	if (layout.narrow) {
		context.textAlign = 'left';
	} else {
		context.textAlign = 'right';
		context.fillText(more, right, y);
		context.textAlign = 'left';
	}
	text.use(frame, layout.narrow ? 11 : 12, isSidekick ? 600 : 400);
	context.fillStyle = quiet ? palette.colours.quiet : palette.colours.text;
	const shown = text.fit(name, room);
	context.fillText(shown, 8 * ratio, y);
	if (!layout.narrow) return;
	const x = 8 * ratio + context.measureText(shown).width + 7 * ratio;
	text.use(frame, 11);
	context.fillStyle = palette.colours.quiet;
	context.fillText(more, x, y);
}

/** What stands behind a name: the thread, or what the sidekick does without one. */
function tail(lane: LaneRow['lane']): string {
	if (lane.group === 'thread') return `#${lane.thread ?? '?'}`;
	return stateWord(lane);
}

function stateWord(lane: Lane): string {
	switch (openPhase(lane)?.state) {
		case 'starting':
			return 'starting';
		case 'ready':
			return 'ready';
		case 'stopping':
			return 'stopping';
		case 'backoff':
			return 'back-off';
		case 'failed':
			return 'given up';
		default:
			return lane.endedAt === undefined ? '' : 'stopped';
	}
}
