import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { LogConfig } from '../../../directives/log.ts';
import { accessRecord } from '../../../http/access-record.ts';
import type { ClientFacts } from '../../../http/client-facts.ts';
import type { Logger } from '../../../log/logger.ts';
import { parseHostPort } from '../../../site/values/host-port.ts';
import type { AccessLogger, HttpRequest, HttpResponse } from '../http/http-messages.ts';
import { hostOf, isSkipped, userOf } from '../http/http-request.ts';
import { beforeHead } from '../http/response-hooks.ts';
import { fieldFilters } from '../operations/field-filters.ts';
import { destinationOf, openSink } from '../operations/log-sinks.ts';
import { type LogLevelName, rawLoggerOf } from '../operations/pino-logger.ts';
import { plainAddress } from './client-address.ts';

/** The access log of one site, and what its files need in the end. */
export interface OpenAccessLog {
	readonly log: AccessLogger;
	close(): Promise<void>;
}

/**
 * Opens the access logs of a site: one line for each request, when its response has been closed.
 *
 * @param options `folder`: relative paths of log files belong to it
 * @returns `undefined` = the site has no `log`
 * @throws LogFileError when a file cannot be opened
 */
export function createAccessLogger(
	logs: readonly LogConfig[],
	{ folder }: { readonly folder: string },
): OpenAccessLog | undefined {
	if (logs.length === 0) return undefined;
	const open = logs.flatMap((config) => openLog(config, folder));
	return {
		log: (request, response, client) => {
			const host = parseHostPort(hostOf(request)).host.toLowerCase();
			const wanted = open.filter(({ hostnames }) => hostnames === undefined || hostnames.includes(host));
			if (wanted.length > 0)
				follow(request, response, client, (level, record) => {
					for (const { logger } of wanted) logger[level]('handled request', record);
				});
		},
		close: async () => {
			for (const { close } of open) close();
		},
	};
}

function openLog(
	{ name, output = { type: 'stderr' }, format, filters, level, hostnames }: LogConfig,
	folder: string,
): { logger: Logger; hostnames: readonly string[] | undefined; close(): void }[] {
	if (output.type === 'discard') return [];
	const sink = openSink(destinationOf(output, folder), format);
	const lowest = (level?.toLowerCase() ?? 'info') as LogLevelName;
	const logger = rawLoggerOf([{ sink, level: lowest, ...(filters && { filter: fieldFilters(filters) }) }], {
		logger: `http.log.access${name === undefined ? '' : `.${name}`}`,
	});
	return [{ logger, hostnames: hostnames?.map((host) => host.toLowerCase()), close: () => sink.close() }];
}

/** Waits for the end of a response. Failures of the server are errors, everything else is information, as in Caddy. */
function follow(
	request: HttpRequest,
	response: HttpResponse,
	client: ClientFacts,
	write: (level: 'info' | 'error', record: Record<string, unknown>) => void,
): void {
	const start = performance.now();
	const socket = request.socket as TLSSocket | undefined;
	const { remoteAddress = '', remotePort = 0 } = socket ?? {};
	const tls = socket?.encrypted === true ? tlsFacts(socket) : undefined;
	const uri = request.url ?? '';
	// What is written in answer to HEAD is not sent.
	const size = request.method === 'HEAD' ? () => 0 : countBytes(response);
	const bytesRead = countReceived(request);
	let headers: Record<string, string | string[] | number | undefined> = {};
	beforeHead(response, (head) => {
		headers = Object.create(null);
		for (let at = 0; at + 1 < head.headers.length; at += 2) {
			const name = (head.headers[at] as string).toLowerCase();
			const before = headers[name];
			const value = head.headers[at + 1] as string;
			headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [String(before)]), value];
		}
	});
	response.on('close', () => {
		if (isSkipped(request)) return;
		const status = response.headersSent ? response.statusCode : 0;
		write(
			status >= 500 ? 'error' : 'info',
			accessRecord({
				remoteIp: plainAddress(remoteAddress),
				remotePort,
				clientIp: client.remoteAddress,
				protocol: protocolOf(request),
				method: request.method ?? 'GET',
				host: hostOf(request),
				uri,
				requestHeaders: request.rawHeaders,
				tls,
				userId: userOf(request),
				duration: (performance.now() - start) / 1000,
				size: size(),
				bytesRead: bytesRead(),
				status,
				responseHeaders: headers,
			}),
		);
	});
}

/** How many bytes of a body have been handed over so far. The outermost writes count: as they go to the client. */
function countBytes(response: HttpResponse): () => number {
	let bytes = 0;
	const count = (chunk: unknown, encoding: unknown): void => {
		if (typeof chunk === 'string') bytes += encoding === 'latin1' ? chunk.length : Buffer.byteLength(chunk);
		else if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
	};
	// The end of HTTP/2's responses calls their write.
	for (const name of response instanceof Http2ServerResponse ? (['write'] as const) : (['write', 'end'] as const)) {
		const original = (response as ServerResponse)[name].bind(response) as (...args: unknown[]) => unknown;
		Object.defineProperty(response, name, {
			configurable: true,
			value: (chunk: unknown, ...rest: unknown[]) => {
				count(chunk, rest[0]);
				return original(chunk, ...rest);
			},
		});
	}
	return () => bytes;
}

/** How many bytes of the request's body have come; its Content-Length is only what the client has promised. */
function countReceived(request: HttpRequest): () => number {
	let bytes = 0;
	const { push } = request;
	request.push = (chunk: unknown, encoding?: BufferEncoding) => {
		if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
		return push.call(request, chunk, encoding);
	};
	return () => bytes;
}

function protocolOf({ httpVersionMajor, httpVersionMinor }: HttpRequest): string {
	return `HTTP/${httpVersionMajor}.${httpVersionMinor}`;
}

function tlsFacts(socket: TLSSocket): { version: string; cipher: string; serverName: string } {
	const { servername } = socket as TLSSocket & { servername?: string | false };
	return {
		version: socket.getProtocol() ?? '',
		// There is none any more when the connection has gone.
		cipher: socket.getCipher()?.standardName ?? '',
		serverName: servername || '',
	};
}
