import type { Item, Lane } from '../model/records.ts';
import type { Ring } from '../model/ring.ts';
import type { TimeWindow } from './time-window.ts';

/**
 * What is at a moment of a lane: a mark within `reach` pixels, else the wait, the request, the state there. Spans that
 * are too short to hit are found within a few pixels, too.
 */
export function itemAt(
	lane: Lane,
	moment: number,
	window: TimeWindow,
	pixels: number,
	reach: number,
): Item | undefined {
	const perPixel = window.span / Math.max(1, pixels);
	return (
		nearest(lane.marks, moment, reach * perPixel) ??
		spanAt(lane.waits, moment, 0) ??
		spanAt(lane.requests, moment, (reach / 2) * perPixel) ??
		spanAt(lane.phases, moment, 0)
	);
}

/** The item of a lane after (1) or before (-1) an item or a moment; that a thread is idle does not count. */
export function neighbour(lane: Lane, from: Item | number, step: 1 | -1): Item | undefined {
	let best: Item | undefined;
	for (const ring of [lane.phases, lane.requests, lane.waits, lane.marks] as Ring<Item>[]) {
		const item = next(ring, from, step);
		if (item !== undefined && (best === undefined || step * compare(item, best) < 0)) best = item;
	}
	return best;
}

/** The same, of one kind of item. */
function next(ring: Ring<Item>, from: Item | number, step: 1 | -1): Item | undefined {
	const moment = typeof from === 'number' ? from : from.start;
	let index = ring.lowerBound(moment);
	if (step === -1) while (ring.at(index)?.start === moment) index++;
	for (let i = step === 1 ? index : index - 1; i >= 0 && i < ring.length; i += step) {
		const item = ring.at(i);
		if (item === undefined || (item.kind === 'phase' && item.state === 'alive')) continue;
		const isBeyond = typeof from === 'number' || step * compare(item, from) > 0;
		if (isBeyond) return item;
	}
	return undefined;
}

/** By their start; of items that begin together, the larger first. */
function compare(a: Item, b: Item): number {
	const ranks = { phase: 0, request: 1, wait: 2, publication: 3, incident: 4 };
	return a.start - b.start || ranks[a.kind] - ranks[b.kind];
}

/** The item of a lane that is closest to a moment. */
export function closest(lane: Lane, moment: number): Item | undefined {
	const after = neighbour(lane, moment, 1);
	const before = neighbour(lane, moment, -1);
	if (after === undefined || before === undefined) return after ?? before;
	return after.start - moment < moment - before.start ? after : before;
}

function nearest<T extends Item>(ring: Ring<T>, moment: number, within: number): T | undefined {
	let best: T | undefined;
	for (let i = ring.lowerBound(moment - within); i < ring.length; i++) {
		const item = ring.at(i);
		if (item === undefined || item.start > moment + within) break;
		if (best === undefined || Math.abs(item.start - moment) < Math.abs(best.start - moment)) best = item;
	}
	return best;
}

function spanAt<T extends Item>(ring: Ring<T>, moment: number, within: number): T | undefined {
	const index = ring.lowerBound(moment);
	for (const at of [index - 1, index]) {
		const item = ring.at(at);
		if (item !== undefined && item.start <= moment + within && item.end >= moment - within) return item;
	}
	return undefined;
}
