import type { PhpExchange, PhpFailure, ResponseSink } from '../../../http/php-gateway.ts';
import { completeHeaders, prepareHeaders } from '../../../http/response-headers.ts';
import type { Logger } from '../../../log/logger.ts';
import { byteStrings } from '../threads/byte-strings.ts';
import { BodyFeed } from './body-feed.ts';
import type { WireRequest } from './web-request.ts';
import { errorResponse, webResponse } from './web-response.ts';

/** Body bytes that may lie in the response's stream before PHP has to wait. */
const BUFFER = 64 * 1024;

/** One request that PHP answers, with a web `Response`. */
export class WebExchange implements ResponseSink {
	/** Resolves with the head; the body streams. Rejects when the request was aborted before. */
	readonly response: Promise<Response>;
	/** Resolves when nothing more will come. */
	readonly finished: Promise<void>;
	readonly #request: WireRequest;
	readonly #log: Logger;
	readonly #answer = Promise.withResolvers<Response>();
	readonly #end = Promise.withResolvers<void>();
	#php: PhpExchange | undefined;
	#feed: BodyFeed | undefined;
	#stream: ReadableStreamDefaultController<Uint8Array> | undefined;
	#isOver = false;

	constructor(request: WireRequest, log: Logger) {
		this.#request = request;
		this.#log = log;
		this.response = this.#answer.promise;
		this.finished = this.#end.promise;
	}

	/** Connects the gateway's side; right after `submit()` returned. */
	attach(php: PhpExchange): void {
		this.#php = php;
		const { signal } = this.#request;
		const onAbort = (): void => this.#abort(signal.reason);
		if (signal.aborted) onAbort();
		else {
			signal.addEventListener('abort', onAbort, { once: true });
			void this.finished.then(() => signal.removeEventListener('abort', onAbort));
		}
	}

	/** A web `Response` has no place for early hints. */
	informational(): void {}

	head(status: number, reason: string | undefined, headers: string[]): void {
		if (this.#isOver) return;
		prepareHeaders(headers);
		const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
			{
				start: (controller) => {
					this.#stream = controller;
				},
				pull: () => this.#php?.drained(),
				cancel: (reason) => this.#abort(reason),
			},
			new ByteLengthQueuingStrategy({ highWaterMark: BUFFER }),
		);
		this.#respond(this.#request.method === 'HEAD' ? null : body, status, reason, headers);
	}

	complete(status: number, reason: string | undefined, headers: string[], body: string): void {
		if (this.#isOver) return;
		const { method } = this.#request;
		completeHeaders(method, status, headers, body.length);
		const bytes = new Uint8Array(body.length);
		byteStrings.write(bytes, body, 0);
		this.#respond(method === 'HEAD' ? null : bytes, status, reason, headers);
		this.#finish();
	}

	write(chunk: Uint8Array): boolean {
		if (this.#isOver || this.#stream === undefined) return true;
		this.#stream.enqueue(chunk);
		return (this.#stream.desiredSize ?? 0) > 0;
	}

	end(): void {
		if (this.#isOver) return;
		this.#finish();
		this.#stream?.close();
	}

	fail(failure: PhpFailure): void {
		if (this.#isOver) return;
		const { status, code, message, retryAfter } = failure;
		const { method, url } = this.#request;
		this.#log.error(message, { code, method, uri: url.pathname + url.search });
		this.#finish();
		if (this.#stream === undefined) {
			this.#answer.resolve(
				errorResponse(status, retryAfter === undefined ? [] : ['Retry-After', String(Math.ceil(retryAfter))]),
			);
		} else this.#stream.error(new TypeError('The response broke off: PHP could not finish it.'));
	}

	wantBody(): void {
		const { body } = this.#request;
		if (this.#isOver || this.#php === undefined) return;
		if (body === undefined) {
			this.#php.endBody();
			return;
		}
		this.#feed ??= new BodyFeed(body, this.#php);
		this.#feed.more();
	}

	#respond(body: BodyInit | null, status: number, reason: string | undefined, headers: string[]): void {
		try {
			this.#answer.resolve(webResponse(body, status, reason, headers));
		} catch (error) {
			this.#log.error('PHP sent a response head that HTTP does not allow; the client got a 500', {
				error: String(error),
				uri: this.#request.url.pathname,
			});
			this.#answer.resolve(errorResponse(500));
			this.#php?.abort();
			this.#finish();
		}
	}

	#abort(reason: unknown): void {
		if (this.#isOver) return;
		this.#finish();
		this.#php?.abort();
		this.#answer.reject(reason);
		// Its reader may be the one who lost interest.
		try {
			this.#stream?.error(reason);
		} catch {}
	}

	#finish(): void {
		this.#isOver = true;
		this.#feed?.stop();
		this.#end.resolve();
	}
}
