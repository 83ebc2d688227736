import type { Item } from '../model/records.ts';

/** What pointers and keys do with the timeline. Pixels are CSS pixels. */
export interface TimelineControls {
	/** Pixels for all the time shown. */
	readonly timeWidth: number;
	readonly paused: boolean;
	readonly selected: Item | undefined;
	/** Stands still, or follows the present again. What happens meanwhile is recorded all the same. */
	setPaused(paused: boolean): void;
	/** Shows `factor` times as much time around `anchor`: 0 = the left end, 1 = the right. */
	zoom(factor: number, anchor?: number): void;
	/** Moves by a part of what is shown: 1 = a whole width to the right. Pauses, but at the present. */
	pan(part: number): void;
	/** Shows the beginning of what was recorded. Pauses. */
	showBeginning(): void;
	/** Selects an item and shows all of it: of a publication, up to its readers. */
	focusOn(item: Item): void;
	/** Selects an item, or none; `reveal`: moves there if it cannot be seen. */
	select(item: Item | undefined, reveal?: boolean): void;
	/** Asks for the details of what is selected. */
	open(): void;
	/** Selects the next item in time (1) or the one before (-1), on the lane of the selected one. */
	step(direction: 1 | -1): void;
	/** Selects what is closest in time on the next lane (1) or the one before (-1). */
	stepLane(direction: 1 | -1): void;
	/** What is at a point of the canvas. `reach`: pixels around a mark within which it is found. */
	itemAt(x: number, y: number, reach: number): Item | undefined;
	/** Where between the left (0) and the right end (1) of time a pixel is. */
	partAt(x: number): number;
	/** The pointer is over this. */
	hover(item: Item | undefined, x: number, y: number): void;
}
