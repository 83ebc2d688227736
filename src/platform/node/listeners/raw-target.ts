import type { Socket } from 'node:net';
import { escapeBytes } from '../../../http/request-check.ts';

/** What Node's parser says of bytes that are no request. */
export interface ParseError extends Error {
	readonly code?: string;
	readonly reason?: string;
	/** Where in `rawPacket` it stopped. */
	readonly bytesParsed?: number;
	readonly rawPacket?: Buffer;
}

const NEWLINE = 0x0a;
/** A request line: up to here, in the packet that was refused. */
const LINE_START = /^[A-Z-]{1,20} [^\n]*$/;
/** As Node's own limits of a head. */
const LONGEST_LINE = 16 * 1024;
const PATIENCE = 60_000;

/** By which Node listens to a connection that speaks HTTP. */
const LISTENERS = /^(?:bound )?(?:socketOn[A-Z][a-z]+|onSocket[A-Z][a-z]+)$/;
const CLOSE_LISTENER = 'bound socketOnClose';
const EVENTS = ['data', 'end', 'close', 'drain', 'error', 'timeout'] as const;

/**
 * Node's parser refuses bytes above 7F in a request target; browsers escape them, but `curl` and others send UTF-8 as it
 * is. This escapes them in the request line, and lets the connection begin again with it. Only if the line's start is in
 * the packet that was refused. Nothing may be being answered on the connection.
 *
 * @param begin hands the connection to the server as if it were new
 * @returns `false` = it is a mistake of another kind; nothing has been touched
 */
export function readmit({ rawPacket, bytesParsed }: ParseError, socket: Socket, begin: () => void): boolean {
	if (rawPacket === undefined || bytesParsed === undefined) return false;
	if ((rawPacket[bytesParsed] ?? 0) < 0x80) return false;
	const start = rawPacket.lastIndexOf(NEWLINE, bytesParsed) + 1;
	if (!LINE_START.test(rawPacket.toString('latin1', start, bytesParsed))) return false;
	if (!detach(socket)) return false;
	collectLine(socket, Buffer.from(rawPacket.subarray(start)), (bytes) => {
		// Until here they have stopped and started the descriptor; the server adds them again.
		removeListeners(socket, ['pause', 'resume']);
		socket.unshift(escapeLine(bytes));
		begin();
		socket.resume();
	});
	return true;
}

/** Frees the connection from Node's HTTP; the parser goes back to where it came from, as when a connection closes. */
function detach(socket: Socket): boolean {
	const close = socket.listeners('close').find(({ name }) => name === CLOSE_LISTENER);
	if (close === undefined) return false;
	socket.pause();
	// That of the time between two requests.
	socket.setTimeout(0);
	close.call(socket);
	removeListeners(socket, EVENTS);
	return true;
}

function removeListeners(socket: Socket, events: readonly string[]): void {
	for (const event of events) {
		for (const listener of socket.listeners(event)) {
			if (LISTENERS.test(listener.name)) socket.off(event, listener as () => void);
		}
	}
}

/** Reads on until the request line is complete. Who does not send it in time, or none, loses the connection. */
function collectLine(socket: Socket, start: Buffer, done: (bytes: Buffer) => void): void {
	let bytes = start;
	const finish = (): void => {
		clearTimeout(timer);
		socket.pause();
		socket.off('data', more).off('end', end).off('error', end).off('close', end);
	};
	const end = (): void => {
		finish();
		socket.destroy();
	};
	const look = (): void => {
		if (bytes.includes(NEWLINE)) {
			finish();
			// Not within Node's own call of the parser that has failed.
			setImmediate(() => {
				if (!socket.destroyed) done(bytes);
			});
		} else if (bytes.length > LONGEST_LINE) end();
	};
	const more = (chunk: Buffer): void => {
		bytes = Buffer.concat([bytes, chunk]);
		look();
	};
	const timer = setTimeout(end, PATIENCE).unref();
	socket.on('end', end).on('error', end).on('close', end);
	if (!bytes.includes(NEWLINE)) socket.on('data', more).resume();
	look();
}

function escapeLine(bytes: Buffer): Buffer {
	const end = bytes.indexOf(NEWLINE);
	const line = escapeBytes(bytes.toString('latin1', 0, end));
	return Buffer.concat([Buffer.from(line, 'latin1'), bytes.subarray(end)]);
}
