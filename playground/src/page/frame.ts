import { signal } from '@preact/signals';

/** How long a page of the app may take to unload, milliseconds: it may be busy. */
const LEAVES = 500;

/** The frame has shown a page of the app. */
export const isShown = signal(false);
/** The frame has no page, and waits for one. */
export const isBlank = signal(true);

let element: HTMLIFrameElement | null = null;

/** Says which frame shows the app. */
export function setFrame(frame: HTMLIFrameElement | null): void {
	element = frame;
}

/** Loads a page, without an entry in the tab's history: the back button belongs to the playground. */
export function showInFrame(url: string): void {
	element?.contentWindow?.location.replace(url);
}

/** Whether the frame has nothing yet of the page that it loads; a slow page counts once it has begun. */
export function isEmptyFrame(): boolean {
	try {
		return element?.contentWindow?.location.href === 'about:blank';
	} catch {
		// Another origin's, which we may not see.
		return false;
	}
}

/** Unloads the app's page, so that it requests nothing from an app that ends. Resolves when it is gone. */
export function emptyFrame(): Promise<void> {
	return new Promise((resolve) => {
		if (element === null) return resolve();
		element.addEventListener('load', () => resolve(), { once: true });
		setTimeout(resolve, LEAVES);
		isBlank.value = true;
		showInFrame('about:blank');
	});
}

/** The path and query that the frame shows, as the app sees them; undefined when it shows no page of the app. */
export function pathInFrame(root: string): string | undefined {
	try {
		const { pathname, search } = element?.contentWindow?.location ?? { pathname: '', search: '' };
		const base = new URL(root).pathname;
		return pathname.startsWith(base) ? `/${pathname.slice(base.length)}${search}` : undefined;
	} catch {
		// It has navigated to another origin, whose URL we may not see.
		return undefined;
	}
}
