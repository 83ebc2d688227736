import type { IncomingMessage } from 'node:http';
import type { PhpExchange } from '../../http/php-gateway.ts';

/** The flow of one request body into PHP. */
export interface BodyFeed {
	/** PHP has room again. */
	more(): void;
	/** The client has gone; tells PHP, unless it has the whole body. */
	abort(): void;
	/** PHP will read no more: the rest is thrown away as it comes in. */
	stop(): void;
}

/**
 * Starts to feed a request's body to PHP, as fast as PHP takes it: when `pushBody` says stop, the stream is paused, so
 * the socket is not read, so the client waits.
 */
export function feedBody(request: IncomingMessage, php: PhpExchange): BodyFeed {
	let over = false;
	const onData = (chunk: Uint8Array): void => {
		if (!php.pushBody(chunk)) request.pause();
	};
	const onEnd = (): void => {
		if (over) return;
		over = true;
		php.endBody();
	};
	const onGone = (): void => {
		if (over) return;
		over = true;
		php.abortBody();
	};
	if (request.destroyed) onGone();
	else request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
	return {
		abort: onGone,
		more: () => {
			if (!over) request.resume();
		},
		stop: () => {
			over = true;
			request.off('data', onData);
			request.resume();
		},
	};
}
