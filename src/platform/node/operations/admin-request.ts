import type { IncomingMessage } from 'node:http';
import { AdminError, type AdminRequest } from '../../../admin/admin-messages.ts';

/** Bytes of a body, more than any Caddyfile has. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * A request of node:http as the admin API sees it.
 *
 * @returns `abandon` cuts the connection while the body is still coming
 */
export function adminRequest(request: IncomingMessage): { admin: AdminRequest; abandon: () => void } {
	return {
		admin: {
			method: request.method ?? 'GET',
			target: request.url ?? '/',
			header: (name) => request.headersDistinct[name]?.join(', '),
			body: () => readBody(request),
		},
		abandon: () => {
			if (!request.complete) request.destroy();
		},
	};
}

async function readBody(request: IncomingMessage): Promise<string> {
	if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
	const chunks: Uint8Array[] = [];
	let size = 0;
	try {
		// Reading without the iterator's own end: it would destroy the socket before the refusal is sent.
		for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
			size += chunk.byteLength;
			if (size > MOST_BYTES) throw tooLarge();
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof AdminError) throw error;
		throw new AdminError(400, `reading request body: ${error instanceof Error ? error.message : error}`);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
	} catch {
		throw new AdminError(400, 'the body is not UTF-8');
	}
}

function tooLarge(): AdminError {
	return new AdminError(413, `the body is larger than ${MOST_BYTES} bytes`);
}
