import type { Item } from '../model/records.ts';
import { closest, itemAt, neighbour } from './hit-test.ts';
import { type LaneRow, type Layout, rowAt } from './layout.ts';
import type { TimeWindow } from './time-window.ts';

/** A reader that comes later than this after a publication is not shown together with it, milliseconds. */
const TOGETHER = 1_000;

/** What is at a point, in CSS pixels. `reach`: pixels around a mark within which it is found. */
export function itemAtPoint(layout: Layout, window: TimeWindow, x: number, y: number, reach: number): Item | undefined {
	if (x < layout.left) return undefined;
	const row = rowAt(layout, y);
	if (row?.type !== 'lane') return undefined;
	const width = layout.right - layout.left;
	const moment = window.start + ((x - layout.left) / width) * window.span;
	return itemAt(row.lane, moment, window, width, reach);
}

/** The next item in time (1) or the one before (-1) on the lane of `from`; of none, the first that can be reached. */
export function nextItem(
	layout: Layout,
	window: TimeWindow,
	from: Item | undefined,
	direction: 1 | -1,
): Item | undefined {
	if (from?.lane === undefined || !layout.byLane.has(from.lane)) return nextLaneItem(layout, window, undefined, 1);
	return neighbour(from.lane, from, direction);
}

/** What is closest in time to `from` on the next lane (1) or the one before (-1) that has anything. */
export function nextLaneItem(
	layout: Layout,
	window: TimeWindow,
	from: Item | undefined,
	direction: 1 | -1,
): Item | undefined {
	const rows = layout.rows.filter((row): row is LaneRow => row.type === 'lane');
	const at = rows.findIndex((row) => row.lane === from?.lane);
	const moment = from?.start ?? window.end - window.span / 4;
	for (let i = at === -1 ? 0 : at + direction; i >= 0 && i < rows.length; i += direction) {
		const row = rows[i];
		const item = row && closest(row.lane, moment);
		if (item !== undefined) return item;
	}
	return undefined;
}

/** From when to when an item is of interest: a publication, until its readers have it. */
export function extentOf(item: Item, now: number): { start: number; end: number } {
	let end = item.end === Infinity ? now : item.end;
	if (item.kind === 'publication') {
		for (const link of item.links) if (link.start < item.start + TOGETHER) end = Math.max(end, link.start);
	}
	const margin = Math.max(1, (end - item.start) * 0.2);
	return { start: item.start - margin, end: end + margin };
}
