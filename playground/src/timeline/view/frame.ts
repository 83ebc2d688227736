import type { TimelineModel } from '../model/model.ts';
import type { Item } from '../model/records.ts';
import type { Layout } from './layout.ts';
import type { Palette } from './palette.ts';
import type { TimeWindow } from './time-window.ts';

/** All that one picture is made of. Painters draw in device pixels: `ratio` of them to a CSS pixel. */
export type Frame = {
	readonly context: CanvasRenderingContext2D;
	readonly ratio: number;
	/** Size of the canvas, device pixels. */
	readonly width: number;
	readonly height: number;
	/** Where time begins and ends, device pixels. */
	readonly left: number;
	readonly right: number;
	/** The part that is scrolled into view, device pixels. */
	readonly viewTop: number;
	readonly viewBottom: number;
	readonly model: TimelineModel;
	readonly layout: Layout;
	readonly palette: Palette;
	readonly window: TimeWindow;
	/** What has not ended is drawn until here; milliseconds since 1970. */
	readonly now: number;
	readonly selected: Item | undefined;
	readonly hovered: Item | undefined;
};

/** The device pixel of a moment; not rounded, and maybe outside. */
export function toPixel(frame: Frame, moment: number): number {
	return frame.left + ((moment - frame.window.start) * (frame.right - frame.left)) / frame.window.span;
}

/** Whether a row between two heights (CSS pixels) can be seen. */
export function isInView(frame: Frame, row: { readonly top: number; readonly height: number }): boolean {
	return row.top * frame.ratio < frame.viewBottom && (row.top + row.height) * frame.ratio > frame.viewTop;
}
