import type { TimelineControls } from './controls.ts';

/** A pointer that has moved less than this has clicked, CSS pixels. */
const CLICK = 5;
/** How far from a mark a mouse or a finger may be, CSS pixels. */
const REACH = { mouse: 7, touch: 16 };

type Finger = { x: number; y: number; readonly startX: number; readonly startY: number };

/**
 * Wheel, mouse and fingers: drag to move, pinch or Ctrl + wheel to zoom, click to select. The plain wheel zooms once
 * the timeline has been clicked into; until then it scrolls the page, so that nobody who scrolls past gets stuck.
 * Returns what ends listening.
 */
export function listenToGestures(canvas: HTMLCanvasElement, view: TimelineControls): () => void {
	const fingers = new Map<number, Finger>();
	let dragged = false;
	const end = new AbortController();
	const listen = <K extends keyof HTMLElementEventMap>(
		type: K,
		listener: (event: HTMLElementEventMap[K]) => void,
		passive = true,
	) => canvas.addEventListener(type, listener, { signal: end.signal, passive });

	listen(
		'wheel',
		(event) => {
			const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
			const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
			if (event.ctrlKey || event.metaKey) {
				view.zoom(1.01 ** (event.deltaY * unit), view.partAt(event.offsetX));
			} else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
				view.pan((sideways * unit) / view.timeWidth);
			} else if (document.activeElement === canvas) {
				view.zoom(1.0025 ** (event.deltaY * unit), view.partAt(event.offsetX));
			} else {
				return;
			}
			event.preventDefault();
		},
		false,
	);

	listen('pointerdown', (event) => {
		if (event.button !== 0) return;
		if (fingers.size === 0) dragged = false;
		fingers.set(event.pointerId, {
			x: event.offsetX,
			y: event.offsetY,
			startX: event.offsetX,
			startY: event.offsetY,
		});
		canvas.setPointerCapture(event.pointerId);
	});

	listen('pointermove', (event) => {
		const finger = fingers.get(event.pointerId);
		if (finger === undefined) {
			if (event.pointerType === 'mouse') {
				const item = view.itemAt(event.offsetX, event.offsetY, REACH.mouse);
				canvas.style.cursor = item === undefined ? '' : 'pointer';
				view.hover(item, event.offsetX, event.offsetY);
			}
			return;
		}
		const x = event.offsetX;
		dragged ||= Math.hypot(x - finger.startX, event.offsetY - finger.startY) > CLICK;
		if (dragged) {
			canvas.style.cursor = 'grabbing';
			const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
			if (other === undefined) {
				if (x !== finger.x) view.pan((finger.x - x) / view.timeWidth);
			} else {
				const before = Math.max(20, Math.abs(finger.x - other.x));
				const after = Math.max(20, Math.abs(x - other.x));
				view.zoom(before / after, view.partAt((x + other.x) / 2));
			}
			view.hover(undefined, 0, 0);
		}
		finger.x = x;
		finger.y = event.offsetY;
	});

	const lift = (event: PointerEvent) => {
		const finger = fingers.get(event.pointerId);
		if (finger === undefined) return;
		fingers.delete(event.pointerId);
		canvas.style.cursor = '';
		if (dragged || event.type === 'pointercancel') return;
		const reach = event.pointerType === 'mouse' ? REACH.mouse : REACH.touch;
		view.select(view.itemAt(finger.x, finger.y, reach));
	};
	listen('pointerup', lift);
	listen('pointercancel', lift);
	listen('pointerleave', () => view.hover(undefined, 0, 0));
	listen('dblclick', (event) => {
		const item = view.itemAt(event.offsetX, event.offsetY, REACH.mouse);
		if (item !== undefined) view.focusOn(item);
	});
	return () => end.abort();
}
