/** The colours of the picture, by what they stand for; the style sheet sets each as `--timeline-NAME`. */
export const COLOURS = [
	'background',
	'stripe',
	'text',
	'quiet',
	'grid',
	'idle',
	'request',
	'request-text',
	'wait',
	'wait-tint',
	'starting',
	'starting-tint',
	'ready',
	'stopping',
	'failure',
	'failure-tint',
	'publication',
	'task',
	'selection',
] as const;
export type Colour = (typeof COLOURS)[number];

/** A fill that is told apart by its pattern, too. */
export type Hatch = 'wait' | 'starting' | 'stopping' | 'backoff' | 'failed';

export type Palette = {
	readonly colours: Readonly<Record<Colour, string>>;
	readonly hatches: Readonly<Record<Hatch, CanvasPattern | string>>;
	/** Width of a tile of the patterns, in device pixels. */
	readonly tile: number;
	readonly font: string;
};

/** Reads the colours as the style sheet has them now. Costs a little: once per change of the theme. */
export function readPalette(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, ratio: number): Palette {
	const style = getComputedStyle(canvas);
	// A custom property is what was written, `light-dark(…)` and all: only a real property is computed.
	const probe = document.createElement('span');
	probe.hidden = true;
	canvas.after(probe);
	const colours = {} as Record<Colour, string>;
	for (const name of COLOURS) {
		probe.style.color = '';
		probe.style.color = `var(--timeline-${name}, #888)`;
		colours[name] = getComputedStyle(probe).color;
	}
	probe.remove();
	const tile = Math.max(6, Math.round(7 * ratio));
	const hatch = (ground: string | undefined, ink: string, draw: (context: CanvasRenderingContext2D) => void) => {
		const canvas = document.createElement('canvas');
		canvas.width = canvas.height = tile;
		const tileContext = canvas.getContext('2d');
		if (tileContext === null) return ink;
		if (ground !== undefined) {
			tileContext.fillStyle = ground;
			tileContext.fillRect(0, 0, tile, tile);
		}
		tileContext.strokeStyle = tileContext.fillStyle = ink;
		tileContext.lineWidth = Math.max(1, ratio * 1.5);
		draw(tileContext);
		return context.createPattern(canvas, 'repeat') ?? ink;
	};
	const diagonals = (up: boolean) => (to: CanvasRenderingContext2D) => {
		to.beginPath();
		for (const shift of [-tile, 0, tile]) {
			to.moveTo(shift - 1, up ? tile + 1 : -1);
			to.lineTo(shift + tile + 1, up ? -1 : tile + 1);
		}
		to.stroke();
	};
	const verticals = (to: CanvasRenderingContext2D) => to.fillRect(0, 0, Math.ceil(tile / 3), tile);
	const horizontals = (to: CanvasRenderingContext2D) => to.fillRect(0, Math.floor(tile / 3), tile, Math.ceil(ratio));
	return {
		colours,
		hatches: {
			wait: hatch(colours['wait-tint'], colours.wait, diagonals(true)),
			starting: hatch(colours['starting-tint'], colours.starting, diagonals(false)),
			stopping: hatch(undefined, colours.stopping, horizontals),
			backoff: hatch(colours['failure-tint'], colours.failure, verticals),
			failed: hatch(colours['failure-tint'], colours.failure, (to) => {
				diagonals(true)(to);
				diagonals(false)(to);
			}),
		},
		tile,
		font: style.fontFamily || 'system-ui, sans-serif',
	};
}
