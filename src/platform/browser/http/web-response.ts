import { statusHasBody, webStatus } from '../../../http/response-headers.ts';

const REASONS: Readonly<Record<number, string>> = {
	400: 'Bad Request',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	413: 'Content Too Large',
	431: 'Request Header Fields Too Large',
	500: 'Internal Server Error',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

/**
 * A web response. Its headers keep Set-Cookie, which a `Response` of the browser would drop.
 *
 * @param headers flat, byte strings
 * @throws TypeError when PHP sent a head that HTTP does not allow
 */
export function webResponse(
	body: BodyInit | null,
	status: number,
	reason: string | undefined,
	headers: readonly string[],
): Response {
	const fields = new Headers();
	for (let at = 0; at + 1 < headers.length; at += 2) fields.append(headers[at] as string, headers[at + 1] as string);
	const init = { status: webStatus(status), statusText: reason ?? '' };
	const response = new Response(statusHasBody(status) ? body : null, init);
	Object.defineProperty(response, 'headers', { value: fields });
	return response;
}

/** An error page of one line. The log has the details, the client never does. */
export function errorResponse(status: number, headers: readonly string[] = []): Response {
	const body = `${status} ${REASONS[status] ?? 'Error'}\n`;
	const fields = ['Content-Type', 'text/plain; charset=utf-8', 'X-Content-Type-Options', 'nosniff'];
	return webResponse(body, status, REASONS[status], [...headers, ...fields, 'Content-Length', String(body.length)]);
}
