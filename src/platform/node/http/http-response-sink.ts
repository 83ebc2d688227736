import type { ServerResponse } from 'node:http';
import type { PhpExchange, PhpFailure } from '../../../http/php-port.ts';
import { type FramedResponse, ResponseFraming } from '../../../http/response-framing.ts';
import { sendfileHeader, withEarlyHeaders } from '../../../http/response-headers.ts';
import type { CallerSink, SinkParts } from '../../../site/request/php-caller.ts';
import type { HttpCaller, HttpResponse } from './http-messages.ts';
import { type BodyFeed, feedBody } from './http-request-body.ts';
import { breakOff, endUpload, flushHead, isGone, writeHead } from './http-response.ts';
import { sendPhpFile } from './php-file-sender.ts';

/**
 * One request that PHP answers: carries the response from the gateway to the client, and the client's slowness and
 * departure back to the gateway. One object per request; everything else is created on demand.
 */
export class HttpResponseSink implements CallerSink {
	readonly #site: HttpCaller;
	readonly #parts: SinkParts;
	readonly #framing: ResponseFraming;
	#php: PhpExchange | undefined;
	#body: BodyFeed | undefined;
	/** Nothing more will come from PHP, or nobody is there to get it. */
	#over = false;
	/** A file is sent in place of what PHP prints. */
	#diverted = false;
	#listensForDrain = false;

	constructor(site: HttpCaller, parts: SinkParts) {
		this.#site = site;
		this.#parts = parts;
		this.#framing = new ResponseFraming(site.method, site.target, parts.log);
	}

	attach(php: PhpExchange): void {
		this.#php = php;
	}

	/** The response is closed: sent, or the client has gone before. */
	closed(): void {
		if (this.#over) return;
		this.#over = true;
		this.#body?.abort();
		// A script whose client has the whole file may go on; its output goes nowhere.
		if (!this.#diverted || !this.#site.response.writableFinished) this.#php?.abort();
	}

	informational(status: number, headers: string[]): void {
		const { request, response } = this.#site;
		if (this.#over || response.headersSent || isGone(response) || status !== 103) return;
		// It knows no 1xx, and would take them for the answer.
		if (request.httpVersion === '1.0') return;
		// Scripts choose the names: one may be `constructor`.
		const hints: Record<string, string[]> = Object.create(null);
		this.#framing.informational(headers);
		for (let at = 0; at + 1 < headers.length; at += 2) {
			const name = headers[at]!.toLowerCase();
			hints[name] = [...(hints[name] ?? []), headers[at + 1]!];
		}
		try {
			(response as ServerResponse).writeEarlyHints(hints as Record<string, string[]> & { link: string[] });
		} catch (error) {
			this.#parts.log.debug('Early hints were not sent: a Link header is malformed', { error: String(error) });
		}
	}

	head(status: number, reason: string | undefined, headers: string[]): void {
		const { response } = this.#site;
		if (this.#over || isGone(response)) return;
		const head = this.#framing.begin(status, reason, headers);
		if (this.#sendFile(headers)) return;
		if (!this.#writeHead(response, head)) return;
		// Later, so that head and first chunk share a packet; but soon, because a script may flush and then think.
		process.nextTick(flushHead, response);
	}

	complete(status: number, reason: string | undefined, headers: string[], body: string): void {
		if (this.#over) return;
		this.#finish();
		if (this.#site.isGone) return;
		const framed = this.#framing.whole(status, reason, headers, body);
		if (this.#sendFile(headers)) return;
		const response = this.#site.responseFor(framed.status, framed.length);
		if (!this.#writeHead(response, framed)) return;
		if (framed.isShort) breakOff(response, Buffer.from(framed.body, 'latin1'));
		else response.end(framed.body, 'latin1');
	}

	write(chunk: Uint8Array): boolean {
		const response = this.#site.response as ServerResponse;
		if (this.#over || this.#diverted || isGone(response)) return true;
		const taken = this.#framing.take(chunk);
		if (taken.byteLength === 0 || response.write(taken)) return true;
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
		const { response } = this.#site;
		if (this.#diverted || isGone(response)) return;
		if (this.#framing.end()) response.end();
		else breakOff(response);
	}

	fail(failure: PhpFailure): void {
		if (this.#over) return;
		this.#finish();
		const { status, code, message, retryAfter } = failure;
		const { request, target } = this.#site;
		this.#parts.log.error(message, { code, method: request.method, uri: target });
		if (this.#diverted) return;
		const headers = retryAfter === undefined ? [] : ['Retry-After', String(Math.ceil(retryAfter))];
		this.#site.fail(status, headers, message);
	}

	wantBody(): void {
		if (this.#over || this.#php === undefined) return;
		if (this.#body !== undefined) this.#body.more();
		else {
			this.#body = feedBody(this.#site.request, this.#php, {
				limit: this.#site.bodyLimit ?? Number.POSITIVE_INFINITY,
				timeout: this.#parts.bodyTimeout,
				refuse: (status) => this.#refuseBody(status),
			});
		}
	}

	#refuseBody(status: 408 | 413): void {
		if (this.#over) return;
		this.#over = true;
		this.#php?.abort();
		endUpload(this.#site.response);
		// A client that sends no more would keep its connection for nothing.
		this.#site.fail(status, status === 408 ? ['Connection', 'close'] : []);
	}

	/** What is left of the body is read and thrown away, or the connection could not be used again. */
	#finish(): void {
		this.#over = true;
		this.#body?.stop();
	}

	/** Whether PHP has named a file: it is on its way then. */
	#sendFile(headers: string[]): boolean {
		const at = sendfileHeader(headers);
		if (at < 0) return false;
		this.#diverted = true;
		sendPhpFile(this.#site, headers, at, this.#parts);
		return true;
	}

	#writeHead(response: HttpResponse, { status, reason, headers }: FramedResponse): boolean {
		const { target, earlyHeaders } = this.#site;
		try {
			writeHead(response, status, reason, withEarlyHeaders(earlyHeaders, headers));
			return true;
		} catch (error) {
			// The framing leaves nothing that Node refuses; what the configuration adds may still be such a thing.
			const wasOver = this.#over;
			this.#finish();
			this.#parts.log.error('The head of a response could not be sent; the client got a 500', {
				error: String(error),
				uri: target,
			});
			if (!wasOver) this.#php?.abort();
			this.#site.fail(500);
			return false;
		}
	}
}
