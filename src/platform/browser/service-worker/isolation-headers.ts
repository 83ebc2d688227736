/**
 * With these a document may share memory with its workers, and be a frame of one that does. `credentialless` lets it load
 * pictures and scripts of other sites, without cookies; not every browser knows it (Safari does not).
 */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
	['Cross-Origin-Opener-Policy', 'same-origin'],
	['Cross-Origin-Embedder-Policy', knowsCredentialless() ? 'credentialless' : 'require-corp'],
	['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** There is no feature to look at in a service worker, so the name has to do. */
function knowsCredentialless(): boolean {
	return /(?:Chrome|Firefox)\//.test(navigator.userAgent);
}

/** Adds the headers; the ones that are there already stay as they are. */
export function setIsolation(headers: Headers): void {
	for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
}

/** The same response with the headers. A response that nobody can read into (a redirect, an error) goes back as it is. */
export function isolated(response: Response): Response {
	if (response.status === 0) return response;
	if (HEADERS.every(([name]) => response.headers.has(name))) return response;
	const headers = new Headers(response.headers);
	setIsolation(headers);
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
