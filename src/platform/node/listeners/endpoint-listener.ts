import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { ServerTimeouts } from '../../../adapt/servers.ts';
import type { ListenAddress } from '../../../config/values.ts';
import { ListenError } from '../../../http/listen-error.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Endpoint } from '../../../scopes/site-endpoints.ts';
import type { HttpRequest, HttpResponse } from '../http/http-messages.ts';
import { chooseSite, type ServedHosts } from './choose-site.ts';
import { answerClientErrors } from './client-errors.ts';
import { Connections } from './connections.ts';
import { answerPlainHttp } from './plain-http-on-tls.ts';
import type { SiteCertificates } from './site-certificates.ts';
import { Upgrades } from './upgrades.ts';

/** Everything that a reload may change of an open socket. */
export interface EndpointState extends ServedHosts {
	readonly timeouts?: ServerTimeouts;
	/** For HTTPS. */
	readonly certificates: SiteCertificates | undefined;
}

/** Where to listen; without a host on every address of the machine. */
export type SocketPlace = Pick<Endpoint, 'scheme' | 'port'> &
	Partial<Pick<Endpoint, 'isShared'>> & { readonly host?: string };

/** Of a request of HTTP/2. */
const MOST_HEADERS = 4096;
/** Of a response of HTTP/2, bytes: what PHP may send, and what is set beside it. */
const LARGEST_HEAD = 256 * 1024;
/** Milliseconds. */
const NODE_TIMEOUTS = { requestTimeout: 300_000, headersTimeout: 60_000, keepAliveTimeout: 5000 };
/** How often the certificate for clients without a name is looked at, milliseconds. */
const RENEWAL_CHECK = 60 * 60 * 1000;

/** One open socket. What it serves can be exchanged while it is open. Main thread only. */
export class EndpointListener {
	readonly scheme: Endpoint['scheme'];
	/** The port that was taken. */
	readonly port: number;
	readonly #connections: Connections;
	readonly #server: Server | Http2SecureServer;
	readonly #secure: Http2SecureServer | undefined;
	readonly #renewal: NodeJS.Timeout | undefined;
	#state: EndpointState;

	private constructor(
		port: number,
		state: EndpointState,
		connections: Connections,
		server: Server | Http2SecureServer,
		secure: Http2SecureServer | undefined,
	) {
		this.scheme = secure === undefined ? 'http' : 'https';
		this.port = port;
		this.#state = state;
		this.#connections = connections;
		this.#secure = secure;
		this.#server = server;
		this.#useTimeouts();
		if (secure === undefined) return;
		this.#useFallback();
		this.#renewal = setInterval(() => this.#renewFallback(), RENEWAL_CHECK).unref();
	}

	/** @throws ListenError */
	static async open(
		{ scheme, host = '', port, isShared = false }: SocketPlace,
		state: EndpointState,
		log: Logger,
	): Promise<EndpointListener> {
		let listener: EndpointListener | undefined;
		const current = (): EndpointState => listener?.current ?? state;
		const secure = scheme === 'https' ? createTlsServer(current) : undefined;
		const server = secure ?? createPlainServer();
		const answer = (request: HttpRequest, response: HttpResponse): void => {
			connections.began(request, response);
			chooseSite(request, response, current(), log);
		};
		(server as Server).on('request', answer);
		const upgrades = new Upgrades(server as Server, answer);
		const connections = new Connections(server, secure !== undefined, upgrades);
		if (secure !== undefined) answerPlainHttp(secure, log);
		answerClientErrors(server, secure ? 'secureConnection' : 'connection', log);
		await listen(server, { host, port }, isShared);
		server.on('error', (error: Error) => log.error(`The socket on port ${port} has a problem: ${error.message}`));
		listener = new EndpointListener((server.address() as AddressInfo).port, state, connections, server, secure);
		return listener;
	}

	get current(): EndpointState {
		return this.#state;
	}

	/** Serves something else from the next request on; running ones end as they began. */
	exchange(state: EndpointState): void {
		this.#state = state;
		this.#useFallback();
		this.#useTimeouts();
	}

	/** See Connections.close(). */
	close(grace: number): Promise<void> {
		clearInterval(this.#renewal);
		return this.#connections.close(grace);
	}

	/** They hold for connections that come from now on, and for HTTP/1. */
	#useTimeouts(): void {
		const { readHeader, readBody, idle } = this.#state.timeouts ?? {};
		Object.assign(this.#server, {
			requestTimeout: readBody ?? NODE_TIMEOUTS.requestTimeout,
			headersTimeout: readHeader ?? Math.min(NODE_TIMEOUTS.headersTimeout, readBody || Number.POSITIVE_INFINITY),
			keepAliveTimeout: idle ?? NODE_TIMEOUTS.keepAliveTimeout,
		});
	}

	/** Node asks for a certificate only if the client has named a host. */
	#useFallback(): void {
		const pair = this.#state.certificates?.fallback;
		if (pair !== undefined) this.#secure?.setSecureContext(pair);
	}

	#renewFallback(): void {
		this.#state.certificates?.renewFallback().then(
			() => this.#useFallback(),
			// The old one serves until it can be had.
			() => {},
		);
	}
}

/** 16 KiB of headers, 5 s idle, 60 s for a head, 300 s for a body: Node's defaults. */
function createPlainServer(): Server {
	// Whoever admits requests says what is wrong with a Host.
	const server = createServer({ requireHostHeader: false });
	// By bytes, not by number: more than the 2,000 that Node takes by default would be dropped without a word.
	server.maxHeadersCount = 0;
	return server;
}

function createTlsServer(current: () => EndpointState): Http2SecureServer {
	const server = createSecureServer({
		allowHTTP1: true,
		// By bytes, as in HTTP/1; what PHP sends may be more than Node lets pass by default.
		maxHeaderListPairs: MOST_HEADERS,
		maxSendHeaderBlockLength: LARGEST_HEAD,
		// PHP may send any field twice.
		strictSingleValueFields: false,
		SNICallback: (name, done) => {
			contextOf(current(), name).then(
				(context) => done(null, context),
				// An alert of TLS tells the client; it has asked for a host that nobody serves.
				(error: Error) => done(error),
			);
		},
	});
	// For HTTP/1, as above; the types do not know that it is read here too.
	return Object.assign(server, { maxHeadersCount: 0, requireHostHeader: false });
}

async function contextOf({ certificates }: EndpointState, name: string) {
	if (certificates === undefined) throw new Error('This socket has no certificates.');
	return certificates.contextFor(name);
}

/**
 * Linux lets a port be open at one address and at all of them only if every socket says so; a client gets the more exact
 * one. Elsewhere that is so without a word, and the word may be unknown. Others are not given it: then a second server on the
 * same port is an error.
 */
function listen(server: Server | Http2SecureServer, address: ListenAddress, isShared: boolean): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reject(new ListenError(address, error.code ?? 'unknown'));
		});
		server.listen({ ...address, reusePort: isShared && process.platform === 'linux' }, () => {
			server.removeAllListeners('error');
			resolve();
		});
	});
}
