import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { toByteString } from '../../http/byte-string.ts';
import { HostMemory } from '../../http/host-header.ts';
import type { PhpGateway } from '../../http/php-gateway.ts';
import { type RequestFacts, readRequestHeaders } from '../../http/request-headers.ts';
import { MAX_TARGET_LENGTH, originForm } from '../../http/request-target.ts';
import type { Router } from '../../http/router.ts';
import type { PhpDecision } from '../../http/routing.ts';
import type { Logger } from '../../log/logger.ts';
import { sendError } from './http-error.ts';
import { HttpExchange } from './http-exchange.ts';
import { sendStatic } from './http-static.ts';

/** What the handler works with. */
export interface HandlerParts {
	/** Absolute and real. */
	readonly root: string;
	readonly router: Router;
	readonly gateway: PhpGateway;
	readonly log: Logger;
}

/**
 * Answers every request, wherever it comes from (a socket, or `server.fetch()`): routes it to PHP, a file, a redirect
 * or an error. Counts what is running, so that the server can wait for it.
 */
export class HttpHandler {
	readonly #parts: HandlerParts;
	readonly #documentRoot: string;
	readonly #hosts = new HostMemory();
	/** Filled again for each request: reading headers allocates nothing. */
	readonly #facts: RequestFacts = { host: '', contentLength: -1, hasBody: false };
	#running = 0;
	#onIdle: (() => void) | undefined;

	constructor(parts: HandlerParts) {
		this.#parts = parts;
		this.#documentRoot = toByteString(parts.root);
	}

	/** Resolves when no request is running any more. */
	idle(): Promise<void> {
		if (this.#running === 0) return Promise.resolve();
		return new Promise((resolve) => {
			this.#onIdle = resolve;
		});
	}

	/** Handles one request; returns at once. */
	readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
		this.#running++;
		const target = originForm(request.url ?? '/');
		let exchange: HttpExchange | undefined;
		response.on('close', () => {
			exchange?.closed();
			if (--this.#running === 0) this.#onIdle?.();
		});
		if (target === undefined || target.length > MAX_TARGET_LENGTH) {
			sendError(response, target === undefined ? 400 : 414);
			return;
		}
		const mark = target.indexOf('?');
		const query = mark < 0 ? '' : target.slice(mark + 1);
		const decision = this.#parts.router.decide(mark < 0 ? target : target.slice(0, mark));
		switch (decision.kind) {
			case 'php':
				exchange = this.#submit(request, response, target, query, decision);
				break;
			case 'file':
				sendStatic(request, response, this.#parts.root, decision.path);
				break;
			case 'redirect':
				response.writeHead(308, [
					'Location',
					mark < 0 ? decision.location : `${decision.location}?${query}`,
					'Content-Length',
					'0',
				]);
				response.end();
				break;
			case 'refuse':
				sendError(response, decision.status);
		}
	};

	#submit(
		request: IncomingMessage,
		response: ServerResponse,
		requestUri: string,
		queryString: string,
		decision: PhpDecision,
	): HttpExchange {
		const facts = this.#facts;
		readRequestHeaders(request.rawHeaders, facts);
		const socket = request.socket;
		const https = (socket as TLSSocket).encrypted === true;
		const identity = this.#hosts.identify(facts.host, https);
		const exchange = new HttpExchange(request, response, this.#parts.log);
		exchange.attach(
			this.#parts.gateway.submit(
				{
					worker: decision.worker,
					method: request.method ?? 'GET',
					requestUri,
					queryString,
					scriptFilename: decision.scriptFilename,
					scriptName: decision.scriptName,
					pathInfo: decision.pathInfo,
					documentRoot: this.#documentRoot,
					serverName: identity.name,
					serverPort: identity.port,
					// Absent on the socket that server.fetch() pretends to have.
					serverAddress: socket.localAddress ?? '127.0.0.1',
					remoteAddress: socket.remoteAddress ?? '127.0.0.1',
					remotePort: socket.remotePort ?? 0,
					https,
					protocol: request.httpVersionMinor === 0 ? 1000 : 1001,
					rawHeaders: request.rawHeaders,
					contentLength: facts.contentLength,
					hasBody: facts.hasBody,
				},
				exchange,
			),
		);
		return exchange;
	}
}
