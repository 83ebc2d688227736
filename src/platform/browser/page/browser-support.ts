/** Why PHP cannot run, or not be seen, on this page. */
export type Unsupported = {
	readonly state: 'unsupported';
	/** For programs; the message is for people. */
	readonly reason: 'no-jspi' | 'insecure' | 'no-service-worker' | 'not-isolated';
	/** What is missing, and what to do: one or two sentences. */
	readonly message: string;
};

/** What the browser lacks that no header and no reload can fix; undefined = nothing. */
export function missingInBrowser(): Unsupported | undefined {
	if (!('Suspending' in WebAssembly)) {
		return unsupported(
			'no-jspi',
			'This browser cannot run PHP, because its WebAssembly cannot wait (JSPI is missing). ' +
				'Use Chrome or Edge from 137, Firefox from 153, or Safari from 27.',
		);
	}
	if (!isSecureContext) {
		return unsupported(
			'insecure',
			'This page came over plain http, where browsers offer no shared memory. Open it with https://, or on localhost.',
		);
	}
	return undefined;
}

/** What this page or worker lacks for PHP threads: a sentence with what to do, or undefined. */
export function missingForThreads(): string | undefined {
	const missing = missingInBrowser();
	if (missing !== undefined) return missing.message;
	if (crossOriginIsolated && typeof SharedArrayBuffer === 'function') return undefined;
	return (
		'PHP threads need shared memory, which this page may not use. Call prepareIsolation() first, or serve the page with ' +
		'the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.'
	);
}

/** An `Unsupported` with this message. */
export function unsupported(reason: Unsupported['reason'], message: string): Unsupported {
	return { state: 'unsupported', reason, message };
}
