/**
 * One request as the PHP side needs it: everything that ends up in `$_SERVER` and in the SAPI's request info.
 * All strings are *byte strings*: one code unit = one byte. What came over the wire is as Node gives it (latin1); host
 * paths were encoded to UTF-8 already (`toByteString`). So the gateway writes every string as latin1, without looking.
 */
export interface PhpRequest {
	/** Index into `options.workers`; `undefined` = classic mode. */
	worker: number | undefined;
	method: string;
	/** The request target as the client sent it, path and query. */
	requestUri: string;
	/** Without the question mark. */
	queryString: string;
	/** Absolute path of the script on the host (and in PHP). */
	scriptFilename: string;
	/** The script's path below the document root, with a leading slash. */
	scriptName: string;
	/** What follows the script's name in the path, or ''. */
	pathInfo: string;
	documentRoot: string;
	serverName: string;
	serverPort: number;
	serverAddress: string;
	remoteAddress: string;
	remotePort: number;
	https: boolean;
	/** Such as `TLSv1.3`; '' = no TLS to here. */
	tlsProtocol: string;
	/** Its standard name, such as `TLS_AES_128_GCM_SHA256`; '' = no TLS to here. */
	tlsCipher: string;
	protocol: 1000 | 1001 | 2000;
	/** Flat name, value, name, value, …: latin1 strings, spelled as the client spelled them. */
	rawHeaders: readonly string[];
	/** What the environment has for this request only: flat name, value, … */
	variables?: readonly string[] | undefined;
	/** Bytes; -1 = not announced (chunked). */
	contentLength: number;
	hasBody: boolean;
}

/** Why PHP could not answer: `status` is what the client gets if nothing was sent yet. */
export interface PhpFailure {
	/** 500, 503 or 504. */
	status: number;
	code: string;
	message: string;
	/** Seconds after which the client may try again: the Retry-After header. */
	retryAfter?: number;
}

/**
 * Where the answer to one request goes. Called by the gateway, on the main thread, never before `submit()` has
 * returned. Every exchange ends with exactly one of `complete`, `end`, `fail`, unless the HTTP side aborted it.
 */
export interface ResponseSink {
	/** A 1xx head (early hints); the real head follows. */
	informational(status: number, headers: string[]): void;
	/** The response's head: flat name, value, …; the body follows by `write` and `end`. */
	head(status: number, reason: string | undefined, headers: string[]): void;
	/** The whole response in one go (the common small case); `body` is latin1 text, one code unit per byte. */
	complete(status: number, reason: string | undefined, headers: string[], body: string): void;
	/** `false` = the client is slow: stop until `exchange.drained()`. The sink owns the chunk from here. */
	write(chunk: Uint8Array): boolean;
	end(): void;
	/** PHP could not answer: an error page if no head was sent, else the connection is destroyed. */
	fail(failure: PhpFailure): void;
	/** The PHP thread wants the body now: start, or go on, to feed `exchange.pushBody`. */
	wantBody(): void;
}

/** The HTTP side's handle on a request that it submitted. Main thread only. */
export interface PhpExchange {
	/** `false` = stop feeding until `sink.wantBody()`. The gateway copies what it needs before it returns. */
	pushBody(chunk: Uint8Array): boolean;
	endBody(): void;
	/** The client went away before it had sent the announced body. */
	abortBody(): void;
	/** The client has read what was buffered: `write` may go on. */
	drained(): void;
	/**
	 * The client has gone: nobody reads the answer. A thread that waits for the body has to be woken, too: `abortBody`
	 * came before only if the body was being fed.
	 */
	abort(): void;
}

/** Hands requests to the PHP threads. Main thread only. */
export interface PhpPort {
	submit(request: PhpRequest, sink: ResponseSink): PhpExchange;
}
