import type { TraceEvent } from '../../../../src/trace/events.ts';
import { TimelineModel } from '../model/model.ts';
import type { Item } from '../model/records.ts';
import type { Frame } from './frame.ts';
import { listenToGestures } from './gestures.ts';
import { closest, itemAt, neighbour } from './hit-test.ts';
import { listenToKeys } from './keys.ts';
import { type LaneRow, type Layout, layOut, rowAt } from './layout.ts';
import { Painter } from './painter.ts';
import { Surface } from './surface.ts';
import { TimeWindow } from './time-window.ts';

/** With nothing new in the whole window only the axis moves: so many milliseconds from one picture to the next then. */
const CALM = 250;
/** A batch that is this much older than it should be comes from another clock, or from a tab that slept. */
const LATE = 2_000;

export type TimelineViewOptions = {
	/** What to show; default: a new one. */
	readonly model?: TimelineModel;
	/** The present, milliseconds since 1970; default: the page's clock. */
	readonly now?: () => number;
	/** How much time is shown at first, milliseconds. */
	readonly span?: number;
	/** An item was selected, by a click or a key; undefined = none is any more. */
	readonly onSelect?: (item: Item | undefined) => void;
	/** Its details are asked for, with the Enter key. */
	readonly onOpen?: (item: Item) => void;
	/** The pointer is over an item, at these CSS pixels of the canvas. */
	readonly onHover?: (item: Item | undefined, x: number, y: number) => void;
	/** It follows the present now or does not, shows more or less time, or is of another height. */
	readonly onChange?: () => void;
};

/**
 * The timeline on a canvas. `mount()` it, then `push()` events. It draws when something has changed and the canvas can
 * be seen, at most once per frame.
 */
export class TimelineView {
	readonly model: TimelineModel;
	readonly #options: TimelineViewOptions;
	readonly #clock: () => number;
	readonly #window: TimeWindow;
	readonly #painter = new Painter();
	#surface: Surface | undefined;
	#layout: Layout | undefined;
	#layoutOf = '';
	#selected: Item | undefined;
	#hovered: Item | undefined;
	/** What has to be added to the clock to have the present of the events. */
	#skew = 0;
	#timer = 0;
	#scheduled = false;
	#dirty = true;
	#painted = { revision: -1, newest: Number.NaN, at: 0 };

	constructor(options: TimelineViewOptions = {}) {
		this.#options = options;
		this.model = options.model ?? new TimelineModel();
		this.#clock = options.now ?? (() => performance.timeOrigin + performance.now());
		this.#window = new TimeWindow(options.span ?? 10_000);
	}

	/** How much time is shown, milliseconds. */
	get span(): number {
		return this.#window.span;
	}

	/** True = it does not follow the present. */
	get paused(): boolean {
		return !this.#window.following;
	}

	/** The height that all rows need, CSS pixels. */
	get height(): number {
		return this.#layout?.height ?? 0;
	}

	get selected(): Item | undefined {
		return this.#selected;
	}

	/** The present as the events have it, milliseconds since 1970. */
	get now(): number {
		return this.#clock() + this.#skew;
	}

