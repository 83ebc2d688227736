import type { PhpExchange } from '../../../http/php-port.ts';
import type { HttpRequest } from './http-messages.ts';

/** The flow of one request body into PHP. */
export interface BodyFeed {
	/** PHP has room again. */
	more(): void;
	/** The client has gone; tells PHP, unless it has the whole body. */
	abort(): void;
	/** PHP will read no more: the rest is thrown away as it comes in. */
	stop(): void;
}

/** What a body may be. */
export interface BodyRules {
	/** Bytes. */
	readonly limit: number;
	/** How long PHP waits for the next piece, in milliseconds; 0 = as long as it takes. */
	readonly timeout: number;
	/** The body is too large (413) or too slow (408). It has been stopped, and PHP knows nothing of it yet. */
	readonly refuse: (status: 408 | 413) => void;
}

/**
 * Starts to feed a request's body to PHP, as fast as PHP takes it: when `pushBody` says stop, the stream is paused, so
 * the socket is not read, so the client waits.
 */
export function feedBody(request: HttpRequest, php: PhpExchange, { limit, timeout, refuse }: BodyRules): BodyFeed {
	let over = false;
	let received = 0;
	let waiting = true;
	const finish = (): void => {
		over = true;
		clearTimeout(timer);
	};
	const stop = (): void => {
		finish();
		request.off('data', onData);
		request.resume();
	};
	const onData = (chunk: Uint8Array): void => {
		received += chunk.byteLength;
		if (received > limit) {
			stop();
			refuse(413);
			return;
		}
		timer?.refresh();
		if (!php.pushBody(chunk)) {
			waiting = false;
			request.pause();
		}
	};
	const onEnd = (): void => {
		if (over) return;
		finish();
		php.endBody();
	};
	const onGone = (): void => {
		if (over) return;
		finish();
		php.abortBody();
	};
	const onTimeout = (): void => {
		// While PHP is busy with what it has, the client is not to blame.
		if (over || !waiting) return;
		stop();
		refuse(408);
	};
	const timer = timeout > 0 ? setTimeout(onTimeout, timeout) : undefined;
	if (request.destroyed) onGone();
	else request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
	return {
		abort: onGone,
		more: () => {
			if (over) return;
			waiting = true;
			timer?.refresh();
			request.resume();
		},
		stop,
	};
}
