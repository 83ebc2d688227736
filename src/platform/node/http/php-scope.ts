import type { TLSSocket } from 'node:tls';
import { toByteString } from '../../../bytes/byte-string.ts';
import type { FileProbe } from '../../../http/file-probe.ts';
import { HostMemory } from '../../../http/host-header.ts';
import type { PhpGateway } from '../../../http/php-gateway.ts';
import { asHttp1Headers, type RequestFacts, readRequestHeaders } from '../../../http/request-headers.ts';
import { encodePath, normalisePath } from '../../../http/request-path.ts';
import { withEarlyHeaders } from '../../../http/response-headers.ts';
import { Router } from '../../../http/router.ts';
import { type PhpDecision, type RouteTable, route, routeScript, splitScript } from '../../../http/routing.ts';
import { type PathTest, pathTest } from '../../../http/site/path-pattern.ts';
import type { Logger } from '../../../log/logger.ts';
import { type ExchangeParts, HttpExchange } from './http-exchange.ts';
import { createFileProbe } from './http-file-probe.ts';
import type { HttpRequest } from './http-messages.ts';
import { putHeaders, writeHead } from './http-response.ts';
import type { PhpCaller } from './php-caller.ts';
import { PhpFileSender } from './php-file-sender.ts';
import { serveFile } from './serve-file.ts';

/** How long PHP waits for the next piece of a body, unless the configuration says otherwise: FrankenPHP's minute. */
const DEFAULT_BODY_TIMEOUT = 60_000;

/** Paths that a worker answers, whether there is a file or not. */
export interface WorkerMatch {
	readonly patterns: readonly string[];
	/** Index of the worker. */
	readonly worker: number;
	/** Absolute and real path of its script. */
	readonly script: string;
}

/** What a scope works with. */
export interface PhpScopeParts {
	/** Absolute and real. */
	readonly root: string;
	/** The root, the workers below it, and what `php_server` says of files. Its root may be a link to the real one. */
	readonly table: RouteTable;
	readonly gateway: PhpGateway;
	readonly log: Logger;
	/** Folders that PHP sees beside the root, absolute and real: it may have files of them sent. */
	readonly folders?: readonly string[];
	/** Files that are never sent, absolute. */
	readonly hidden?: readonly string[];
	readonly workerMatches?: readonly WorkerMatch[];
	/** Milliseconds; 0 = as long as it takes. */
	readonly bodyTimeout?: number;
	/** Only paths that name a script are answered: the directive `php`. */
	readonly scriptsOnly?: boolean;
	/** Whether a file goes before a worker whose pattern fits. Default: as the table says. */
	readonly servesFiles?: boolean;
}

/**
 * Answers requests for one scope, wherever they come from: by PHP, a file, a redirect or an error. What `php-server` and
 * the directives `php_server` and `php` have in common. Main thread only.
 */
export class PhpScope {
	readonly #parts: PhpScopeParts;
	readonly #probe: FileProbe;
	readonly #router: Router;
	readonly #servesFiles: boolean;
	readonly #documentRoot: string;
	readonly #exchange: ExchangeParts;
	readonly #hosts = new HostMemory();
	readonly #matches: readonly { readonly tests: readonly PathTest[]; readonly decision: PhpDecision }[];
	/** Filled again for each request: reading headers allocates nothing. */
	readonly #facts: RequestFacts = { host: '', contentLength: -1, hasBody: false };

