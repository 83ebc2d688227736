import type { ClientFacts } from '../../../http/client-facts.ts';
import type { RequestUri } from '../../../http/site/request-uri.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';

/** A request as the PHP side sees it, and who to tell when PHP cannot answer it. One object per request. */
export interface PhpCaller {
	readonly request: HttpRequest;
	readonly response: HttpResponse;
	readonly client: ClientFacts;
	/** The request target as the client sent it: REQUEST_URI. */
	readonly target: string;
	/** What rewrites have made of it; read only where a path is compared with patterns. */
	readonly uri: RequestUri;
	/** The query that rewrites have left, without the question mark. */
	readonly query: string;
	/** Fields that the configuration has set so far. */
	readonly earlyHeaders: readonly string[] | undefined;
	/** Bytes. */
	readonly bodyLimit: number;
	/** An error is being answered: its body is gone, or nobody wants it. */
	readonly withoutBody: boolean;
	/** The one that answers now; it has to know when the response is closed. */
	exchange: HttpExchange | undefined;
	/**
	 * Answers with an error, or cuts the connection when a head was sent already. Never throws.
	 *
	 * @param headers additional ones, flat
	 * @param message for `handle_errors`; clients see it only if that shows it
	 */
	fail(status: number, headers?: readonly string[], message?: string): void;
}
