import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type AccessPolicy, accessPolicy, checkAccess } from '../../../admin/access.ts';
import { AdminApi } from '../../../admin/admin-api.ts';
import { type AdminResponse, errorResponse } from '../../../admin/admin-messages.ts';
import type { AdminTarget } from '../../../admin/admin-target.ts';
import { ListenError } from '../../../http/listen-error.ts';
import type { Logger } from '../../../log/logger.ts';
import type { AdminEndpoint } from '../../../scopes/admin-address.ts';
import { operatorPorts } from '../network/operator-ports.ts';
import { adminRequest } from './admin-request.ts';
import { sendStream } from './admin-stream.ts';

/** The admin API on a socket. */
export interface AdminServer {
	/** Without a final slash; with the port actually in use. */
	readonly url: string;
	/**
	 * Takes no more connections, ends the event streams, and lets running requests finish, for `CLOSE_TIMEOUT` at most.
	 */
	close(): Promise<void>;
}

/** Milliseconds. */
const CLOSE_TIMEOUT = 5000;
/** Milliseconds between two checks for scopes of a new configuration. */
const REFRESH = 1000;
const MOST_CONNECTIONS = 256;
/** Where its address is chosen. */
const WHERE = 'admin API: `admin off` or `admin HOST:PORT` in the global options';

/** One per server, kept when the address of its API changes: counters and events go on. */
const apis = new WeakMap<AdminTarget, AdminApi>();

/**
 * Opens the admin API of a server. Main thread only.
 *
 * @throws ListenError when the port is taken, …
 */
export async function openAdminServer(target: AdminTarget, endpoint: AdminEndpoint, log: Logger): Promise<AdminServer> {
	const api = apis.get(target) ?? new AdminApi(target);
	apis.set(target, api);
	const answering = new Answering(api, log);
	const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, answering.handle);
	server.maxConnections = MOST_CONNECTIONS;
	server.on('clientError', (error, socket) => refuse(error, socket as Socket));
	server.on('connection', (socket: Socket) => {
		answering.silent.add(socket);
		socket.once('close', () => answering.silent.delete(socket));
	});
	// From here on PHP cannot connect to it; if the system chooses the port, as soon as it is known.
	let reopen = operatorPorts.close(endpoint.port);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reopen();
			reject(new ListenError(endpoint, error.code ?? 'unknown', WHERE));
		});
		server.listen(endpoint.port, endpoint.host, () => {
			const reopenAsked = reopen;
			reopen = operatorPorts.close((server.address() as AddressInfo).port);
			reopenAsked();
			resolve();
		});
	});
	server.on('error', (error) => log.error(`The admin API cannot take a connection: ${error.message}`));
	const { port } = server.address() as AddressInfo;
	answering.policy = accessPolicy(endpoint, port);
	api.refresh();
	const refreshing = setInterval(() => {
		try {
			api.refresh();
		} catch (error) {
			log.error(`The admin API cannot follow the scopes: ${error instanceof Error ? error.message : error}`);
		}
	}, REFRESH);
	refreshing.unref();
	let closing: Promise<void> | undefined;
	return {
		url: `http://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${port}`,
		close: () => {
			closing ??= close(server, answering).finally(() => {
				clearInterval(refreshing);
				reopen();
			});
			return closing;
		},
	};
}

/** The requests of one admin server. */
class Answering {
	policy: AccessPolicy = { hosts: new Set(), origins: new Set(), enforceOrigin: true };
	/** What ends requests when the server closes: streams, and requests whose body has not arrived yet. */
	readonly cut = new Set<() => void>();
	/** Connections that have sent no request yet: Node counts them as active. */
	readonly silent = new Set<Socket>();
	closing = false;
	readonly #api: AdminApi;
	readonly #log: Logger;

	constructor(api: AdminApi, log: Logger) {
		this.#api = api;
		this.#log = log;
	}

	readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
		this.silent.delete(request.socket);
		response.on('error', () => {});
		this.#answer(request, response).catch((error: unknown) => {
			this.#log.error(`The admin API could not send a response: ${error instanceof Error ? error.message : error}`);
			response.destroy();
		});
	};

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { admin, abandon } = adminRequest(request);
		const level = admin.target === '/metrics' ? 'debug' : 'info';
		this.#log[level](`admin API: ${admin.method} ${admin.target.slice(0, 500)}`, {
			method: admin.method,
			remote: request.socket.remoteAddress,
		});
		this.cut.add(abandon);
		let answer: AdminResponse;
		try {
			const origin = checkAccess(this.policy, admin);
			answer = withOrigin(await this.#api.handle(admin), origin, admin.method);
		} catch (error) {
			answer = errorResponse(error);
			const message = error instanceof Error ? error.message : String(error);
			this.#log[answer.status >= 500 ? 'error' : 'warn'](`admin API: ${message}`, { status: answer.status });
		} finally {
			this.cut.delete(abandon);
		}
		this.#send(request, response, answer);
	}

	#send(
		request: IncomingMessage,
		response: ServerResponse,
		{ status, headers, body, afterwards }: AdminResponse,
	): void {
		if (afterwards !== undefined) once(response, afterwards);
		// The rest of a refused body is not read: the connection ends with the response.
		const unread = !request.complete;
		if (this.closing || unread) response.setHeader('connection', 'close');
		if (typeof body === 'string') {
			const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
			response.writeHead(status, { ...headers, ...length });
			response.end(request.method === 'HEAD' ? undefined : body);
			return;
		}
		response.writeHead(status, { ...headers, connection: 'close' });
		if (request.method === 'HEAD' || this.closing) response.end();
		else sendStream(response, body, this.cut);
	}
}

/** Calls it once the response has been sent, or can no longer be sent. */
function once(response: ServerResponse, listener: () => void): void {
	let called = false;
	const call = (): void => {
		if (called) return;
		called = true;
		listener();
	};
	if (response.destroyed) call();
	response.once('finish', call).once('close', call);
}

/** As in Caddy: an allowed origin may read the response. */
function withOrigin(answer: AdminResponse, origin: string | undefined, method: string): AdminResponse {
	if (origin === undefined) return answer;
	const headers: Record<string, string> = {
		...answer.headers,
		'access-control-allow-origin': origin,
		vary: 'Origin',
		...(method === 'OPTIONS' && {
			'access-control-allow-methods': 'OPTIONS, GET, POST, DELETE',
			'access-control-allow-headers': 'Content-Type, Content-Length, Cache-Control, Last-Event-ID',
			'access-control-allow-credentials': 'true',
		}),
	};
	return { ...answer, headers };
}

/** For what is not HTTP at all. */
function refuse(_error: Error, socket: Socket): void {
	const body = `${JSON.stringify({ error: 'this is no HTTP request' })}\n`;
	socket.on('error', () => {});
	if (!socket.writable) return void socket.destroy();
	socket.end(
		`HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
		() => socket.destroy(),
	);
}

function close(server: Server, answering: Answering): Promise<void> {
	answering.closing = true;
	return new Promise((resolve) => {
		const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
		// A connection becomes idle when its response has been sent; nothing reports that, so check regularly.
		const sweep = setInterval(() => server.closeIdleConnections(), 20);
		server.close(() => {
			clearTimeout(deadline);
			clearInterval(sweep);
			resolve();
		});
		for (const socket of answering.silent) socket.destroy();
		for (const cut of [...answering.cut]) cut();
		server.closeIdleConnections();
	});
}
