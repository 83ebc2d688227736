import { quoteWord } from '../../caddyfile/errors.ts';
import type { AdaptedDirective, StepName } from '../../directives/list.ts';
import {
	readAuthentication,
	readErrorHandler,
	readIntercept,
	readMetricsHandler,
	readStaticResponse,
	writeBasicAuth,
	writeError,
	writeIntercept,
	writeMetrics,
	writeRedir,
	writeRespond,
} from './answer-json.ts';
import {
	readEncodeHandler,
	readFileServerHandler,
	readRequestBodyHandler,
	writeEncode,
	writeFileServer,
	writeRequestBody,
} from './content-json.ts';
import { readHeadersHandler, writeHeader, writeRequestHeader } from './header-json.ts';
import type { JsonData, ReadHandler, RouteReader, RouteWriter, WriteDirective } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import { readPhpHandler, writePhp } from './php-json.ts';
import { readReverseProxyHandler, writeReverseProxy } from './reverse-proxy-json.ts';
import { readRewriteHandler, writeRewrite, writeUri } from './rewrite-json.ts';
import { readMapHandler, readVarsHandler, writeLogSkip, writeMap, writeRoot, writeVars } from './variable-json.ts';

/** Directives that are several routes, or hold routes: `route-json-…` has them. */
export type RoutesDirective = 'handle' | 'handle_path' | 'route' | 'php_server' | 'try_files';
/** Directives that are handlers of one route. */
export type HandlerDirective = Exclude<StepName, RoutesDirective>;

/** How each directive is written. The compiler asks for a line about a new one. */
const WRITERS: { readonly [Name in HandlerDirective]: WriteDirective<Name> } = {
	basic_auth: writeBasicAuth,
	encode: writeEncode,
	error: writeError,
	file_server: writeFileServer,
	header: writeHeader,
	intercept: writeIntercept,
	log_skip: writeLogSkip,
	map: writeMap,
	metrics: writeMetrics,
	php: (directive, writer) => [writePhp(directive, writer.serverIndex(directive))],
	redir: writeRedir,
	request_body: writeRequestBody,
	request_header: writeRequestHeader,
	respond: writeRespond,
	reverse_proxy: writeReverseProxy,
	rewrite: writeRewrite,
	root: writeRoot,
	uri: writeUri,
	vars: writeVars,
};

const readSubroute: ReadHandler = (handler, reader) => {
	const { position } = handler.node;
	const contents = reader.contents(handler.get('routes'), position);
	handler.end(['errors']);
	return [{ ...lineOf(position, 'route'), contents }];
};

/** How each of Caddy's and FrankenPHP's handlers is read. */
const READERS: Readonly<Record<string, ReadHandler>> = {
	authentication: readAuthentication,
	encode: readEncodeHandler,
	error: readErrorHandler,
	file_server: readFileServerHandler,
	headers: readHeadersHandler,
	intercept: readIntercept,
	map: readMapHandler,
	metrics: readMetricsHandler,
	php: readPhpHandler,
	request_body: readRequestBodyHandler,
	reverse_proxy: readReverseProxyHandler,
	rewrite: readRewriteHandler,
	static_response: readStaticResponse,
	subroute: readSubroute,
	vars: readVarsHandler,
};

const UNSUPPORTED = [
	...['acme_server', 'copy_response', 'copy_response_headers', 'invoke', 'log_append', 'mercure', 'push'],
	...['templates', 'tracing', 'vulcain'],
];

/** The handlers of a directive. */
export function writeHandlers(directive: Extract<AdaptedDirective, { type: HandlerDirective }>, writer: RouteWriter) {
	const write = WRITERS[directive.type] as (directive: AdaptedDirective, writer: RouteWriter) => readonly JsonData[];
	return write(directive, writer);
}

/** Reads a handler as lines of a Caddyfile. @throws CaddyfileError */
export function readHandler(node: JsonNode, reader: RouteReader): readonly JsonLine[] {
	const handler = node.object();
	const module = handler.need('handler');
	const name = module.text();
	if (Object.hasOwn(READERS, name)) return READERS[name]!(handler, reader);
	if (UNSUPPORTED.includes(name)) {
		throw module.error('unsupported', `the handler '${name}' is not supported by Igor`);
	}
	throw module.error('unknown_directive', `unknown handler ${quoteWord(name)}`, {
		known: [...Object.keys(READERS), ...UNSUPPORTED],
		word: name,
	});
}
