import type { Item, Link } from '../model/records.ts';
import { type Frame, toPixel } from './frame.ts';

/** Thin lines fade when there are more of them: they would hide what they explain. With `MOST_LINES` only dots are left. */
const MANY_LINES = 100;
const MOST_LINES = 320;
/** A line over more of the width than this is drawn only for what is pointed at. */
const LONG = 0.4;

/** Draws the lines from publications to their readers: thick for those that it woke, thin for those that saw it first. */
export function paintLinks(frame: Frame): void {
	const { context, palette, ratio, model, window } = frame;
	const chosen = chosenLinks(frame.selected) ?? chosenLinks(frame.hovered);
	const woken = new Path2D();
	const seen = new Path2D();
	const strong = new Path2D();
	const dots = new Path2D();
	const { links } = model;
	const first = links.lowerBound(window.start);
	const last = links.lowerBound(window.end + window.span);
	const fade = Math.min(1, Math.max(0, (MOST_LINES - (last - first)) / (MOST_LINES - MANY_LINES)));
	for (let i = first; i < last; i++) {
		const link = links.at(i);
		if (link === undefined) break;
		if (chosen?.includes(link) === true) continue;
		addLink(frame, link, link.woke ? woken : seen, dots, !link.woke && fade === 0, false);
	}
	for (const link of chosen ?? []) addLink(frame, link, strong, dots, false, true);
	context.strokeStyle = palette.colours.publication;
	context.globalAlpha = (chosen === undefined ? 0.5 : 0.15) * fade;
	context.lineWidth = Math.max(1, ratio);
	context.stroke(seen);
	context.globalAlpha = chosen === undefined ? 0.9 : 0.25;
	context.lineWidth = 1.6 * ratio;
	context.stroke(woken);
	context.globalAlpha = 1;
	context.lineWidth = 2.2 * ratio;
	context.stroke(strong);
	context.fillStyle = palette.colours.publication;
	context.fill(dots);
}

function addLink(frame: Frame, link: Link, lines: Path2D, dots: Path2D, dotOnly: boolean, anyLength: boolean): void {
	const { ratio, layout } = frame;
	const from = layout.byLane.get(link.publication.lane);
	const to = layout.byLane.get(link.lane);
	if (to === undefined) return;
	const x1 = toPixel(frame, link.start);
	const y1 = (to.barTop + to.barHeight / 2) * ratio;
	const radius = (link.woke ? 3.4 : dotOnly ? 1.5 : 2.2) * ratio;
	if (x1 <= frame.right + radius) {
		if (link.woke) {
			dots.moveTo(x1 + radius, y1);
			dots.arc(x1, y1, radius, 0, 7);
		} else {
			dots.rect(x1 - radius, y1 - radius, 2 * radius, 2 * radius);
		}
	}
	if (from === undefined || from === to || dotOnly) return;
	const x0 = toPixel(frame, link.publication.start);
	if (x0 > frame.right) return;
	if (!anyLength && (x0 < frame.left || x1 - x0 > (frame.right - frame.left) * LONG)) return;
	const y0 = (from.barTop + from.barHeight / 2) * ratio;
	if (x1 - x0 < 2) {
		const x = Math.round(x1) + 0.5;
		lines.moveTo(x, y0);
		lines.lineTo(x, y1);
		return;
	}
	lines.moveTo(x0, y0);
	if (link.woke) {
		// Down, and along the bar of the wait: how far it goes there is how long it took to wake.
		const corner = Math.min(7 * ratio, x1 - x0, Math.abs(y1 - y0));
		lines.arcTo(x0, y1, x0 + corner, y1, corner);
		lines.lineTo(x1, y1);
	} else {
		const bend = y0 + (y1 - y0) * 0.5;
		lines.bezierCurveTo(x0, bend, x1, bend, x1, y1);
	}
}

function chosenLinks(item: Item | undefined): readonly Link[] | undefined {
	switch (item?.kind) {
		case 'publication':
		case 'request':
			return item.links.length > 0 ? item.links : undefined;
		case 'wait':
			return item.link === undefined ? undefined : [item.link];
		default:
			return undefined;
	}
}
