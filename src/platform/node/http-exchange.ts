import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PhpExchange, PhpFailure, ResponseSink } from '../../http/php-gateway.ts';
import { completeHeaders, prepareHeaders } from '../../http/response-headers.ts';
import type { Logger } from '../../log/logger.ts';
import { sendError } from './http-error.ts';
import { type BodyFeed, feedBody } from './http-request-body.ts';

/**
 * One request that PHP answers: carries the response from the gateway to the client, and the client's slowness and
 * departure back to the gateway. One object and one listener per request; everything else is created on demand.
 */
export class HttpExchange implements ResponseSink {
	readonly #request: IncomingMessage;
	readonly #response: ServerResponse;
	readonly #log: Logger;
	#php: PhpExchange | undefined;
	#body: BodyFeed | undefined;
	/** Nothing more will come from PHP, or nobody is there to get it. */
	#over = false;
	#listensForDrain = false;

	constructor(request: IncomingMessage, response: ServerResponse, log: Logger) {
		this.#request = request;
		this.#response = response;
		this.#log = log;
	}

	/** Connects the gateway's side; right after `submit()` returned. */
	attach(php: PhpExchange): void {
		this.#php = php;
	}

	/** The response is closed: sent, or the client has gone before. */
	closed(): void {
		if (this.#over) return;
		this.#over = true;
		this.#body?.abort();
		this.#php?.abort();
	}

	informational(status: number, headers: readonly string[]): void {
		if (this.#over || this.#response.headersSent || status !== 103) return;
		const hints: Record<string, string[]> = {};
		for (let at = 0; at + 1 < headers.length; at += 2) {
			const name = headers[at]!.toLowerCase();
			hints[name] = [...(hints[name] ?? []), headers[at + 1]!];
		}
		try {
			this.#response.writeEarlyHints(hints as Record<string, string[]> & { link: string[] });
		} catch (error) {
			this.#log.debug('Early hints were not sent: a Link header is malformed', { error: String(error) });
		}
	}

	head(status: number, reason: string | undefined, headers: string[]): void {
		if (this.#over || this.#response.destroyed) return;
		prepareHeaders(headers);
		if (!this.#writeHead(status, reason, headers)) return;
		// Later, so that head and first chunk share a packet; but soon, because a script may flush and then think.
		process.nextTick(flushHead, this.#response);
	}

	complete(status: number, reason: string | undefined, headers: string[], body: string): void {
		if (this.#over) return;
		this.#finish();
		if (this.#response.destroyed) return;
		completeHeaders(this.#request.method, status, headers, body.length);
		if (this.#writeHead(status, reason, headers)) this.#response.end(body, 'latin1');
	}

	write(chunk: Uint8Array): boolean {
		const response = this.#response;
		if (this.#over || response.destroyed) return true;
		if (response.write(chunk)) return true;
		if (!this.#listensForDrain) {
			this.#listensForDrain = true;
			response.on('drain', () => {
				if (!this.#over) this.#php?.drained();
			});
		}
		return false;
	}

	end(): void {
		if (this.#over) return;
		this.#finish();
		if (!this.#response.destroyed) this.#response.end();
	}

	fail(failure: PhpFailure): void {
		if (this.#over) return;
		this.#finish();
		this.#log.error(failure.message, { code: failure.code, method: this.#request.method, uri: this.#request.url });
		const { retryAfter } = failure;
		sendError(this.#response, failure.status, retryAfter === undefined ? [] : ['Retry-After', String(retryAfter)]);
	}

	wantBody(): void {
		if (this.#over || this.#php === undefined) return;
		if (this.#body === undefined) this.#body = feedBody(this.#request, this.#php);
		else this.#body.more();
	}

	/** What is left of the body is read and thrown away, or the connection could not be used again. */
	#finish(): void {
		this.#over = true;
		this.#body?.stop();
	}

	#writeHead(status: number, reason: string | undefined, headers: string[]): boolean {
		try {
			if (reason === undefined) this.#response.writeHead(status, headers);
			else this.#response.writeHead(status, reason, headers);
			return true;
		} catch (error) {
			// A control character in a header, a status like 1000: the script's mistake, and nothing was sent yet.
			const wasOver = this.#over;
			this.#finish();
			this.#log.error('PHP sent a response head that HTTP does not allow; the client got a 500', {
				error: String(error),
				uri: this.#request.url,
			});
			sendError(this.#response, 500);
			if (!wasOver) this.#php?.abort();
			return false;
		}
	}
}

function flushHead(response: ServerResponse): void {
	if (!response.destroyed) response.flushHeaders();
}
