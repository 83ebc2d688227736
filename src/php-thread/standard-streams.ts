import type { EmscriptenFs, StreamOperations } from './abi/emscripten.ts';
import { errnoOf } from './abi/errno.ts';
import { attributesOf } from './sockets/descriptors.ts';
import type { Connection, ConnectionEvents, NetworkPort } from './sockets/network-port.ts';
import { Socket } from './sockets/socket.ts';
import { AF_UNIX } from './sockets/socket-addresses.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const S_IFMT = 0o170000;
const IFSOCK = 0o140000;
const IFCHR = 0o020000;
const IFIFO = 0o010000;

/** What the standard streams of a command line lead to, on the host. */
export interface StandardStreams {
	/** What fstat(2) says of stdin, stdout and stderr. */
	readonly modes: readonly [number, number, number];
	readonly areTerminals: readonly [boolean, boolean, boolean];
	/** Reads stdin where that needs no waiting (a file, /dev/null); undefined = it has to be opened. 0 = the end. */
	readonly readNow: ((target: Uint8Array) => number) | undefined;
	/** Begins to read stdin. */
	openInput(events: ConnectionEvents): Connection;
	/**
	 * Writes to stdout (1) or stderr (2), and waits for the reader. Returns how many bytes were written; throws an error with
	 * a `code` when that is none.
	 */
	write(stream: number, bytes: Uint8Array): number;
}

/** Takes bytes, valid only during the call; the result is how many, or a negative errno. */
type Output = (stream: number, bytes: Uint8Array) => number;
type StandardStream = {
	fd: number;
	node: { mode: number; node_ops: object; igorSocket?: Socket };
	stream_ops: StreamOperations;
	tty?: unknown;
};

/**
 * Makes stdout and stderr pass bytes on unchanged. Emscripten's own devices print whole lines, and drop NUL bytes.
 * Descriptors that PHP duplicates keep these operations.
 */
export function connectOutput(fs: EmscriptenFs, output: Output): void {
	for (const stream of [STDOUT, STDERR]) {
		const file = fs.streams[stream];
		if (file == null) continue;
		file.stream_ops = {
			...file.stream_ops,
			write: (_file, buffer, offset, length) => {
				const written = output(stream, new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
				if (written < 0) throw new fs.ErrnoError(-written);
				return written;
			},
		};
	}
}

/**
 * Where stdout and stderr lead: those of a command line to the host's, what other roles write to `post`, which gets a copy
 * because the bytes are PHP's.
 */
export function outputOf(
	commandLine: StandardStreams | undefined,
	post: (stream: number, bytes: Uint8Array) => void,
): Output {
	return (stream, bytes) => {
		if (commandLine === undefined) {
			post(stream, bytes.slice());
			return bytes.length;
		}
		try {
			return commandLine.write(stream, bytes);
		} catch (error) {
			return -errnoOf(String((error as { code?: unknown }).code));
		}
	};
}

/** What stdin's socket works with. */
export type InputContext = { network: NetworkPort; changed(): void };

/**
 * Makes the standard streams look to PHP like what they are on the host, and stdin readable. Of a pipe or terminal nothing
 * is read before PHP asks: programs may share it. Call it after connectOutput().
 * @returns what puts stdout and stderr back, once PHP has started: php.wasm's command line has led them to devices of the
 *   glue, which are no terminals
 */
export function connectStandardStreams(
	fs: EmscriptenFs,
	streams: StandardStreams,
	{ network, changed }: InputContext,
): () => void {
	const putBack = (): void => {
		// Copies: the originals have been closed.
		for (const [fd, stream] of outputs) if (stream != null) fs.dupStream(stream, fd);
	};
	for (const fd of [STDIN, STDOUT, STDERR]) {
		const stream = fs.streams[fd] as unknown as StandardStream;
		const mode = shownMode(streams.modes[fd] as number, streams.areTerminals[fd] === true);
		// Of its own: the glue's node is the device's, for all three.
		const node = new fs.FSNode(null, 'standard', mode, 0) as unknown as StandardStream['node'];
		node.node_ops = { getattr: () => attributesOf(mode) };
		stream.node = node;
		if (streams.areTerminals[fd] !== true) {
			stream.tty = undefined;
			// The device's others work on a terminal.
			const { write } = stream.stream_ops;
			stream.stream_ops = write === undefined ? {} : { write };
		}
	}
	const outputs = [STDOUT, STDERR].map((fd) => [fd, fs.streams[fd]] as const);
	const input = fs.streams[STDIN] as unknown as StandardStream;
	const { readNow } = streams;
	if (readNow !== undefined) {
		input.stream_ops = {
			read: (_stream, buffer, offset, length) =>
				readNow(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length)),
		};
		return putBack;
	}
	input.node.igorSocket = Socket.connected(AF_UNIX, network, changed, (events) => streams.openInput(events), true);
	input.stream_ops = {};
	return putBack;
}

/** PHP would use a socket by send() and recv(), and PHP 8.2 takes /dev/null for a terminal: both look like pipes. */
function shownMode(mode: number, isTerminal: boolean): number {
	const kind = mode & S_IFMT;
	return kind === IFSOCK || (kind === IFCHR && !isTerminal) ? (mode & ~S_IFMT) | IFIFO : mode;
}
