import { fstatSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import type { StandardStreams } from '../../../php-thread/standard-streams.ts';
import { codeOf } from '../files/host-error.ts';
import { NodeConnection } from '../network/node-network.ts';
import { writeAll } from '../operations/write-all.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** The standard streams of this process. PHP thread: the main thread must not read stdin. */
export function nodeStandardStreams(): StandardStreams {
	const isTerminal = isatty(STDIN);
	return {
		modes: [modeOf(STDIN), modeOf(STDOUT), modeOf(STDERR)],
		areTerminals: [isTerminal, isatty(STDOUT), isatty(STDERR)],
		readNow: isTerminal || !needsNoWaiting(STDIN) ? undefined : readInput,
		openInput: (events) => {
			const socket: Socket = isTerminal
				? new ReadStream(STDIN)
				: new Socket({ fd: STDIN, readable: true, writable: false });
			const connection = new NodeConnection(socket, events);
			socket.on('data', (bytes) => {
				if (connection.live && !events.data(bytes)) socket.pause();
			});
			return connection;
		},
		write: writeAll,
	};
}

function readInput(target: Uint8Array): number {
	try {
		return readSync(STDIN, target);
	} catch (error) {
		// A closed stdin, or a folder.
		if (codeOf(error) === 'EOF' || codeOf(error) === 'EBADF' || codeOf(error) === 'EISDIR') return 0;
		throw error;
	}
}

function modeOf(fd: number): number {
	try {
		return fstatSync(fd).mode;
	} catch {
		return 0;
	}
}

/** Files and devices such as /dev/null; whatever cannot be read, too. */
function needsNoWaiting(fd: number): boolean {
	try {
		const stat = fstatSync(fd);
		return !stat.isFIFO() && !stat.isSocket();
	} catch {
		return true;
	}
}
