import type { DirectiveBase } from './config.ts';
import { type FileServerConfig, readFileServer } from './file-server.ts';
import type { Directive } from './parser.ts';
import {
	type RequestHandler,
	readBasicAuth,
	readRequestBody,
	readRewrite,
	readRoot,
	readTryFiles,
	readUri,
} from './request-handlers.ts';
import {
	type ResponseHandler,
	readEncode,
	readError,
	readHeader,
	readRedir,
	readRespond,
} from './response-handlers.ts';

type Handler = RequestHandler | ResponseHandler | FileServerConfig;

/** A directive without directives inside. */
export type HandlerDirective = DirectiveBase & Handler;

/** Which of a directive's arguments is its matcher. */
export type MatcherRule =
	/** The first, if it starts with `/` or `@`, or is `*`. */
	| 'first'
	/** As before, but a single argument is never one: `root /srv`, `rewrite /index.php`. */
	| 'first_of_two'
	| 'none';

interface HandlerReader {
	readonly matcher: MatcherRule;
	/** Reads what is left after the matcher. @throws CaddyfileError */
	readonly read: (directive: Directive) => Handler;
}

const READERS: { readonly [T in Handler['type']]: HandlerReader } = {
	root: { matcher: 'first_of_two', read: readRoot },
	rewrite: { matcher: 'first_of_two', read: readRewrite },
	try_files: { matcher: 'none', read: readTryFiles },
	uri: { matcher: 'first', read: readUri },
	request_body: { matcher: 'first', read: readRequestBody },
	basic_auth: { matcher: 'first', read: readBasicAuth },
	header: { matcher: 'first', read: readHeader },
	encode: { matcher: 'first', read: readEncode },
	redir: { matcher: 'first', read: readRedir },
	respond: { matcher: 'first', read: readRespond },
	error: { matcher: 'first', read: readError },
	file_server: { matcher: 'first', read: readFileServer },
};

/** How to read a directive; `undefined` = it is none of these. */
export function handlerReader(name: string): HandlerReader | undefined {
	return isHandler(name) ? READERS[name] : undefined;
}

function isHandler(name: string): name is Handler['type'] {
	return Object.hasOwn(READERS, name);
}
