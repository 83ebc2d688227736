import type { ServerResponse } from 'node:http';
import type { TextStream } from '../../../admin/admin-messages.ts';

/** Milliseconds between two comments that keep the connection alive. */
const HEARTBEAT = 15_000;
/** Bytes that may wait for a client; beyond that it is cut off, and reconnects for what it missed. */
const MOST_WAITING = 1024 * 1024;

/**
 * Sends a stream until the client goes away, is too slow, or `cut` is called. The head has been written.
 *
 * @param cut gets a function that ends the stream, for as long as it runs
 */
export function sendStream(response: ServerResponse, stream: TextStream, cut: Set<() => void>): void {
	response.socket?.setNoDelay(true);
	const end = (): void => {
		response.end();
	};
	const close = stream.open((text) => {
		if (response.writableEnded || response.destroyed) return;
		response.write(text);
		if (response.writableLength > MOST_WAITING) response.destroy();
	});
	const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT);
	heartbeat.unref();
	cut.add(end);
	const closed = (): void => {
		clearInterval(heartbeat);
		cut.delete(end);
		close();
	};
	if (response.closed) closed();
	else response.once('close', closed);
}
