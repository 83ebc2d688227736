import { present } from '../../../../src/time/clock.ts';
import type { TraceEvent } from '../../../../src/trace/trace-events.ts';
import { TimelineModel } from '../model/model.ts';
import type { Item } from '../model/records.ts';
import type { TimelineControls } from './controls.ts';
import { FrameLoop } from './frame-loop.ts';
import { listenToGestures } from './gestures.ts';
import { listenToKeys } from './keys.ts';
import { type Layout, layOut } from './layout.ts';
import { extentOf, itemAtPoint, nextItem, nextLaneItem } from './navigation.ts';
import { Painter } from './painter.ts';
import { Present } from './present.ts';
import { Surface } from './surface.ts';
import { TimeWindow } from './time-window.ts';

/** From picture to picture while only the axis moves, because nothing is new in the whole window; milliseconds. */
const CALM = 250;
/** News of a moment are not later than this, milliseconds: a picture of an earlier time does not change any more. */
const SETTLED = 2_000;

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

/** The timeline on a canvas. It draws when something has changed and the canvas can be seen, at most once per frame. */
export class TimelineView implements TimelineControls {
	readonly model: TimelineModel;
	readonly #options: TimelineViewOptions;
	readonly #present: Present;
	readonly #window: TimeWindow;
	readonly #painter = new Painter();
	readonly #loop = new FrameLoop(() => this.#draw());
	#surface: Surface | undefined;
	#layout: Layout = layOut(new TimelineModel(), 0, 0);
	#layoutOf = '';
	#isCalm = false;
	#selected: Item | undefined;
	#hovered: Item | undefined;
	#dirty = true;
	#painted = { revision: -1, newest: Number.NaN };

	constructor(options: TimelineViewOptions = {}) {
		this.#options = options;
		this.model = options.model ?? new TimelineModel();
		this.#present = new Present(options.now ?? present);
		this.#present.heard(this.model.newest);
		this.#window = new TimeWindow(options.span ?? 10_000);
	}

	/** Draws a few pictures a second only, while something else needs the computer. */
	set isCalm(isCalm: boolean) {
		this.#isCalm = isCalm;
		this.repaint();
	}

	/** How much time is shown, milliseconds. */
	get span(): number {
		return this.#window.span;
	}

	get paused(): boolean {
		return !this.#window.following;
	}

	/** The height that all rows need, CSS pixels. */
	get height(): number {
		return this.#layout.height;
	}

	get selected(): Item | undefined {
		return this.#selected;
	}

	/** The present as the events have it, milliseconds since 1970. */
	get now(): number {
		return this.#present.now;
	}

	get timeWidth(): number {
		return Math.max(1, this.#layout.right - this.#layout.left);
	}

	/** Draws on this canvas, and listens to it, until the returned function is called. Its size comes from the style. */
	mount(canvas: HTMLCanvasElement): () => void {
		const surface = new Surface(canvas, () => this.repaint());
		this.#surface = surface;
		const undo = [
			listenToGestures(canvas, this),
			listenToKeys(canvas, this),
			this.model.subscribe(() => this.#changed()),
		];
		this.repaint();
		return () => {
			for (const end of undo) end();
			surface.close();
			this.#loop.close();
			this.#surface = undefined;
		};
	}

	/** Takes a batch of events. */
	push(events: readonly TraceEvent[]): void {
		this.model.push(events);
	}

	setPaused(paused: boolean): void {
		if (paused) this.#window.hold();
		else this.#window.goLive();
		this.#moved();
	}

	zoom(factor: number, anchor = 0.5): void {
		this.#window.zoom(factor, anchor);
		this.#moved();
	}

	pan(part: number): void {
		this.#window.pan(part * this.#window.span);
		if (part > 0 && this.#window.end > this.now + this.#window.span * 0.3) this.#window.goLive();
		this.#moved();
	}

	/** Shows a stretch of time, milliseconds since 1970. Pauses. */
	show(start: number, end: number): void {
		this.#window.show(start, end);
		this.#moved();
	}

	showBeginning(): void {
		if (Number.isNaN(this.model.origin)) return;
		this.show(this.model.origin, this.model.origin + this.#window.span);
	}

	focusOn(item: Item): void {
		const { start, end } = extentOf(item, this.now);
		this.show(start, end);
		this.select(item);
	}

	select(item: Item | undefined, reveal = false): void {
		if (item !== undefined && reveal) {
			this.#window.hold();
			this.#window.reveal(item.start);
			const row = item.lane && this.#layout.byLane.get(item.lane);
			if (row !== undefined) this.#surface?.reveal(row.top, row.height);
			this.#moved();
		}
		this.#selected = item;
		this.repaint();
		this.#options.onSelect?.(item);
	}

	open(): void {
		if (this.#selected !== undefined) this.#options.onOpen?.(this.#selected);
	}

	step(direction: 1 | -1): void {
		const item = nextItem(this.#layout, this.#window, this.#selected, direction);
		if (item !== undefined) this.select(item, true);
	}

	stepLane(direction: 1 | -1): void {
		const item = nextLaneItem(this.#layout, this.#window, this.#selected, direction);
		if (item !== undefined) this.select(item, true);
	}

	itemAt(x: number, y: number, reach: number): Item | undefined {
		return itemAtPoint(this.#layout, this.#window, x, y, reach);
	}

	partAt(x: number): number {
		return Math.min(1, Math.max(0, (x - this.#layout.left) / this.timeWidth));
	}

	hover(item: Item | undefined, x: number, y: number): void {
		const before = this.#hovered;
		this.#hovered = item;
		if (item !== before) this.repaint();
		if (item !== undefined || before !== undefined) this.#options.onHover?.(item, x, y);
	}

	/** Draws at the next occasion. */
	repaint(): void {
		this.#dirty = true;
		if (this.#surface !== undefined) this.#loop.soon();
	}

	#changed(): void {
		this.#present.heard(this.model.newest);
		if (Number.isNaN(this.model.origin)) {
			this.hover(undefined, 0, 0);
			if (this.#selected !== undefined) this.select(undefined);
			this.#window.goLive();
		}
		if (!this.#isCalm) this.#loop.soon();
	}

	#moved(): void {
		this.#window.limit(this.model.origin, this.now);
		this.repaint();
		this.#options.onChange?.();
	}

	#draw(): void {
		const surface = this.#surface;
		if (surface === undefined || !surface.isVisible) return;
		const { model, now } = this;
		if (this.#window.following) model.tidy(now);
		this.#arrange(surface.width, surface.available);
		const moved = this.#window.follow(now, Math.round(this.timeWidth * surface.ratio));
		const { revision, newest } = this.#painted;
		if (this.#dirty || moved || (model.revision !== revision && !(this.#window.end < newest - SETTLED))) {
			this.#dirty = false;
			this.#painted = { revision: model.revision, newest: model.newest };
			const marked = { selected: this.#selected, hovered: this.#hovered };
			this.#painter.paint(surface.frame(model, this.#layout, this.#window, now, marked));
		}
		if (!this.#window.following || Number.isNaN(model.origin)) return;
		if (this.#isCalm || now - model.newest > this.#window.span || surface.prefersCalm) this.#loop.later(CALM);
		else this.#loop.soon();
	}

	#arrange(width: number, available: number): void {
		const key = `${this.model.lanesRevision} ${width} ${available}`;
		if (key === this.#layoutOf) return;
		const before = this.#layout.height;
		this.#layout = layOut(this.model, width, available);
		this.#layoutOf = key;
		this.#dirty = true;
		if (this.#layout.height !== before) this.#options.onChange?.();
	}
}
