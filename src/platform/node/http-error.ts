import { type ServerResponse, STATUS_CODES } from 'node:http';

/**
 * Ends a response with an error page of one line; when a head was sent already, by cutting the connection, because
 * that is the only way left to tell the client. The log has the details, the client never does.
 */
export function sendError(response: ServerResponse, status: number, headers: readonly string[] = []): void {
	if (response.destroyed) return;
	if (response.headersSent) {
		response.destroy();
		return;
	}
	for (const name of response.getHeaderNames()) response.removeHeader(name);
	const body = `${status} ${STATUS_CODES[status] ?? 'Error'}\n`;
	response.writeHead(status, [
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
