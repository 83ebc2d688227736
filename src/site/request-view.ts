import type { ClientFacts } from '../http/client-facts.ts';
import type { RequestUri } from './request-uri.ts';

/** What placeholders and matchers see of a request. Strings are text: bytes that came over the wire are decoded. */
export interface RequestView {
	readonly method: string;
	/** The Host header, with its port if it has one; '' when there is none. */
	readonly host: string;
	readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2.0';
	/** As the client sent it. */
	readonly originalUri: RequestUri;
	/** What rewrites have made of it. */
	readonly uri: RequestUri;
	/** Who asks; behind a trusted proxy its client. */
	readonly client: ClientFacts;
	readonly connection: ConnectionFacts;
	/** Of the machine. */
	readonly system: SystemFacts;
	/** The folder that `root` has set; `undefined` = none. */
	readonly root: string | undefined;
	/** The error that is being handled. */
	readonly error: RequestError | undefined;
	/** Milliseconds, since the request began. */
	readonly age: number;
	/** All values of a field, in their order. @param name in lower case */
	headerValues(name: string): readonly string[];
	/** The same for the response, as far as it is known. @param name in lower case */
	responseHeaderValues(name: string): readonly string[];
	/** What a step has set under a placeholder's full name, such as `http.matchers.file.relative`. */
	value(name: string): string | undefined;
	setValue(name: string, value: string): void;
}

/** Why a request is being answered by `handle_errors`. */
export interface RequestError {
	readonly status: number;
	/** For `{err.message}`. */
	readonly message: string;
	/** Tells it apart from other errors, in the log too. */
	readonly id: string;
}

/** The connection itself, whoever is behind it. */
export interface ConnectionFacts {
	readonly localAddress: string;
	readonly localPort: number;
	readonly remoteAddress: string;
	readonly remotePort: number;
	/** `undefined` = no TLS on this connection. */
	readonly tls: TlsFacts | undefined;
}

export interface TlsFacts {
	/** As Caddy writes it, such as `tls1.3`. */
	readonly version: string;
	/** Such as `TLS_AES_128_GCM_SHA256`. */
	readonly cipher: string;
	/** Such as `h2`; '' = none was negotiated. */
	readonly protocol: string;
	/** The name that the client asked for; ''. */
	readonly serverName: string;
	readonly resumed: boolean;
}

/** Facts that do not depend on a request. Everything is read when a placeholder asks. */
export interface SystemFacts {
	/** '' = not set. */
	env(name: string): string;
	hostname(): string;
	/** As Go names it: `linux`, `darwin`, `windows`. */
	readonly os: string;
	/** As Go names it: `amd64`, `arm64`. */
	readonly arch: string;
	readonly folder: string;
	/** A small text file without its final line end; '' when it cannot be read. */
	readFile(path: string): string;
	now(): Date;
	uuid(): string;
	/** The standard text of a status, such as `Not Found`; '' = it has none. */
	statusText(status: number): string;
}
