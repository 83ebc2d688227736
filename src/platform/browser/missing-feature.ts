import { missingInBrowser } from './page/browser-support.ts';

/** What this page or worker lacks for PHP threads: a sentence with what to do, or undefined. */
export function missingFeature(): string | undefined {
	const missing = missingInBrowser();
	if (missing !== undefined) return missing.message;
	if (crossOriginIsolated && typeof SharedArrayBuffer === 'function') return undefined;
	return (
		'PHP threads need shared memory, which this page may not use. Call prepareIsolation() first, or serve the page with ' +
		'the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.'
	);
}
