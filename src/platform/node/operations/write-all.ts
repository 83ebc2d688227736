import { writeSync } from 'node:fs';

/** How soon a descriptor that takes nothing at the moment is tried again: at first, and in the end, milliseconds. */
const FIRST_NAP = 1;
const LONGEST_NAP = 16;

const nap = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes bytes to a descriptor, and waits for its reader, also where somebody has made the descriptor non-blocking. Blocks
 * the thread.
 * @returns how many bytes have been written: less than all, when it failed on the way
 * @throws Node's error with a `code`, such as EPIPE, when nothing could be written
 */
export function writeAll(fd: number, bytes: Uint8Array): number {
	let written = 0;
	for (let pause = FIRST_NAP; written < bytes.length; ) {
		try {
			written += writeSync(fd, bytes, written);
			pause = FIRST_NAP;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
				Atomics.wait(nap, 0, 0, pause);
				pause = Math.min(2 * pause, LONGEST_NAP);
			} else if (written > 0) return written;
			else throw error;
		}
	}
	return written;
}

/** Writes text, if there is anybody to read it. */
export function tell(fd: number, text: string): void {
	try {
		writeAll(fd, Buffer.from(text));
	} catch {
		// A reader or terminal that is gone, a full disk: there is nobody to tell.
	}
}
