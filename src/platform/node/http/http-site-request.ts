import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { DirectiveOf } from '../../../directives/list.ts';
import type { ClientFacts } from '../../../http/client-facts.ts';
import { statusHasBody } from '../../../http/response-headers.ts';
import { isTooShort } from '../../../site/content-encoding.ts';
import type { FileServerOptions, FileTarget } from '../../../site/request/file-serving.ts';
import type { SinkParts, TlsNames } from '../../../site/request/php-caller.ts';
import { type Diversion, type ResponseHead, type SiteParts, SiteRequest } from '../../../site/request/site-request.ts';
import type { ConnectionFacts, RequestView } from '../../../site/values/request-view.ts';
import { divertResponse, type HeldResponse } from './divert-response.ts';
import { encodeResponse } from './encode-response.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';
import { asGet, connectionOf, hasUnannouncedBody, noteUser, skipLog, tlsNamesOf } from './http-request.ts';
import { clearHeaders, cutOff, isGone, putHeaders, writeHead } from './http-response.ts';
import { HttpResponseSink } from './http-response-sink.ts';
import { beforeHead } from './response-hooks.ts';
import { serveFile } from './serve-file.ts';

type EncodeDirective = DirectiveOf<'encode'>;

/** A request of Node's HTTP/1 or HTTP/2 servers on its way through a site. */
export class HttpSiteRequest extends SiteRequest {
	readonly request: HttpRequest;
	/** The one that answers now; it has to know when the response is closed. */
	sink: HttpResponseSink | undefined = undefined;
	readonly #response: HttpResponse;
	/** What `encode` wants, as long as nobody has touched the response. */
	#encode: EncodeDirective | undefined = undefined;
	#held: HeldResponse | undefined;

	/** @param target in origin form */
	constructor(request: HttpRequest, response: HttpResponse, client: ClientFacts, target: string, parts: SiteParts) {
		super(client, target, parts);
		this.request = request;
		this.#response = response;
	}

	/** Whoever takes it may write to it: from then on, `encode` listens. */
	get response(): HttpResponse {
		if (this.#encode !== undefined) {
			encodeResponse(this.request, this.#response, this.#encode);
			this.#encode = undefined;
		}
		return this.#response;
	}

	get method(): string {
		return this.request.method ?? 'GET';
	}

	get protocol(): RequestView['protocol'] {
		const { httpVersionMajor, httpVersionMinor } = this.request;
		return httpVersionMajor === 2 ? 'HTTP/2.0' : httpVersionMinor === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
	}

	protected get receivedHeaders(): readonly string[] {
		return this.request.rawHeaders;
	}

	get hasUnannouncedBody(): boolean {
		return hasUnannouncedBody(this.request);
	}

	get serverAddress(): string {
		// Absent on the socket that server.fetch() pretends to have.
		return (this.request.socket as TLSSocket | undefined)?.localAddress ?? '127.0.0.1';
	}

	get tls(): TlsNames {
		return tlsNamesOf(this.request);
	}

	get isGone(): boolean {
		return isGone(this.#response);
	}

	get headSent(): boolean {
		return this.#response.headersSent;
	}

	get connection(): ConnectionFacts {
		return connectionOf(this.request);
	}

	protected hookHead(change: (head: ResponseHead) => void): void {
		beforeHead(this.response, change);
	}

	clearHeaders(): void {
		clearHeaders(this.response);
	}

	send(status: number, headers: readonly string[], body: string): void {
		writeHead(this.response, status, undefined, headers);
		if (body === '') this.response.end();
		else this.response.end(body, 'latin1');
	}

	sendEarlyHints(link: readonly string[]): void {
		try {
			(this.response as ServerResponse).writeEarlyHints({ link: [...link] });
		} catch {
			// Node takes only well-formed links; they are still sent with the response.
		}
	}

	cutOff(): void {
		cutOff(this.response);
	}

	encode(directive: EncodeDirective): void {
		// One that came before this listens now.
		if (this.#encode !== undefined) void this.response;
		this.#encode = directive;
	}

	/**
	 * The response for an answer that is as long as this. `encode` is spared what is too short for it, as most answers of
	 * an API are: listening costs two microseconds.
	 *
	 * @param length what the answer announces, bytes; -1 = nothing
	 */
	responseFor(status: number, length: number): HttpResponse {
		if (this.#encode !== undefined && isTooShort(status, length, this.#encode)) return this.#response;
		return this.response;
	}

	serveFile(target: FileTarget, options: FileServerOptions): boolean {
		const { response } = this;
		// The answer to a POST that has failed may be a page.
		const request = this.error === undefined ? this.request : asGet(this.request);
		putHeaders(response, this.earlyHeaders);
		const served = serveFile(request, response, target, options, (status, headers) => this.fail(status, headers));
		if (!served) clearHeaders(response);
		return served;
	}

	openSink(parts: SinkParts): HttpResponseSink {
		this.sink = new HttpResponseSink(this, parts);
		return this.sink;
	}

	divert(choose: (head: ResponseHead) => Diversion | undefined): void {
		divertResponse(this.response, choose, (held) => {
			this.#held = held;
		});
	}

	answerDiverted(): void {
		const held = this.#held;
		if (held?.body === undefined) this.fail(502, [], 'The response is too large to be looked at');
		else if (statusHasBody(held.head.status)) {
			const headers = [...(this.earlyHeaders ?? []), 'Content-Length', String(held.body.length)];
			this.send(held.head.status, headers, held.body.toString('latin1'));
		} else this.send(held.head.status, this.earlyHeaders ?? [], '');
	}

	noteUser(user: string): void {
		noteUser(this.request, user);
	}

	skipLog(): void {
		skipLog(this.request);
	}
}
