import type { Lane, Phase, PhaseState, RequestSpan, Wait } from '../model/records.ts';
import type { Ring } from '../model/ring.ts';
import { type Frame, isInView, toPixel } from './frame.ts';
import { requestName } from './items.ts';
import type { LaneRow } from './layout.ts';
import type { Colour, Hatch } from './palette.ts';
import { RectBatch } from './rect-batch.ts';
import type { TextPainter } from './text-painter.ts';
import { formatDuration } from './ticks.ts';

type Style = PhaseState | 'request' | 'wait';
type Label = { text: string; x: number; y: number; room: number; style: Style };

/** How high a bar is, of the height there is. A state is told from another by this and its pattern, not by colour only. */
const HEIGHT: Record<Style, number> = {
	alive: 0.12,
	ready: 0.42,
	stopping: 0.7,
	backoff: 0.42,
	failed: 0.42,
	starting: 1,
	request: 1,
	wait: 1,
};

/** In the order of drawing: what comes later covers what came before. */
const STYLES: readonly (readonly [Style, Colour | undefined, Hatch | undefined])[] = [
	['alive', 'idle', undefined],
	['ready', 'ready', undefined],
	['stopping', undefined, 'stopping'],
	['backoff', undefined, 'backoff'],
	['failed', undefined, 'failed'],
	['starting', undefined, 'starting'],
	['request', 'request', undefined],
	['wait', undefined, 'wait'],
];

/** Not more than so many texts in one picture. */
const MOST_LABELS = 120;

/** Draws the bars of all lanes: states, requests, waits. */
export class BarPainter {
	readonly #batches = Object.fromEntries(STYLES.map(([style]) => [style, new RectBatch()])) as Record<Style, RectBatch>;
	readonly #labels: Label[] = [];

	paint(frame: Frame, text: TextPainter): void {
		this.#labels.length = 0;
		for (const row of frame.layout.byLane.values()) {
			if (!isInView(frame, row)) continue;
			this.#spans(frame, row, row.lane.phases, (phase) => phase.state, phaseText);
			this.#spans(frame, row, row.lane.requests, () => 'request', requestName);
			this.#spans(frame, row, row.lane.waits, () => 'wait', waitText);
		}
		this.#flush(frame);
		this.#write(frame, text);
	}

	#spans<T extends Phase | RequestSpan | Wait>(
		frame: Frame,
		row: LaneRow,
		ring: Ring<T>,
		styleOf: (span: T) => Style,
		textOf: (span: T) => string,
	): void {
		const { ratio, window, now, left, right } = frame;
		const perMillisecond = (right - left) / window.span;
		const start = window.start;
		const end = window.end;
		const least = Math.max(1, Math.round(ratio));
		const gap = Math.max(1, Math.round(ratio / 2));
		const barHeight = row.barHeight * ratio;
		const barTop = row.barTop * ratio;
		/** Everything left of this has been drawn. */
		let drawn = -1;
		for (let i = Math.max(0, ring.lowerBound(start) - 1); i < ring.length; i++) {
			const span = ring.at(i);
			if (span === undefined || span.start > end) break;
			const ended = span.end === Infinity ? Math.max(now, span.start) : span.end;
			if (ended < start) continue;
			let x = Math.floor(left + (Math.max(span.start, start) - start) * perMillisecond);
			const until = Math.floor(left + (Math.min(ended, end) - start) * perMillisecond);
			let width = Math.max(least, until - x);
			// Spans of less than a pixel are drawn as one.
			if (x < drawn) {
				width -= drawn - x;
				x = drawn;
				if (width <= 0) continue;
			}
			drawn = x + width;
			const style = styleOf(span);
			const height = Math.max(least, Math.round(barHeight * HEIGHT[style]));
			const y = Math.round(barTop + (barHeight - height) / 2);
			if (width > 3 * gap && ended <= end && style !== 'alive') width -= gap;
			this.#batches[style].add(x, y, width, height);
			if (width > 46 * ratio && style !== 'alive' && this.#labels.length < MOST_LABELS) {
				this.#label(row.lane, textOf(span), style, x, y + height / 2, width, ratio);
			}
		}
	}

	/** Texts are for bars that are high enough. */
	#label(lane: Lane, text: string, style: Style, x: number, y: number, width: number, ratio: number): void {
		if (HEIGHT[style] < 0.6 || text === '') return;
		const last = this.#labels.at(-1);
		// A request that waits from its very beginning has one text, that of the wait.
		if (style === 'wait' && last?.style === 'request' && last.y === y && Math.abs(last.x - x) < 8 * ratio) {
			this.#labels.pop();
			text = lane.group === 'thread' ? `${last.text} ${text}` : text;
		}
		this.#labels.push({ text, x, y, room: width - 10 * ratio, style });
	}

	#flush(frame: Frame): void {
		const { context, palette } = frame;
		// The patterns move along with time.
		const shift = toPixel(frame, frame.model.origin) % palette.tile;
		const matrix = new DOMMatrix([1, 0, 0, 1, shift, 0]);
		for (const [style, colour, hatch] of STYLES) {
			const fill = colour === undefined ? palette.hatches[hatch ?? 'wait'] : palette.colours[colour];
			if (typeof fill !== 'string') fill.setTransform(matrix);
			this.#batches[style].flush(context, fill);
		}
	}

	#write(frame: Frame, text: TextPainter): void {
		const { context, palette, ratio } = frame;
		text.use(frame, 11);
		context.textAlign = 'left';
		for (const label of this.#labels) {
			const shown = text.fit(label.text, label.room);
			if (shown === '') continue;
			const x = label.x + 5 * ratio;
			if (label.style === 'request') {
				context.fillStyle = palette.colours['request-text'];
			} else {
				// On a pattern nothing can be read: the text gets a ground of its own.
				const ground =
					label.style === 'wait' ? 'wait-tint' : label.style === 'starting' ? 'starting-tint' : 'background';
				context.fillStyle = palette.colours[ground];
				const width = context.measureText(shown).width;
				context.fillRect(x - 3 * ratio, Math.round(label.y - 7 * ratio), width + 6 * ratio, 14 * ratio);
				context.fillStyle = palette.colours.text;
			}
			context.fillText(shown, x, label.y + ratio * 0.5);
		}
	}
}

function phaseText(phase: Phase): string {
	const run = phase.attempt > 1 ? ` run ${phase.attempt}` : '';
	const took = phase.end === Infinity ? '' : ` ${formatDuration(phase.end - phase.start)}`;
	return phase.state === 'starting' ? `starting${run}${took}` : phase.state === 'stopping' ? `stopping${took}` : '';
}

function waitText(wait: Wait): string {
	return `waits for ${wait.names.join(', ')}`;
}
