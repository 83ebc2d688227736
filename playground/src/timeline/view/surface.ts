import type { TimelineModel } from '../model/model.ts';
import type { Frame } from './frame.ts';
import type { Layout } from './layout.ts';
import { type Palette, readPalette } from './palette.ts';
import type { TimeWindow } from './time-window.ts';

/** The canvas: its size in device pixels, its colours, and whether anybody can see it. */
export class Surface {
	readonly #context: CanvasRenderingContext2D;
	readonly #canvas: HTMLCanvasElement;
	readonly #changed: () => void;
	readonly #undo: (() => void)[] = [];
	readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
	#palette: Palette | undefined;
	#paletteRatio = 0;
	#width = 0;
	#height = 0;
	#available = 0;
	#ratio = 1;
	#isVisible = true;

	/** `changed` is called when it has to be drawn again. */
	constructor(canvas: HTMLCanvasElement, changed: () => void) {
		const context = canvas.getContext('2d');
		if (context === null) throw new Error('The timeline cannot draw: this browser gives no 2D context to a canvas.');
		this.#context = context;
		this.#canvas = canvas;
		this.#changed = changed;
		this.#watchSize();
		this.#watchTheme();
		this.#watchVisibility();
	}

	/** CSS pixels. */
	get width(): number {
		return this.#width;
	}

	/** How high the scroller is whatever is in it, CSS pixels; 0 = as high as what is in it. */
	get available(): number {
		return this.#available;
	}

	/** Device pixels to a CSS pixel. */
	get ratio(): number {
		return this.#ratio;
	}

	get isVisible(): boolean {
		return this.#isVisible && this.#width > 0 && this.#height > 0;
	}

	/** The visitor prefers reduced motion. */
	get prefersCalm(): boolean {
		return this.#calm.matches;
	}

	/** What a picture of it is made of. */
	frame(
		model: TimelineModel,
		layout: Layout,
		window: TimeWindow,
		now: number,
		marked: Pick<Frame, 'selected' | 'hovered'>,
	): Frame {
		const ratio = this.#ratio;
		const scroller = this.#scroller;
		const top = scroller?.scrollTop ?? 0;
		const bottom = scroller === null ? this.#height : Math.min(this.#height, top + scroller.clientHeight);
		return {
			context: this.#context,
			ratio,
			width: this.#canvas.width,
			height: this.#canvas.height,
			left: Math.round(layout.left * ratio),
			right: Math.round(layout.right * ratio),
			viewTop: Math.round(top * ratio),
			viewBottom: Math.round(bottom * ratio),
			model,
			layout,
			palette: this.#colours(),
			window,
			now,
			...marked,
		};
	}

	/** Scrolls a row into view, CSS pixels. */
	reveal(top: number, height: number): void {
		const scroller = this.#scroller;
		if (scroller === null) return;
		const axis = 30;
		if (top < scroller.scrollTop) scroller.scrollTop = top - 4;
		else if (top + height + axis > scroller.scrollTop + scroller.clientHeight) {
			scroller.scrollTop = top + height + axis - scroller.clientHeight;
		}
	}

	close(): void {
		for (const undo of this.#undo) undo();
		this.#undo.length = 0;
	}

	get #scroller(): HTMLElement | null {
		return this.#canvas.parentElement;
	}

	#colours(): Palette {
		if (this.#palette === undefined || this.#paletteRatio !== this.#ratio) {
			this.#palette = readPalette(this.#canvas, this.#context, this.#ratio);
			this.#paletteRatio = this.#ratio;
		}
		return this.#palette;
	}

	#watchSize(): void {
		const observer = new ResizeObserver(() => this.#resize());
		observer.observe(this.#canvas);
		this.#undo.push(() => observer.disconnect());
		const scroller = this.#scroller;
		if (scroller !== null) {
			const scrollerObserver = new ResizeObserver(() => this.#measure(scroller));
			scrollerObserver.observe(scroller);
			this.#undo.push(() => scrollerObserver.disconnect());
			scroller.addEventListener('scroll', this.#changed, { passive: true });
			this.#undo.push(() => scroller.removeEventListener('scroll', this.#changed));
		}
		this.#resize();
	}

	#resize(): void {
		const canvas = this.#canvas;
		this.#ratio = Math.min(3, Math.max(1, devicePixelRatio));
		this.#width = canvas.clientWidth;
		this.#height = canvas.clientHeight;
		const width = Math.round(this.#width * this.#ratio);
		const height = Math.round(this.#height * this.#ratio);
		if (canvas.width !== width || canvas.height !== height) {
			canvas.width = width;
			canvas.height = height;
		}
		this.#changed();
	}

	/** Whether the page gives the scroller a height, or it has that of the canvas: with one of no height it shows. */
	#measure(scroller: HTMLElement): void {
		const canvas = this.#canvas;
		const { scrollTop } = scroller;
		// Not `display: none`: the canvas would lose the focus.
		const { height } = canvas.style;
		canvas.style.height = canvas.style.minHeight = '0';
		const available = scroller.clientHeight;
		canvas.style.height = height;
		canvas.style.minHeight = '';
		scroller.scrollTop = scrollTop;
		if (available === this.#available) return;
		this.#available = available;
		this.#changed();
	}

	#watchTheme(): void {
		const renew = () => {
			this.#palette = undefined;
			this.#changed();
		};
		const dark = matchMedia('(prefers-color-scheme: dark)');
		dark.addEventListener('change', renew);
		const observer = new MutationObserver(renew);
		const options = { attributes: true, attributeFilter: ['class', 'style', 'data-theme'] };
		for (const element of [document.documentElement, document.body]) observer.observe(element, options);
		this.#undo.push(() => {
			dark.removeEventListener('change', renew);
			observer.disconnect();
		});
	}

	#watchVisibility(): void {
		const observer = new IntersectionObserver((entries) => {
			this.#isVisible = entries.at(-1)?.isIntersecting ?? true;
			if (this.#isVisible) this.#changed();
		});
		observer.observe(this.#canvas);
		this.#undo.push(() => observer.disconnect());
	}
}