	/** Draws on this canvas, and listens to it, until the returned function is called. Its size comes from the style. */
	mount(canvas: HTMLCanvasElement): () => void {
		this.#surface?.close();
		const surface = new Surface(canvas, () => this.repaint());
		this.#surface = surface;
		const undo = [
			listenToGestures(canvas, this),
			listenToKeys(canvas, this),
			this.model.subscribe(() => this.#changed()),
			() => surface.close(),
		];
		this.repaint();
		return () => {
			for (const end of undo) end();
			clearTimeout(this.#timer);
			if (this.#surface === surface) this.#surface = undefined;
		};
	}

	/** Takes a batch of events. */
	push(events: readonly TraceEvent[]): void {
		this.model.push(events);
	}

	/** Stands still, or follows the present again. What happens meanwhile is recorded all the same. */
	setPaused(paused: boolean): void {
		if (paused) this.#window.hold();
		else this.#window.goLive();
		this.#moved();
	}

	/** Shows `factor` times as much time around `anchor`: 0 = the left end, 1 = the right. */
	zoom(factor: number, anchor = 0.5): void {
		this.#window.zoom(factor, anchor);
		this.#moved();
	}

	/** Moves by a part of what is shown: 1 = a whole width to the right. Pauses. */
	pan(part: number): void {
		this.#window.pan(part * this.#window.span);
		// Who goes on to the right of the present wants to follow it.
		if (this.#window.start > this.now) this.#window.goLive();
		this.#moved();
	}

	/** Shows a stretch of time, milliseconds since 1970. Pauses. */
	show(start: number, end: number): void {
		this.#window.show(start, end);
		this.#moved();
	}

	/** Shows the beginning of what is remembered. */
	showBeginning(): void {
		if (Number.isNaN(this.model.origin)) return;
		this.show(this.model.origin, this.model.origin + this.#window.span);
	}

	/** Selects an item and shows all of it: of a publication, up to its readers. */
	focusOn(item: Item): void {
		const [start, end] = extent(item, this.now);
		const margin = Math.max(1, (end - start) * 0.2);
		this.show(start - margin, end + margin);
		this.select(item);
	}

	/** Wants to read the details of what is selected. */
	open(): void {
		if (this.#selected !== undefined) this.#options.onOpen?.(this.#selected);
	}

	/** Selects an item, or none; `reveal`: moves there if it cannot be seen. */
	select(item: Item | undefined, reveal = false): void {
		if (item !== undefined && reveal) {
			this.#window.hold();
			this.#window.reveal(item.start);
			const row = item.lane && this.#layout?.byLane.get(item.lane);
			if (row !== undefined) this.#surface?.reveal(row.top, row.height);
			this.#moved();
		}
		this.#selected = item;
		this.repaint();
		this.#options.onSelect?.(item);
	}

	/** Selects the next item in time (1) or the one before (-1), of the lane of the selected one. */
	step(direction: 1 | -1): void {
		const from = this.#selected;
		if (from?.lane === undefined || this.#layout?.byLane.has(from.lane) !== true) {
			this.stepLane(1);
			return;
		}
		const item = neighbour(from.lane, from, direction);
		if (item !== undefined) this.select(item, true);
	}

	/** Selects what is closest in time on the next lane (1) or the one before (-1). */
	stepLane(direction: 1 | -1): void {
		const rows = this.#layout?.rows.filter((row): row is LaneRow => row.type === 'lane') ?? [];
		const from = this.#selected;
		const at = rows.findIndex((row) => row.lane === from?.lane);
		const moment = from?.start ?? this.#window.end - this.#window.span / 4;
		for (let i = at === -1 ? 0 : at + direction; i >= 0 && i < rows.length; i += direction) {
			const row = rows[i];
			const item = row && closest(row.lane, moment);
			if (item === undefined) continue;
			this.select(item, true);
			return;
		}
	}

	/** What is at a point of the canvas, in CSS pixels. `reach`: marks are found so many pixels around them. */
	itemAt(x: number, y: number, reach: number): Item | undefined {
		const layout = this.#layout;
		if (layout === undefined || x < layout.left) return undefined;
		const row = rowAt(layout, y);
		if (row?.type !== 'lane') return undefined;
		const width = layout.right - layout.left;
		const moment = this.#window.start + ((x - layout.left) / width) * this.#window.span;
		return itemAt(row.lane, moment, this.#window, width, reach);
	}

	/** Where between the left (0) and the right end (1) of time a CSS pixel is. */
	partAt(x: number): number {
		const { left, right } = this.#layout ?? { left: 0, right: 1 };
		return Math.min(1, Math.max(0, (x - left) / (right - left)));
	}

	/** CSS pixels that time has. */
	get timeWidth(): number {
		return this.#layout === undefined ? 1 : Math.max(1, this.#layout.right - this.#layout.left);
	}

	/** The pointer is over this. */
	hover(item: Item | undefined, x: number, y: number): void {
		if (item !== this.#hovered) {
			this.#hovered = item;
			this.repaint();
		}
		this.#options.onHover?.(item, x, y);
	}

	/** Draws at the next occasion. */
	repaint(): void {
		this.#dirty = true;
		this.#schedule();
	}

	#changed(): void {
		const lag = this.now - this.model.newest;
		if (lag < 0 || lag > LATE) this.#skew -= lag;
		if (Number.isNaN(this.model.origin)) {
			this.#skew = 0;
			this.#hovered = undefined;
			if (this.#selected !== undefined) this.select(undefined);
		}
		this.#schedule();
	}

	#moved(): void {
		this.#window.limit(this.model.origin, this.now);
		this.repaint();
		this.#options.onChange?.();
	}

	#schedule(): void {
		if (this.#scheduled || this.#surface === undefined) return;
		clearTimeout(this.#timer);
		this.#scheduled = true;
		requestAnimationFrame(() => {
			this.#scheduled = false;
			this.#draw();
		});
	}

	#draw(): void {
		const surface = this.#surface;
		if (surface === undefined || !surface.isVisible) return;
		const now = this.now;
		const { model } = this;
		if (this.#window.following) model.tidy(now);
		const layout = this.#arrange(surface.width);
		const pixels = Math.round((layout.right - layout.left) * surface.ratio);
		const moved = this.#window.follow(now, pixels);
		// A picture of the past does not change any more.
		const isNew = model.revision !== this.#painted.revision && !(this.#window.end < this.#painted.newest - LATE);
		if (this.#dirty || moved || isNew) {
			this.#dirty = false;
			this.#painted = { revision: model.revision, newest: model.newest, at: now };
			const frame = this.#frame(surface, layout, now);
			if (frame !== undefined) this.#painter.paint(frame);
		}
		if (!this.#window.following || Number.isNaN(model.origin)) return;
		if (now - model.newest > this.#window.span || surface.prefersCalm) {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#schedule(), CALM) as unknown as number;
		} else {
			this.#schedule();
		}
	}

	#arrange(width: number): Layout {
		const key = `${this.model.lanesRevision} ${width}`;
		if (this.#layout === undefined || key !== this.#layoutOf) {
			const before = this.#layout?.height;
			this.#layout = layOut(this.model, width);
			this.#layoutOf = key;
			this.#dirty = true;
			if (this.#layout.height !== before) this.#options.onChange?.();
		}
		return this.#layout;
	}

	#frame(surface: Surface, layout: Layout, now: number): Frame | undefined {
		const palette = surface.palette;
		if (palette === undefined) return undefined;
		const { ratio } = surface;
		return {
			context: surface.context,
			ratio,
			width: surface.pixelWidth,
			height: surface.pixelHeight,
			left: Math.round(layout.left * ratio),
			right: Math.round(layout.right * ratio),
			...surface.viewport(),
			model: this.model,
			layout,
			palette,
			window: this.#window,
			now,
			selected: this.#selected,
			hovered: this.#hovered,
		};
	}
}

/** From when to when an item is of interest. A reader that came much later does not count. */
function extent(item: Item, now: number): [start: number, end: number] {
	let end = item.end === Infinity ? now : item.end;
	if (item.kind === 'publication') {
		for (const link of item.links) if (link.start < item.start + 1_000) end = Math.max(end, link.start);
	}
	return [item.start, end];
}
