import { toByteString } from '../../bytes/byte-string.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { HostMemory } from '../../http/host-header.ts';
import type { PhpPort } from '../../http/php-port.ts';
import { asHttp1Headers, type RequestFacts, readRequestHeaders } from '../../http/request-headers.ts';
import { encodePath, normalisePath } from '../../http/request-path.ts';
import type { Logger } from '../../log/logger.ts';
import type { PathTest } from '../matching/path-pattern.ts';
import type { PhpCaller, SinkParts } from '../request/php-caller.ts';
import {
	chooseNamedScript,
	chooseScript,
	type Decision,
	type PhpDecision,
	type ScriptTable,
	splitScript,
} from './choose-script.ts';
import type { FileProbe } from './file-probe.ts';
import { ScriptMemory } from './script-memory.ts';

/** Paths that a worker answers, whether there is a file or not. */
export interface WorkerMatch {
	readonly tests: readonly PathTest[];
	/** Index of the worker. */
	readonly worker: number;
	/** Absolute and real path of its script. */
	readonly script: string;
}

/** What a responder works with. */
export interface ResponderParts {
	/** Absolute and real. */
	readonly root: string;
	/** Looks below the root. */
	readonly probe: FileProbe;
	/** The root, the workers below it, and what `php_server` says of files. Its root may be a link to the real one. */
	readonly table: ScriptTable;
	readonly gateway: PhpPort;
	readonly log: Logger;
	/** Folders that PHP sees beside the root, absolute and real: it may have files of them sent. */
	readonly folders?: readonly string[];
	/** Files that are never sent, absolute. */
	readonly hidden?: readonly string[];
	readonly workerMatches?: readonly WorkerMatch[];
	/** Milliseconds; 0 = as long as it takes. */
	readonly bodyTimeout?: number;
	/** Variables that the environment has for a request only: flat name, value, …; byte strings. */
	readonly variables?: ((caller: PhpCaller) => readonly string[]) | undefined;
	/** Only paths that name a script are answered: the directive `php`. */
	readonly scriptsOnly?: boolean;
	/** Whether a file goes before a worker whose pattern fits. Default: as the table says. */
	readonly servesFiles?: boolean;
}

/**
 * Answers requests by the PHP threads of one scope, or by the files beside its scripts, a redirect or an error: what the
 * directives `php_server` and `php` do. Main thread only.
 */
export class PhpResponder {
	readonly #parts: ResponderParts;
	readonly #scripts: ScriptMemory;
	readonly #servesFiles: boolean;
	readonly #documentRoot: string;
	readonly #sinkParts: SinkParts;
	readonly #hosts = new HostMemory();
	readonly #matches: readonly { readonly tests: readonly PathTest[]; readonly decision: PhpDecision }[];
	/** Filled again for each request: reading headers allocates nothing. */
	readonly #facts: RequestFacts = { host: '', contentLength: -1, hasBody: false };

	constructor(parts: ResponderParts) {
		const { root, probe, table, log, folders = [], hidden = [], bodyTimeout = DEFAULTS.requestBodyTimeout } = parts;
		this.#parts = parts;
		const decide = parts.scriptsOnly === true ? chooseNamedScript : chooseScript;
		this.#scripts = new ScriptMemory(table, probe, undefined, decide);
		this.#servesFiles = parts.servesFiles ?? table.files !== false;
		this.#documentRoot = toByteString(table.root);
		this.#sinkParts = { log, bodyTimeout, files: { root, folders, hidden } };
		this.#matches = (parts.workerMatches ?? []).map(({ tests, worker, script }) => ({
			tests,
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
		const decision = this.#scripts.decide(path, caller.start);
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
				this.#refuse(caller, decision);
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
		const { probe, table } = this.#parts;
		const file = this.#servesFiles ? chooseScript(caller.uri.escapedPath, FILES_ONLY, probe) : undefined;
		if (file?.kind === 'file') this.#sendFile(caller, file.path);
		else if (file?.kind === 'redirect') redirect(caller, file.location);
		else this.#submit(caller, withPathInfo(match.decision, caller.uri.path, table));
		return true;
	}

	/** Whether a path names something to run, whether it is there or not. */
	isScript(path: string): boolean {
		return splitScript(path, this.#parts.table) > 0;
	}

	#sendFile(caller: PhpCaller, path: string): void {
		const { root, hidden = [] } = this.#parts;
		const target = { path, originalPath: path, query: caller.query };
		const options = { root, hide: hidden, index: [], browse: false, precompressed: [], canonicalUris: false };
		// It was there a moment ago.
		if (!caller.serveFile(target, options)) caller.fail(404);
	}

	#refuse(caller: PhpCaller, { status, message }: Extract<Decision, { kind: 'refuse' }>): void {
		if (message !== undefined) this.#parts.log.warn(message, { uri: caller.target });
		caller.fail(status, [], message);
	}

	#submit(caller: PhpCaller, decision: PhpDecision): void {
		const { client, protocol, rawHeaders, tls } = caller;
		const facts = this.#facts;
		readRequestHeaders(rawHeaders, facts);
		// Node looks at it in HTTP/1 only.
		if (Number.isNaN(facts.contentLength)) {
			caller.fail(400);
			return;
		}
		const isHttp2 = protocol === 'HTTP/2.0';
		const hasBody = facts.hasBody || (isHttp2 && facts.contentLength < 0 && caller.hasUnannouncedBody);
		const identity = this.#hosts.identify(facts.host, client.https);
		const sink = caller.openSink(this.#sinkParts);
		sink.attach(
			this.#parts.gateway.submit(
				{
					worker: decision.worker,
					method: caller.method,
					requestUri: caller.target,
					queryString: caller.query,
					scriptFilename: decision.scriptFilename,
					scriptName: decision.scriptName,
					pathInfo: decision.pathInfo,
					documentRoot: this.#documentRoot,
					serverName: identity.name,
					serverPort: identity.port,
					serverAddress: caller.serverAddress,
					remoteAddress: client.remoteAddress,
					remotePort: client.remotePort,
					https: client.https,
					tlsProtocol: tls.protocol,
					tlsCipher: tls.cipher,
					protocol: isHttp2 ? 2000 : protocol === 'HTTP/1.0' ? 1000 : 1001,
					rawHeaders: isHttp2 ? asHttp1Headers(rawHeaders) : rawHeaders,
					contentLength: facts.contentLength,
					hasBody: hasBody && !caller.withoutBody,
					variables: this.#parts.variables?.(caller),
				},
				sink,
			),
		);
	}
}

/** What answers a path that is a file, and nothing else. */
const FILES_ONLY: ScriptTable = { root: '', workers: new Map(), index: '', endings: [] };

/** A script in the path has a PATH_INFO behind it, also where another one runs. */
function withPathInfo(decision: PhpDecision, path: string, table: ScriptTable): PhpDecision {
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

/** To the path with a final slash, or without: the one that the client knows, which rewrites may have changed. */
function redirect(caller: PhpCaller, location: string): void {
	const { target } = caller;
	const mark = target.indexOf('?');
	const original = normalisePath(mark < 0 ? target : target.slice(0, mark));
	let known = original === undefined || original.endsWith('/') ? location : `${encodePath(original)}/`;
	if (!location.endsWith('/')) {
		// A rewrite that puts a slash behind a file has no other path to offer.
		if (original === undefined || !original.endsWith('/')) {
			caller.fail(404);
			return;
		}
		known = encodePath(original.slice(0, -1));
	}
	caller.answer(308, ['Location', mark < 0 ? known : known + target.slice(mark)], '');
}
