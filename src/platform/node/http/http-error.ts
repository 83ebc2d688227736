import { STATUS_CODES } from 'node:http';
import { statusHasBody } from '../../../http/response-headers.ts';
import type { HttpResponse } from './http-messages.ts';
import { clearHeaders, cutOff, isGone, writeHead } from './http-response.ts';

/**
 * Ends a response with an error page of one line; when a head was sent already, by cutting the connection, because
 * that is the only way left to tell the client. The log has the details, the client never does.
 */
export function sendError(response: HttpResponse, status: number, headers: readonly string[] = []): void {
	if (isGone(response)) return;
	if (response.headersSent) {
		cutOff(response);
		return;
	}
	clearHeaders(response);
	if (status < 200 || !statusHasBody(status)) {
		writeHead(response, Math.max(status, 200), undefined, headers);
		response.end();
		return;
	}
	const body = `${status} ${STATUS_CODES[status] ?? 'Error'}\n`;
	writeHead(response, status, undefined, [
		...headers,
		'Content-Type',
		'text/plain; charset=utf-8',
		'X-Content-Type-Options',
		'nosniff',
		'Content-Length',
		String(body.length),
	]);
	response.end(body, 'latin1');
}
