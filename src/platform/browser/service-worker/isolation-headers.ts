/**
 * With these a document may share memory with its workers, and be a frame of one that does. `credentialless` lets it load
 * pictures and scripts of other sites, without cookies; not every browser knows it (Safari does not).
 */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
	['Cross-Origin-Opener-Policy', 'same-origin'],
	['Cross-Origin-Embedder-Policy', knowsCredentialless() ? 'credentialless' : 'require-corp'],
	['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** A service worker has no feature to detect this by, so the name has to do. */
function knowsCredentialless(): boolean {
	return /(?:Chrome|Firefox)\//.test(navigator.userAgent);
}

/** Adds the headers; existing ones stay as they are. */
export function setIsolation(headers: Headers): void {
	for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
}

/** The same response with the headers. An opaque response (a redirect, an error) is returned as it is. */
export function isolated(response: Response): Response {
	if (response.status === 0) return response;
	if (HEADERS.every(([name]) => response.headers.has(name))) return response;
	const headers = new Headers(response.headers);
	setIsolation(headers);
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
