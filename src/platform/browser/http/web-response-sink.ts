import { byteStrings } from '../../../bytes/byte-strings.ts';
import type { PhpExchange, PhpFailure } from '../../../http/php-port.ts';
import { type FramedResponse, ResponseFraming } from '../../../http/response-framing.ts';
import type { Logger } from '../../../log/logger.ts';
import type { CallerSink } from '../../../site/request/php-caller.ts';
import { BodyFeed } from './body-feed.ts';
import type { WireRequest } from './web-request.ts';
import { errorResponse, webResponse } from './web-response.ts';

/** Body bytes that may lie in the response's stream before PHP has to wait. */
const BUFFER = 64 * 1024;

const TOO_SHORT = 'The response broke off: it is shorter than its Content-Length.';

/** One request that PHP answers, with a web `Response`. */
export class WebResponseSink implements CallerSink {
	/** Resolves with the head; the body streams. Rejects when the request was aborted before. */
	readonly response: Promise<Response>;
	/** Resolves when nothing more will come. */
	readonly finished: Promise<void>;
	readonly #request: WireRequest;
	readonly #log: Logger;
	readonly #framing: ResponseFraming;
	readonly #answer = Promise.withResolvers<Response>();
	readonly #end = Promise.withResolvers<void>();
	#php: PhpExchange | undefined;
	#feed: BodyFeed | undefined;
	#stream: ReadableStreamDefaultController<Uint8Array> | undefined;
	#isOver = false;

	constructor(request: WireRequest, log: Logger) {
		this.#request = request;
		this.#log = log;
		this.#framing = new ResponseFraming(request.method, request.url.pathname + request.url.search, log);
		this.response = this.#answer.promise;
		this.finished = this.#end.promise;
	}

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
		const head = this.#framing.begin(status, reason, headers);
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
		this.#respond(this.#request.method === 'HEAD' ? null : body, head);
	}

	complete(status: number, reason: string | undefined, headers: string[], body: string): void {
		if (this.#isOver) return;
		const framed = this.#framing.whole(status, reason, headers, body);
		const bytes = new Uint8Array(framed.body.length);
		byteStrings.write(bytes, framed.body, 0);
		const content = framed.isShort ? brokenOff(bytes) : bytes;
		this.#respond(this.#request.method === 'HEAD' ? null : content, framed);
		this.#finish();
	}

	write(chunk: Uint8Array): boolean {
		if (this.#isOver || this.#stream === undefined) return true;
		const taken = this.#framing.take(chunk);
		if (taken.byteLength > 0) this.#stream.enqueue(taken);
		return (this.#stream.desiredSize ?? 0) > 0;
	}

	end(): void {
		if (this.#isOver) return;
		this.#finish();
		if (this.#framing.end()) this.#stream?.close();
		else this.#stream?.error(new TypeError(TOO_SHORT));
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

	#respond(body: BodyInit | null, { status, reason, headers }: FramedResponse): void {
		try {
			this.#answer.resolve(webResponse(body, status, reason, headers));
		} catch (error) {
			this.#log.error('The head of a response could not be sent; the client got a 500', {
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

/** A body that ends too early. */
function brokenOff(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
	let isRead = false;
	return new ReadableStream({
		pull(controller) {
			if (isRead || bytes.byteLength === 0) controller.error(new TypeError(TOO_SHORT));
			else controller.enqueue(bytes);
			isRead = true;
		},
	});
}
