import type { ClientFacts } from '../../http/client-facts.ts';
import type { PhpExchange, ResponseSink } from '../../http/php-port.ts';
import type { Logger } from '../../log/logger.ts';
import type { RequestUri } from '../values/request-uri.ts';
import type { FileServerOptions, FileTarget } from './file-serving.ts';

/** A request as a responder sees it, and its response: all that it needs of a platform's messages. One object per request. */
export interface PhpCaller {
	/** When the request began: milliseconds, monotonic. */
	readonly start: number;
	readonly client: ClientFacts;
	readonly method: string;
	readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2.0';
	/** The request target as the client sent it, in origin form: REQUEST_URI. */
	readonly target: string;
	/** What rewrites have made of it; read only where a path is compared with patterns. */
	readonly uri: RequestUri;
	/** The query that rewrites have left, without the question mark. */
	readonly query: string;
	/** As they came: flat name, value, …; byte strings. */
	readonly rawHeaders: readonly string[];
	/** The head announces no body, and yet there is one: HTTP/2 allows that. */
	readonly hasUnannouncedBody: boolean;
	/** An error is being answered: the request's body is gone, or nobody wants it. */
	readonly withoutBody: boolean;
	/** The address that the client has reached, as text. */
	readonly serverAddress: string;
	/** TLS of the connection, as PHP names it. */
	readonly tls: TlsNames;
	/** What carries PHP's answer to this request. */
	openSink(parts: SinkParts): CallerSink;
	/**
	 * Answers by a file, with ranges and conditions, or by an error.
	 *
	 * @returns `false` when nothing is there; then nothing has been touched
	 */
	serveFile(target: FileTarget, options: FileServerOptions): boolean;
	/** Answers with a text, or with none, and the fields that the configuration has set. @param headers flat; grow */
	answer(status: number, headers: string[], text: string): void;
	/**
	 * Answers with an error, or cuts the connection when a head was sent already. Never throws.
	 *
	 * @param headers additional ones, flat
	 * @param message for `handle_errors`; clients see it only if that shows it
	 */
	fail(status: number, headers?: readonly string[], message?: string): void;
}

/** What the sinks of a responder have in common. */
export interface SinkParts {
	readonly log: Logger;
	/** Milliseconds that PHP waits for the next piece of a body; 0 = as long as it takes. */
	readonly bodyTimeout: number;
	/** Where the files may be that PHP names in its headers. */
	readonly files: PhpFiles;
}

/** Files that PHP may have sent by name. */
export interface PhpFiles {
	/** Absolute and real. */
	readonly root: string;
	/** Folders that PHP sees beside the root, absolute and real. */
	readonly folders: readonly string[];
	/** Never sent, absolute. */
	readonly hidden: readonly string[];
}

/** Carries one answer of PHP to its client. */
export interface CallerSink extends ResponseSink {
	/** Connects the gateway's side; right after `submit()` returned. */
	attach(php: PhpExchange): void;
}

/** TLS as PHP names it. */
export interface TlsNames {
	/** Such as `TLSv1.3`; '' = no TLS. */
	readonly protocol: string;
	/** Its standard name, such as `TLS_AES_128_GCM_SHA256`; ''. */
	readonly cipher: string;
}
