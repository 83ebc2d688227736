/**
 * What this browser, or the way in which the page was served, lacks: one sentence with what to do, or undefined.
 * In a page or in a worker.
 */
export function missingFeature(): string | undefined {
	if (!('Suspending' in WebAssembly)) {
		return 'This browser cannot run PHP: its WebAssembly has no JavaScript Promise Integration (JSPI). Use Chrome or Edge 137, Firefox 153, Safari 27, or a later version.';
	}
	if (!('locks' in navigator)) {
		return 'PHP threads need a secure context; open the page by https:// or on localhost.';
	}
	if (!crossOriginIsolated || typeof SharedArrayBuffer === 'undefined') {
		return 'PHP threads need shared memory, and this page may not use it; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or let its service worker add them.';
	}
	return undefined;
}
