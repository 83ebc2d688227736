import { isNamed } from './request-headers.ts';

/** Whether a response with this status has a body at all (RFC 9110, 6.4.1). */
export function statusHasBody(status: number): boolean {
	return status >= 200 && status !== 204 && status !== 304;
}

/**
 * Makes the headers of a PHP response fit for the wire, in place: the framing of the message is the server's business,
 * so a Transfer-Encoding from the script is dropped.
 *
 * @returns whether the script announced a Content-Length
 */
export function prepareHeaders(headers: string[]): boolean {
	let announced = false;
	for (let at = 0; at < headers.length; at += 2) {
		const name = headers[at]!;
		if (name.length === 14 && isNamed(name, 'content-length')) announced = true;
		else if (name.length === 17 && isNamed(name, 'transfer-encoding')) {
			headers.splice(at, 2);
			at -= 2;
		}
	}
	return announced;
}

/** Like `prepareHeaders`, for a response whose whole body is known: adds the Content-Length if the script did not. */
export function completeHeaders(method: string | undefined, status: number, headers: string[], length: number): void {
	const announced = prepareHeaders(headers);
	if (announced || !statusHasBody(status)) return;
	// PHP throws away the output of a HEAD request: 0 would be a lie about the GET.
	if (length === 0 && method === 'HEAD') return;
	headers.push('Content-Length', String(length));
}
