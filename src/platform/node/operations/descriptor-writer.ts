import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** How often writing to a slow reader is retried, milliseconds. */
const RETRY = 20;
/** How much may wait for such a reader, bytes; what comes after that is lost. */
const MOST_WAITING = 1024 * 1024;
/** How long `close()` waits for it, milliseconds. */
const LAST_WAIT = 500;
const NAP = 10;

/**
 * Writes lines to a descriptor, at once if possible, and never waits: a pipe that nobody reads, or a terminal that was
 * stopped or closed, must hold up neither requests nor the end of the process. Main thread only.
 */
export class DescriptorWriter {
	readonly #fd: number;
	readonly #isOwn: boolean;
	readonly #onLost: (lines: number) => void;
	/** The first one may have been written in part. */
	#waiting: Buffer[] = [];
	#bytes = 0;
	#lost = 0;
	#timer: NodeJS.Timeout | undefined;

	/**
	 * @param fd 1 and 2 stay open at the end
	 * @param onLost called with the number of lost lines, once there is room again
	 */
	constructor(fd: number, onLost: (lines: number) => void) {
		const own = fd <= 2 ? withoutWaiting(fd) : fd;
		this.#fd = own ?? fd;
		this.#isOwn = own !== undefined;
		this.#onLost = onLost;
	}

	write(line: string): void {
		const bytes = Buffer.from(line);
		if (this.#bytes + bytes.length > MOST_WAITING) {
			this.#lost++;
			return;
		}
		this.#waiting.push(bytes);
		this.#bytes += bytes.length;
		// In order: what waits goes first.
		if (this.#timer === undefined && !this.#flush()) this.#retry();
	}

	close(): void {
		clearTimeout(this.#timer);
		const nap = new Int32Array(new SharedArrayBuffer(4));
		for (let waited = 0; !this.#flush() && waited < LAST_WAIT; waited += NAP) Atomics.wait(nap, 0, 0, NAP);
		if (this.#isOwn) closeSync(this.#fd);
	}

	/** False when the reader is too slow. What cannot be written for another reason is lost. */
	#flush(): boolean {
		for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
			let written = first.length;
			try {
				written = writeSync(this.#fd, first);
			} catch (error) {
				// A full disk, a reader or terminal that is gone: the next line may succeed.
				if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
			}
			this.#bytes -= written;
			if (written < first.length) this.#waiting[0] = first.subarray(written);
			else this.#waiting.shift();
		}
		return true;
	}

	#retry(): void {
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			if (!this.#flush()) this.#retry();
			else if (this.#lost > 0) {
				const lost = this.#lost;
				this.#lost = 0;
				this.#onLost(lost);
			}
		}, RETRY).unref();
	}
}

/** The same pipe or terminal by our own, non-blocking descriptor; others share the original's settings. */
function withoutWaiting(fd: number): number | undefined {
	if (process.platform !== 'linux') return undefined;
	try {
		if (!isatty(fd) && !fstatSync(fd).isFIFO()) return undefined;
		const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
		return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
	} catch {
		// Another user's terminal, a pipe without a reader.
		return undefined;
	}
}
