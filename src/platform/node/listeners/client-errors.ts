import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Http2SecureServer, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../../log/logger.ts';
import type { HttpRequest } from '../http/http-messages.ts';
import { type ParseError, readmit } from './raw-target.ts';

const ANSWERS: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
	HPE_HEADER_OVERFLOW: [431, 'The head of the request is over 16 KiB.'],
	HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions of the request are too large.'],
	HPE_INVALID_URL: [400, 'The request target has a character that does not belong there; escape it as %XX.'],
	ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

const NO_PROXY = 'CONNECT is for proxies, and this is none.';
const ALLOWED = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/**
 * Answers what Node's parser refuses, by a sentence, and logs it: by itself Node would say neither. A target with raw
 * bytes of UTF-8 is the exception: it is escaped, and parsed again.
 *
 * @param event the one by which the server takes connections that speak HTTP/1
 */
export function answerClientErrors(
	server: Server | Http2SecureServer,
	event: 'connection' | 'secureConnection',
	log: Logger,
): void {
	/** Connections on which earlier requests are answered before their mistake is. */
	const waiting = new WeakSet<Duplex>();
	const deal = (error: ParseError, socket: Duplex): void => {
		const earlier = earlierAnswer(socket);
		if (waiting.has(socket)) return;
		if (earlier !== undefined && error.code?.startsWith('HPE_') === true) {
			waiting.add(socket);
			socket.pause();
			earlier.once('close', () => {
				// The next one has its turn by then.
				setImmediate(() => {
					waiting.delete(socket);
					if (!socket.destroyed) deal(error, socket);
				});
			});
			return;
		}
		if (error.code === 'HPE_INVALID_URL' && readmit(error, socket as Socket, () => server.emit(event, socket))) return;
		refuse(error, socket, log);
	};
	(server as Server).on('clientError', deal);
	// Without a listener, Node closes the connection without a word.
	(server as Server).on('connect', (request: HttpRequest, client: Duplex | Http2ServerResponse) => {
		log.info(`A request was refused: ${NO_PROXY}`, { remote: request.socket?.remoteAddress });
		if (client instanceof Http2ServerResponse) client.writeHead(405, { allow: ALLOWED }).end(`${NO_PROXY}\n`);
		else send(client, 405, NO_PROXY, `Allow: ${ALLOWED}\r\n`);
	});
}

/** What is being answered on a connection: Node's own note, which its default handling of these errors goes by. */
function answerOn(socket: Duplex): ServerResponse | undefined {
	return (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** The answer to a request that was complete: the mistake is in one behind it. */
function earlierAnswer(socket: Duplex): ServerResponse | undefined {
	const answer = answerOn(socket);
	return answer?.req.complete === true ? answer : undefined;
}

function refuse(error: ParseError, socket: Duplex, log: Logger): void {
	const { code = '', reason, message } = error;
	// Connections end in many ways; only what is no HTTP deserves a line. An answer that has begun must not be mixed up.
	if (!(code.startsWith('HPE_') || code in ANSWERS) || !socket.writable || answerOn(socket)?.headersSent === true) {
		socket.destroy(error);
		return;
	}
	const [status, sentence] = ANSWERS[code] ?? [400, `This is no HTTP request: ${reason ?? message}.`];
	log.info(`A request was refused: ${sentence}`, { code, remote: (socket as Socket).remoteAddress });
	send(socket, status, sentence);
}

function send(socket: Duplex, status: number, sentence: string, fields = ''): void {
	const body = `${sentence}\n`;
	const type = 'Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff';
	const length = Buffer.byteLength(body);
	const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields}${type}\r\nConnection: close\r\nContent-Length: ${length}`;
	socket.write(`${head}\r\n\r\n${body}`);
	if ('destroySoon' in socket) (socket as Socket).destroySoon();
	else socket.end();
}
