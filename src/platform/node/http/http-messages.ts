import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { ClientFacts } from '../../../http/client-facts.ts';
import type { PhpCaller } from '../../../site/request/php-caller.ts';

/** A request of HTTP/1 or of HTTP/2 (Node's compatibility API). */
export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** Answers the requests of one site. Main thread only. */
export interface SiteHandler {
	/** Returns at once; the answer follows. Never throws. */
	handle(request: HttpRequest, response: HttpResponse, client: ClientFacts): void;
	/** Resolves when none of the requests that it was given runs any more. */
	idle(): Promise<void>;
}

/** Notes one request when it begins, and writes its line when the response has been closed. Never throws. */
export type AccessLogger = (request: HttpRequest, response: HttpResponse, client: ClientFacts) => void;

/** A request that PHP answers, with Node's messages. */
export interface HttpCaller extends PhpCaller {
	readonly request: HttpRequest;
	readonly response: HttpResponse;
	readonly isGone: boolean;
	/** As `response`, for an answer of this status that announces so many bytes (-1 = nothing). */
	responseFor(status: number, length: number): HttpResponse;
	/** Fields that the configuration has set so far, flat. */
	readonly earlyHeaders: readonly string[] | undefined;
	/** Bytes; undefined = any number. */
	readonly bodyLimit: number | undefined;
}
