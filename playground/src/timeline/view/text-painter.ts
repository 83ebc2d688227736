import type { Frame } from './frame.ts';

/** Draws short texts, cut to the room they have. */
export class TextPainter {
	#fontSize = 0;
	#perLetter = 6;
	#fonts = '';

	/** Sets the font; `size` in CSS pixels. */
	use(frame: Frame, size: number, weight: 400 | 600 = 400): void {
		const pixels = Math.round(size * frame.ratio * 10) / 10;
		frame.context.font = `${weight} ${pixels}px ${frame.palette.font}`;
		frame.context.textBaseline = 'middle';
		if (pixels === this.#fontSize && this.#fonts === frame.palette.font) return;
		this.#fontSize = pixels;
		this.#fonts = frame.palette.font;
		this.#perLetter = frame.context.measureText('get /feature-flags 0123456789').width / 29;
	}

	/** About how wide a text is, device pixels. */
	width(text: string): number {
		return text.length * this.#perLetter;
	}

	/** The text, or its beginning and an ellipsis; '' if not even that fits. */
	fit(text: string, room: number): string {
		const letters = Math.floor(room / this.#perLetter);
		if (text.length <= letters) return text;
		return letters < 3 ? '' : `${text.slice(0, letters - 1)}…`;
	}
}
