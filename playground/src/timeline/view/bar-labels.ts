import type { Phase, PhaseState, RequestSpan, Wait } from '../model/records.ts';
import { type Frame, toPixel } from './frame.ts';
import { requestName } from './items.ts';
import type { Colour } from './palette.ts';
import type { TextPainter } from './text-painter.ts';
import { formatDuration } from './ticks.ts';

/** How a bar looks. `error` is a strip along a request that has failed. */
export type BarStyle = PhaseState | 'request' | 'wait' | 'error';

type Label = {
	/** The first one that fits is written, else the beginning of the last. */
	readonly texts: readonly string[];
	readonly x: number;
	readonly y: number;
	readonly room: number;
	readonly height: number;
	readonly style: BarStyle;
};

/** Narrower bars have no text, CSS pixels. */
const LEAST_ROOM = 40;
/** The most texts in one picture. */
const MOST = 120;

/** What the ground of a text is: on a pattern nothing can be read. */
const GROUNDS: Partial<Record<BarStyle, Colour>> = {
	wait: 'wait-tint',
	starting: 'starting-tint',
	stopping: 'background',
	backoff: 'failure-tint',
	failed: 'failure-tint',
};

/** The texts on bars that are long enough. */
export class BarLabels {
	#labels: Label[] = [];

	/** A bar that has been drawn there; device pixels. */
	add(
		frame: Frame,
		span: Phase | RequestSpan | Wait,
		style: BarStyle,
		x: number,
		y: number,
		width: number,
		height: number,
	): void {
		const { ratio } = frame;
		// A back-off begins with the mark of a crash.
		const inset = (style === 'backoff' || style === 'failed' ? 12 : 5) * ratio;
		let room = width - inset - 4 * ratio;
		// The bar of the wait covers that of its request.
		const wait = span.kind === 'request' ? span.waits[0] : undefined;
		if (wait !== undefined) room = Math.min(room, toPixel(frame, wait.start) - x - inset - 4 * ratio);
		if (room < LEAST_ROOM * ratio || this.#labels.length >= MOST) return;
		const texts = textsOf(span);
		if (texts.length > 0) this.#labels.push({ texts, x: x + inset, y: y + height / 2, room, height, style });
	}

	/** Writes all, and is empty. */
	write(frame: Frame, text: TextPainter): void {
		const { context, palette, ratio } = frame;
		text.use(frame, 11);
		context.textAlign = 'left';
		for (const { texts, x, y, room, height, style } of this.#labels) {
			const shown = texts.find((one) => text.width(one) <= room) ?? text.fit(texts.at(-1) ?? '', room);
			if (shown === '') continue;
			const ground = GROUNDS[style];
			if (ground !== undefined) {
				const plate = Math.min(14 * ratio, height);
				context.fillStyle = palette.colours[ground];
				context.fillRect(
					x - 3 * ratio,
					Math.round(y - plate / 2),
					Math.min(room, context.measureText(shown).width) + 6 * ratio,
					plate,
				);
			}
			context.fillStyle = palette.colours[ground === undefined ? 'request-text' : 'text'];
			context.fillText(shown, x, y + ratio * 0.5, room + 3 * ratio);
		}
		this.#labels = [];
	}
}

function textsOf(span: Phase | RequestSpan | Wait): readonly string[] {
	switch (span.kind) {
		case 'request':
			return [requestName(span)];
		case 'wait': {
			const names = span.names.join(', ');
			const request = span.request === undefined ? '' : requestName(span.request);
			return request === '' ? [`waits for ${names}`, names] : [`${request} waits for ${names}`, request];
		}
		case 'phase':
			return phaseTexts(span);
	}
}

function phaseTexts({ state, attempt, failures, start, end, delay }: Phase): readonly string[] {
	const took = end === Infinity ? '' : ` ${formatDuration(end - start)}`;
	switch (state) {
		case 'starting':
			return attempt > 1 ? [`starting, run ${attempt}${took}`, `run ${attempt}`] : [`starting${took}`, 'starting'];
		case 'stopping':
			return [`stopping${took}`, 'stopping'];
		case 'backoff':
			return [`back-off ${formatDuration(delay)} after ${failures}`, `back-off ${formatDuration(delay)}`, 'back-off'];
		case 'failed':
			return [`given up after ${failures} failures`, 'given up'];
		default:
			return [];
	}
}
