/** With these a document may share memory with its workers, and be a frame of one that does. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
	['Cross-Origin-Opener-Policy', 'same-origin'],
	['Cross-Origin-Embedder-Policy', 'require-corp'],
	['Cross-Origin-Resource-Policy', 'same-origin'],
];

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
