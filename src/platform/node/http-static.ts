import type { IncomingMessage, ServerResponse } from 'node:http';
import send from 'send';
import { sendError } from './http-error.ts';

/**
 * Sends a file that routing has allowed: GET and HEAD, ranges, ETag and Last-Modified.
 *
 * @param root absolute and real
 * @param path below the root, real, text
 */
export function sendStatic(request: IncomingMessage, response: ServerResponse, root: string, path: string): void {
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		sendError(response, 405, ['Allow', 'GET, HEAD']);
		return;
	}
	// Routing decided about dot files; only /.well-known gets here, everything else is checked a second time.
	const dotfiles = path.startsWith('/.well-known/') ? 'allow' : 'deny';
	const encoded = path.split('/').map(encodeURIComponent).join('/');
	send(request, encoded, { root, dotfiles, index: false, cacheControl: false })
		.on('error', (error: { status?: number; headers?: Record<string, string> }) => {
			sendError(response, error.status ?? 500, Object.entries(error.headers ?? {}).flat());
		})
		// It was a file a moment ago.
		.on('directory', () => sendError(response, 404))
		.pipe(response);
}
