import type { Phase, RequestSpan, Wait } from '../model/records.ts';
import type { Ring } from '../model/ring.ts';
import { BarLabels, type BarStyle } from './bar-labels.ts';
import { type Frame, isInView, toPixel } from './frame.ts';
import type { LaneRow } from './layout.ts';
import type { Colour, Hatch } from './palette.ts';
import { RectBatch } from './rect-batch.ts';
import type { TextPainter } from './text-painter.ts';

/** How high a bar is, of the height there is. A state is told from another by this and its pattern, not by colour only. */
const HEIGHT: Record<BarStyle, number> = {
	alive: 0.12,
	ready: 0.42,
	stopping: 0.75,
	backoff: 0.75,
	failed: 0.75,
	starting: 1,
	request: 1,
	error: 0.28,
	wait: 1,
};

/** In drawing order: later ones cover earlier ones. */
const STYLES: readonly (readonly [BarStyle, Colour | undefined, Hatch | undefined])[] = [
	['alive', 'idle', undefined],
	['ready', 'ready', undefined],
	['stopping', undefined, 'stopping'],
	['backoff', undefined, 'backoff'],
	['failed', undefined, 'failed'],
	['starting', undefined, 'starting'],
	['request', 'request', undefined],
	['wait', undefined, 'wait'],
	['error', 'failure', undefined],
];

/** Draws the bars of all lanes: states, requests, waits; and what is written on them. */
export class BarPainter {
	readonly #batches = Object.fromEntries(STYLES.map(([style]) => [style, new RectBatch()])) as Record<
		BarStyle,
		RectBatch
	>;
	readonly #labels = new BarLabels();

	paint(frame: Frame, text: TextPainter): void {
		for (const row of frame.layout.byLane.values()) {
			if (!isInView(frame, row)) continue;
			this.#spans(frame, row, row.lane.phases);
			this.#spans(frame, row, row.lane.requests);
			this.#spans(frame, row, row.lane.waits);
		}
		this.#flush(frame);
		this.#labels.write(frame, text);
	}

	#spans<T extends Phase | RequestSpan | Wait>(frame: Frame, row: LaneRow, ring: Ring<T>): void {
		const { ratio, window, now, left, right } = frame;
		const perMillisecond = (right - left) / window.span;
		const { start, end } = window;
		// A request without any duration must be visible.
		const least = Math.max(2, Math.round(2 * ratio));
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
			const style = span.kind === 'phase' ? span.state : span.kind;
			const height = Math.max(1, Math.round(barHeight * HEIGHT[style]));
			const y = Math.round(barTop + (barHeight - height) / 2);
			// Neighbours must not look like one.
			if (width > 3 * gap && ended <= end && style !== 'alive') width -= gap;
			this.#batches[style].add(x, y, width, height);
			if (span.kind === 'request' && hasFailed(span)) {
				const strip = Math.round(height * HEIGHT.error);
				this.#batches.error.add(x, y + height - strip, width, strip);
			}
			if (style !== 'alive' && style !== 'ready') this.#labels.add(frame, span, style, x, y, width, height);
		}
	}

	#flush(frame: Frame): void {
		const { context, palette } = frame;
		// The patterns move along with time.
		const shift = Math.round(toPixel(frame, frame.model.origin)) % palette.tile;
		const matrix = new DOMMatrix([1, 0, 0, 1, Number.isNaN(shift) ? 0 : shift, 0]);
		for (const [style, colour, hatch] of STYLES) {
			const fill = colour === undefined ? palette.hatches[hatch ?? 'wait'] : palette.colours[colour];
			if (typeof fill !== 'string') fill.setTransform(matrix);
			this.#batches[style].flush(context, fill);
		}
	}
}

function hasFailed(request: RequestSpan): boolean {
	return request.status >= 500 || request.cut;
}