	constructor(parts: PhpScopeParts) {
		const { root, table, log, folders = [], hidden = [], bodyTimeout = DEFAULT_BODY_TIMEOUT } = parts;
		this.#parts = parts;
		const decide = parts.scriptsOnly === true ? routeScript : route;
		this.#probe = createFileProbe(root);
		this.#router = new Router(table, this.#probe, undefined, decide);
		this.#servesFiles = parts.servesFiles ?? table.files !== false;
		this.#documentRoot = toByteString(table.root);
		this.#exchange = { log, bodyTimeout, files: new PhpFileSender({ root, folders, hidden, log }) };
		this.#matches = (parts.workerMatches ?? []).map(({ patterns, worker, script }) => ({
			tests: patterns.map(pathTest),
			decision: matchedScript(script, worker, root, table.root),
		}));
	}

	/**
	 * Answers a request, or lets it pass: then nothing of it has been touched. Returns at once, the answer follows.
	 *
	 * @param path escaped, without the query: what routing goes by
	 * @returns `false` = nothing here is for PHP, and files are somebody else's business
	 */
	answer(caller: PhpCaller, path: string): boolean {
		if (this.#matches.length > 0 && this.answerMatched(caller)) return true;
		const decision = this.#router.decide(path);
		switch (decision.kind) {
			case 'php':
				this.#submit(caller, decision);
				return true;
			case 'file':
				this.#sendFile(caller, decision.path);
				return true;
			case 'redirect':
				redirect(caller, decision.location);
				return true;
			case 'refuse':
				caller.fail(decision.status);
				return true;
			case 'pass':
				return false;
		}
	}

	/**
	 * Answers a request whose path a worker claims by a pattern. Files come first, if they are served at all.
	 *
	 * @returns `false` = no worker does; nothing has been touched
	 */
	answerMatched(caller: PhpCaller): boolean {
		const match = this.#matches.find(({ tests }) => tests.some((test) => test(caller.uri)));
		if (match === undefined) return false;
		const file = this.#servesFiles ? route(caller.uri.escapedPath, FILES_ONLY, this.#probe) : undefined;
		if (file?.kind === 'file') this.#sendFile(caller, file.path);
		else this.#submit(caller, withPathInfo(match.decision, caller.uri.path, this.#parts.table));
		return true;
	}

	/** Whether a path names something to run, whether it is there or not. */
	isScript(path: string): boolean {
		return splitScript(path, this.#parts.table) > 0;
	}

	#sendFile(caller: PhpCaller, path: string): void {
		const { root, hidden = [] } = this.#parts;
		putHeaders(caller.response, caller.earlyHeaders);
		const target = { path, originalPath: path, query: caller.query };
		const options = { root, hide: hidden, index: [], browse: false, precompressed: [], canonicalUris: false };
		const sent = serveFile(caller.request, caller.response, target, options, (status, headers) =>
			caller.fail(status, headers),
		);
		// It was there a moment ago.
		if (!sent) caller.fail(404);
	}

	#submit(caller: PhpCaller, decision: PhpDecision): void {
		const { request, client } = caller;
		const facts = this.#facts;
		readRequestHeaders(request.rawHeaders, facts);
		const isHttp2 = request.httpVersionMajor === 2;
		// Node looks at it in HTTP/1 only.
		if (Number.isNaN(facts.contentLength)) {
			caller.fail(400);
			return;
		}
		if (isHttp2 && facts.contentLength < 0) facts.hasBody = hasHttp2Body(request);
		const identity = this.#hosts.identify(facts.host, client.https);
		const tls = tlsOf(request);
		const exchange = new HttpExchange(caller, this.#exchange);
		caller.exchange = exchange;
		exchange.attach(
			this.#parts.gateway.submit(
				{
					worker: decision.worker,
					method: request.method ?? 'GET',
					requestUri: caller.target,
					queryString: caller.query,
					scriptFilename: decision.scriptFilename,
					scriptName: decision.scriptName,
					pathInfo: decision.pathInfo,
					documentRoot: this.#documentRoot,
					serverName: identity.name,
					serverPort: identity.port,
					// Absent on the socket that server.fetch() pretends to have.
					serverAddress: (request.socket as TLSSocket | undefined)?.localAddress ?? '127.0.0.1',
					remoteAddress: client.remoteAddress,
					remotePort: client.remotePort,
					https: client.https,
					tlsProtocol: tls.protocol,
					tlsCipher: tls.cipher,
					protocol: isHttp2 ? 2000 : request.httpVersionMinor === 0 ? 1000 : 1001,
					rawHeaders: isHttp2 ? asHttp1Headers(request.rawHeaders) : request.rawHeaders,
					contentLength: facts.contentLength,
					hasBody: facts.hasBody && !caller.withoutBody,
				},
				exchange,
			),
		);
	}
}

/** What answers a path that is a file, and nothing else. */
const FILES_ONLY: RouteTable = { root: '', workers: new Map(), index: '', endings: [] };

/** A script in the path has a PATH_INFO behind it, also where another one runs. */
function withPathInfo(decision: PhpDecision, path: string, table: RouteTable): PhpDecision {
	const split = decision.scriptName === '' ? -1 : splitScript(path, table);
	return split < 0 ? decision : { ...decision, pathInfo: toByteString(path.slice(split)) };
}

/** The decision for a worker that is chosen by a pattern, not by its script's path. */
function matchedScript(script: string, worker: number, realRoot: string, root: string): PhpDecision {
	const prefix = realRoot === '/' ? '/' : `${realRoot}/`;
	const scriptName = script.startsWith(prefix) ? script.slice(prefix.length - 1) : '';
	const scriptFilename = scriptName === '' ? script : root + scriptName;
	return {
		kind: 'php',
		worker,
		scriptFilename: toByteString(scriptFilename),
		scriptName: toByteString(scriptName),
		pathInfo: '',
		direct: false,
	};
}

/** To the path with a final slash: the one that the client knows, which rewrites may have changed. */
function redirect({ response, target: asked, earlyHeaders }: PhpCaller, location: string): void {
	const [path = '/', query] = splitTarget(asked);
	const original = normalisePath(path);
	const known = original === undefined || original.endsWith('/') ? location : `${encodePath(original)}/`;
	const target = query === undefined ? known : `${known}?${query}`;
	writeHead(response, 308, undefined, withEarlyHeaders(earlyHeaders, ['Location', target, 'Content-Length', '0']));
	response.end();
}

function splitTarget(target: string): string[] {
	const mark = target.indexOf('?');
	return mark < 0 ? [target] : [target.slice(0, mark), target.slice(mark + 1)];
}

const NO_TLS: TlsNames = { protocol: '', cipher: '' };
const knownTls = new WeakMap<object, TlsNames>();

type TlsNames = { readonly protocol: string; readonly cipher: string };

/** The same for every request of a connection. */
function tlsOf(request: HttpRequest): TlsNames {
	const socket = request.socket as TLSSocket | undefined;
	if (socket?.encrypted !== true) return NO_TLS;
	const connection = 'stream' in request ? (request.stream.session ?? socket) : socket;
	let names = knownTls.get(connection);
	if (names === undefined) {
		names = { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher()?.standardName ?? '' };
		knownTls.set(connection, names);
	}
	return names;
}

/** HTTP/2 bodies need not be announced, but the head says whether it is all. */
function hasHttp2Body(request: HttpRequest): boolean {
	return 'stream' in request && !request.stream.endAfterHeaders;
}
