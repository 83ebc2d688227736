import type { Counter } from '../model/counter.ts';
import type { TimelineModel } from '../model/model.ts';
import type { Lane } from '../model/records.ts';

/** A row of the picture; all in CSS pixels from the top of the content. */
export type Row = LaneRow | CounterRow | TitleRow;
export type LaneRow = Box & { readonly type: 'lane'; readonly lane: Lane };
export type CounterRow = Box & {
	readonly type: 'counter';
	readonly counter: Counter;
	readonly label: string;
};
export type TitleRow = Box & { readonly type: 'title'; readonly label: string };

type Box = {
	/** The row with its label. */
	readonly top: number;
	readonly height: number;
	/** Where its bars go. */
	readonly barTop: number;
	readonly barHeight: number;
};

export type Layout = {
	readonly rows: readonly Row[];
	readonly byLane: ReadonlyMap<Lane, LaneRow>;
	readonly narrow: boolean;
	/** Where time begins: what is left of it belongs to labels. */
	readonly left: number;
	readonly right: number;
	/** All rows and the axis. */
	readonly height: number;
	readonly axisHeight: number;
};

/** Below this width labels are above their bars. */
const NARROW = 600;
const AXIS = 24;
/** A title with the room above it. */
const TITLE = 23;

/** The least and the most height of a row, CSS pixels. */
const LOW = 17;
const HIGH = 27;

/**
 * Which row is where, in a picture of `width` CSS pixels. Rows are lower when they would not fit into `available` CSS
 * pixels; 0 = as much as they need. What does not fit even so is scrolled.
 */
export function layOut(model: TimelineModel, width: number, available: number): Layout {
	const narrow = width < NARROW;
	const height = narrow ? 33 : rowHeight(model, available);
	const bar = narrow ? 16 : Math.round(height * 0.72);
	const rows: Row[] = [];
	const byLane = new Map<Lane, LaneRow>();
	let y = 0;
	const title = (label: string) => {
		const top = y + (y === 0 ? 2 : TITLE - 18);
		rows.push({ type: 'title', label, top, height: 18, barTop: top, barHeight: 18 });
		y = top + 18;
	};
	const counter = (label: string, of: Counter) => {
		const top = narrow ? y + 13 : y + Math.round((height - bar) / 2);
		rows.push({ type: 'counter', counter: of, label, top: y, height, barTop: top, barHeight: bar });
		y += height;
	};
	for (const group of ['sidekick', 'thread'] as const) {
		const lanes = model.lanes.filter((lane) => lane.group === group);
		if (lanes.length === 0) continue;
		title(group === 'sidekick' ? 'Sidekicks' : 'Threads');
		for (const lane of lanes) {
			const barTop = narrow ? y + 14 : y + (height - bar) / 2;
			const row: LaneRow = { type: 'lane', lane, top: y, height, barTop, barHeight: bar };
			rows.push(row);
			byLane.set(lane, row);
			y += height;
		}
		if (group === 'thread' && model.hasQueue) counter('wait for a thread', model.queue);
	}
	return {
		rows,
		byLane,
		narrow,
		left: narrow ? 0 : Math.round(Math.min(190, Math.max(140, width * 0.17))),
		right: width,
		height: Math.ceil(y + 4 + AXIS),
		axisHeight: AXIS,
	};
}

function rowHeight(model: TimelineModel, available: number): number {
	const rows = model.lanes.length + (model.hasQueue ? 1 : 0);
	if (available === 0 || rows === 0) return HIGH;
	const groups = new Set(model.lanes.map(({ group }) => group)).size;
	const rest = available - AXIS - 4 - groups * TITLE;
	return Math.min(HIGH, Math.max(LOW, Math.floor(rest / rows)));
}

/** The row at a height; undefined = none. */
export function rowAt(layout: Layout, y: number): Row | undefined {
	return layout.rows.find((row) => y >= row.top && y < row.top + row.height);
}
