/** Why PHP cannot run, or not be seen, on this page. */
export type Unsupported = {
	readonly state: 'unsupported';
	/** For programs; the message is for people. */
	readonly reason: 'no-jspi' | 'insecure' | 'no-service-worker' | 'not-isolated';
	/** What is missing, and what to do: one or two sentences. */
	readonly message: string;
};

/** What no header and no reload can change; undefined when nothing of that is missing. */
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

/** An `Unsupported` with this message. */
export function unsupported(reason: Unsupported['reason'], message: string): Unsupported {
	return { state: 'unsupported', reason, message };
}
