import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { Descriptors } from './descriptors.ts';
import type { Signal } from './signal.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from './socket.ts';
import type { Waiting } from './waiting.ts';

const POLLNVAL = 32;
/** struct pollfd { int fd; short events, revents } */
const POLLFD_BYTES = 8;
const EVENTS_AT = 4;
const REVENTS_AT = 6;
/** Files are always ready. */
const FILE_EVENTS = POLLIN | POLLOUT;
const BITS = 32;
/** How often Emscripten's pipes are checked, milliseconds: they do not tell when they change. */
const LOOK = 10;

type OtherStream = { stream_ops?: { poll?(stream: unknown, timeout: number): number } };

/** poll(2) and select(2) over sockets and files. PHP thread. */
export class Polling {
	readonly #memory: () => WasmMemory;
	readonly #descriptors: Descriptors;
	readonly #waiting: Waiting;

	constructor(memory: () => WasmMemory, descriptors: Descriptors, waiting: Waiting) {
		this.#memory = memory;
		this.#descriptors = descriptors;
		this.#waiting = waiting;
	}

	/** @param timeout milliseconds; negative = none. Returns how many descriptors are ready */
	poll(pollfds: number, count: number, timeout: number): number | Promise<number> {
		const fds = (): number[] => {
			const { view } = this.#memory();
			return Array.from({ length: count }, (_, i) => view.getInt32(pollfds + i * POLLFD_BYTES, true));
		};
		return this.#wait(() => this.#scanPollfds(pollfds, count), fds, timeout < 0 ? Infinity : timeout);
	}

	/** @param timeout milliseconds, perhaps with a fraction. Null pointers stand for empty sets */
	select(highest: number, read: number, write: number, except: number, timeout: number): number | Promise<number> {
		const asked = [read, write, except].map((set) => this.#readSet(set, highest));
		const interest = new Map<number, number>();
		for (const [i, events] of [POLLIN, POLLOUT, 0].entries()) {
			for (const fd of asked[i] ?? []) interest.set(fd, (interest.get(fd) ?? 0) | events);
		}
		const unknown = [...interest.keys()].some((fd) => this.#descriptors.stream(fd) === undefined);
		if (unknown) return -ERRNO.EBADF;
		const found = new Map<number, number>();
		const scan = (): number => {
			found.clear();
			for (const [fd, events] of interest) {
				const now = this.#events(fd) & (events | POLLERR | POLLHUP);
				if (isReady(now, events)) found.set(fd, now);
			}
			return found.size;
		};
		const finish = (): number => {
			const ready = (fds: number[], mask: number) => fds.filter((fd) => ((found.get(fd) ?? 0) & mask) !== 0);
			const [reads = [], writes = []] = asked;
			const readable = ready(reads, POLLIN | POLLERR | POLLHUP);
			const writable = ready(writes, POLLOUT | POLLERR);
			this.#writeSet(read, highest, readable);
			this.#writeSet(write, highest, writable);
			this.#writeSet(except, highest, []);
			return readable.length + writable.length;
		};
		const result = this.#wait(scan, () => [...interest.keys()], timeout);
		return typeof result === 'number' ? finish() : result.then(finish);
	}

	/** Waits until `scan` counts something. @param fds what it looks at */
	#wait(scan: () => number, fds: () => number[], timeout: number): number | Promise<number> {
		const now = scan();
		if (now > 0 && !this.#waiting.turnIsDue) return now;
		const asked = fds().filter((fd) => fd >= 0);
		const signals = asked.map((fd) => this.#signal(fd)).filter((signal) => signal !== undefined);
		const onlySignals = signals.length > 0 && signals.length === asked.length;
		// A loop that is always busy with one socket must not starve the others.
		if (now > 0) return onlySignals ? now : this.#waiting.turn().then(scan);
		if (signals.length === 0) return this.#waiting.until(() => scan() > 0, timeout).then(scan);
		const tell = (isWaiting: boolean): void => {
			for (const signal of signals) {
				if (timeout > 0) signal.waits?.(isWaiting);
				else if (isWaiting) signal.looked?.();
			}
		};
		tell(true);
		const finish = (): number => {
			tell(false);
			return scan();
		};
		const ready = () => scan() > 0;
		const waited = onlySignals ? this.#waiting.untilSignal(ready, timeout) : this.#waiting.until(ready, timeout, true);
		return typeof waited === 'boolean' ? finish() : waited.then(finish);
	}

	#signal(fd: number): Signal | undefined {
		const socket = this.#descriptors.socket(fd);
		return typeof socket === 'number' ? undefined : socket.signal;
	}

	#scanPollfds(pollfds: number, count: number): number {
		const { view } = this.#memory();
		let ready = 0;
		for (let at = pollfds, end = pollfds + count * POLLFD_BYTES; at < end; at += POLLFD_BYTES) {
			const fd = view.getInt32(at, true);
			const events = view.getInt16(at + EVENTS_AT, true);
			const found = fd < 0 ? 0 : this.#events(fd) & (events | POLLERR | POLLHUP | POLLNVAL);
			view.setInt16(at + REVENTS_AT, found, true);
			if (found !== 0) ready++;
		}
		return ready;
	}

	#events(fd: number): number {
		const socket = this.#descriptors.socket(fd);
		if (typeof socket !== 'number') return socket.events;
		const stream = this.#descriptors.stream(fd) as OtherStream | undefined;
		if (stream === undefined) return POLLNVAL;
		if (stream.stream_ops?.poll === undefined) return FILE_EVENTS;
		this.#waiting.lookAgain(LOOK);
		return stream.stream_ops.poll(stream, -1);
	}

	#readSet(pointer: number, highest: number): number[] {
		if (pointer === 0) return [];
		const { view } = this.#memory();
		const fds: number[] = [];
		for (let base = 0; base < highest; base += BITS) {
			const word = view.getUint32(pointer + base / 8, true);
			if (word === 0) continue;
			for (let bit = 0; bit < BITS && base + bit < highest; bit++) if ((word >>> bit) & 1) fds.push(base + bit);
		}
		return fds;
	}

	#writeSet(pointer: number, highest: number, fds: number[]): void {
		if (pointer === 0) return;
		const { view } = this.#memory();
		for (let base = 0; base < highest; base += BITS) view.setUint32(pointer + base / 8, 0, true);
		for (const fd of fds) {
			const at = pointer + Math.floor(fd / BITS) * 4;
			view.setUint32(at, view.getUint32(at, true) | (1 << (fd % BITS)), true);
		}
	}
}

/** select(2): errors and ends count as something to read, errors as room to write. */
function isReady(now: number, asked: number): boolean {
	if ((now & asked) !== 0) return true;
	return (asked & POLLIN) !== 0 ? (now & (POLLERR | POLLHUP)) !== 0 : (asked & POLLOUT) !== 0 && (now & POLLERR) !== 0;
}
