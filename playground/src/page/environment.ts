/** Why PHP cannot run here, and what the visitor can do about it. */
export type Obstacle = { readonly what: string; readonly remedy: string };

/** The facts of a browser that decide. */
export type BrowserFacts = {
	readonly secure: boolean;
	readonly serviceWorker: boolean;
	readonly isolated: boolean;
	readonly sharedMemory: boolean;
	/** WebAssembly's JavaScript Promise Integration. */
	readonly jspi: boolean;
};

/** Those of this page. */
export function browserFacts(): BrowserFacts {
	return {
		secure: isSecureContext,
		serviceWorker: 'serviceWorker' in navigator,
		isolated: crossOriginIsolated,
		sharedMemory: typeof SharedArrayBuffer === 'function',
		jspi: typeof WebAssembly === 'object' && 'Suspending' in WebAssembly,
	};
}

/** What no reload can mend; undefined = go on. */
export function obstacleBefore(facts: BrowserFacts): Obstacle | undefined {
	if (!facts.jspi) {
		return {
			what: 'This browser cannot run PHP: it has no WebAssembly with JSPI yet.',
			remedy: 'Open the page in Chrome or Edge 137, Firefox 153, Safari 27, or a newer one.',
		};
	}
	if (!facts.secure) {
		return {
			what: 'PHP cannot run here: the page came over plain HTTP, where browsers allow no service workers.',
			remedy: 'Open it with https://, or from localhost.',
		};
	}
	if (!facts.serviceWorker) {
		return {
			what: 'PHP cannot run here: the browser allows this page no service worker, which brings requests to PHP.',
			remedy: 'Private windows are the usual reason; open the page in a normal window.',
		};
	}
	return undefined;
}

/** What is still missing once the service worker is there. */
export function obstacleAfter(facts: BrowserFacts): Obstacle | undefined {
	if (!facts.isolated) {
		return {
			what: 'PHP cannot run here: the page is not isolated from others, so its threads may share no memory.',
			remedy: 'Reload without holding Shift; if this page is shown inside another one, open it in a tab of its own.',
		};
	}
	if (!facts.sharedMemory) {
		return {
			what: 'PHP cannot run here: the browser has shared memory switched off, and PHP threads need it.',
			remedy: 'Switch it on in the browser’s settings, or open the page in another browser.',
		};
	}
	return undefined;
}

/** When the service worker cannot be installed. */
export function obstacleOfWorker(reason: string): Obstacle {
	return {
		what: `PHP cannot run here: the service worker, which brings requests to PHP, was not installed (${reason}).`,
		remedy: 'Private windows and blocked site data are the usual reasons; allow site data, and reload.',
	};
}
