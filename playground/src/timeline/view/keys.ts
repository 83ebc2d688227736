import type { TimelineControls } from './controls.ts';

/** What the keys do, for people. */
export const KEYS_HELP =
	'Arrow keys go from mark to mark and from lane to lane. Shift and an arrow key moves in time, plus and minus zoom, ' +
	'Space stops and goes on, Enter goes to the details of what is selected, Z zooms to it, End returns to the present, Escape selects nothing.';

/** Keys of the focused canvas; see `KEYS_HELP`. Returns what ends listening. */
export function listenToKeys(canvas: HTMLCanvasElement, view: TimelineControls): () => void {
	const press = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (act(event, view)) event.preventDefault();
	};
	canvas.addEventListener('keydown', press);
	return () => canvas.removeEventListener('keydown', press);
}

/** True = the key was for the timeline. */
function act({ key, shiftKey }: KeyboardEvent, view: TimelineControls): boolean {
	switch (key) {
		case 'ArrowLeft':
		case 'ArrowRight': {
			const direction = key === 'ArrowRight' ? 1 : -1;
			if (shiftKey) view.pan(direction * 0.15);
			else view.step(direction);
			return true;
		}
		case 'ArrowUp':
		case 'ArrowDown':
			view.stepLane(key === 'ArrowDown' ? 1 : -1);
			return true;
		case 'PageUp':
		case 'PageDown':
			view.pan(key === 'PageDown' ? 0.9 : -0.9);
			return true;
		case '+':
		case '=':
			view.zoom(1 / 1.5);
			return true;
		case '-':
		case '_':
			view.zoom(1.5);
			return true;
		case ' ':
			view.setPaused(!view.paused);
			return true;
		case 'End':
			view.setPaused(false);
			return true;
		case 'Home':
			view.showBeginning();
			return true;
		case 'Enter':
			view.open();
			return true;
		case 'z':
			if (view.selected !== undefined) view.focusOn(view.selected);
			return true;
		case 'Escape':
			if (view.selected === undefined) return false;
			view.select(undefined);
			return true;
		default:
			return false;
	}
}
