/** Where the focus goes when what had it is gone: the closest of these around it. */
const PLACES = '[data-panel], dialog, main';

/** When the focused element is removed, or cannot be used any longer, the keyboard goes on close to it and not at the top. */
export function keepFocus(page: HTMLElement): void {
	/** The focused element, and what is around it. */
	let path: HTMLElement[] = [];
	page.addEventListener('focusin', (event) => {
		path = event.composedPath().filter((one) => one instanceof HTMLElement);
	});
	// Whoever points elsewhere means it.
	const forget = (): void => {
		path = [];
	};
	addEventListener('pointerdown', forget, true);
	new MutationObserver(() => {
		const [last] = path;
		const { activeElement, body } = document;
		if (last === undefined || (activeElement !== body && activeElement !== last)) return;
		if (last.isConnected && !last.matches(':disabled')) return;
		const place = path.find((one) => one.isConnected && one.matches(PLACES)) ?? document.getElementById('panels');
		path = [];
		if (place === null) return;
		place.tabIndex = -1;
		place.focus({ preventScroll: true });
	}).observe(page, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}
