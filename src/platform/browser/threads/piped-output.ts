import type { StandardStreams } from '../../../php-thread/standard-streams.ts';

const IFIFO = 0o010000;
/** Bytes on their way at which PHP waits for its reader. */
const MOST_UNREAD = 256 * 1024;

/** What counts the bytes on their way from one thread. */
export function createOutputBuffer(): SharedArrayBuffer {
	return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** Main thread: so many bytes have arrived. */
export function outputArrived(buffer: SharedArrayBuffer, bytes: number): void {
	const unread = new Int32Array(buffer);
	Atomics.sub(unread, 0, bytes);
	Atomics.notify(unread, 0);
}

/** PHP thread: an empty stdin, and two pipes to the main thread. `post` gets bytes of its own. */
export function pipedStreams(
	buffer: SharedArrayBuffer,
	post: (stream: number, bytes: Uint8Array) => void,
): StandardStreams {
	const unread = new Int32Array(buffer);
	return {
		modes: [IFIFO, IFIFO, IFIFO],
		areTerminals: [false, false, false],
		readNow: () => 0,
		openInput: () => {
			throw new Error('stdin is empty: nothing has to be opened.');
		},
		write: (stream, bytes) => {
			for (let count = Atomics.load(unread, 0); count > MOST_UNREAD; count = Atomics.load(unread, 0)) {
				Atomics.wait(unread, 0, count);
			}
			Atomics.add(unread, 0, bytes.length);
			post(stream, bytes.slice());
			return bytes.length;
		},
	};
}
