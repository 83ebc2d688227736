import type { SidekickBoard } from '../shared-memory/sidekick-board.ts';
import { MAX_REPLY_HANDLES, type ThreadCell } from '../shared-memory/thread-cell.ts';
import type { Asking } from '../sidekicks/definition.ts';
import { bootFailedMessage, timeoutMessage, unpublishedMessage } from '../sidekicks/error-texts.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';
import type { ThreadEvent, Waiter } from './thread-messages.ts';
import type { ThreadTrace } from './thread-trace.ts';

/** How long the main thread may take to reply, milliseconds, before the caller is told that it does not. */
const REPLY_LIMIT = 10_000;
/** Longest uninterrupted sleep, milliseconds: it does not sleep on the thread's stop flag here. */
const NAP = 1000;

const OK = 0;
const FAILED = -1;
const TOO_SMALL = 1;

/**
 * `frankenphp_sidekick_get_vars()` below the C code: asks the main thread to start what is missing, then sleeps on the
 * shared board until everything asked for is ready. Runs on a PHP thread that may block.
 */
export class SidekickReading {
	readonly #board: SidekickBoard;
	readonly #cell: ThreadCell;
	readonly #run: { readonly isBooting: boolean };
	readonly #post: (event: ThreadEvent) => void;
	readonly #trace: ThreadTrace | undefined;
	#lastQuestion = 0;
	/** The handles that the last calls of `resolve()` have found, and those that were read by now. */
	readonly #found = new Map<string, number>();
	readonly #wasRead = new Set<number>();
	/** The sidekick that runs on this thread, if one does. */
	waiter: Waiter | undefined;

	/** @param run what runs on this thread */
	constructor(
		board: SidekickBoard,
		cell: ThreadCell,
		run: { readonly isBooting: boolean },
		post: (event: ThreadEvent) => void,
		trace: ThreadTrace | undefined,
	) {
		this.#board = board;
		this.#cell = cell;
		this.#run = run;
		this.#post = post;
		this.#trace = trace;
	}

	/**
	 * Starts and waits. Returns the handles in the order given, or the sentence for a RuntimeException.
	 * @param timeout seconds, may be Infinity
	 */
	resolve(names: string[], asking: Asking, timeout: number): number[] | string {
		if (names.length > MAX_REPLY_HANDLES) {
			return `Cannot wait for ${names.length} sidekicks in one call; the most is ${MAX_REPLY_HANDLES}.`;
		}
		const vanished = names.length === 1 ? this.#vanished(names[0] as string) : undefined;
		if (vanished !== undefined) return vanished;
		const deadline = performance.now() + timeout * 1000;
		const question = ++this.#lastQuestion;
		this.#cell.waitsFor = question;
		this.#cell.blocked = true;
		this.#post({ type: 'ensure', question, names, asking, waiter: this.waiter, mark: this.#trace?.mark() });
		let isReady = false;
		try {
			const result = this.#ask(question, names, asking, deadline, timeout);
			isReady = typeof result !== 'string';
			if (typeof result !== 'string' && asking !== 'worker') {
				for (const [index, name] of names.entries()) this.#found.set(name, result[index] as number);
			}
			return result;
		} finally {
			this.#cell.blocked = false;
			this.#cell.waitsFor = 0;
			this.#trace?.waitEnded(isReady);
		}
	}

	/**
	 * Starts, and waits for nothing but the reply. Returns the handles in the order given, or the sentence for a
	 * RuntimeException.
	 */
	start(names: string[]): number[] | string {
		const question = ++this.#lastQuestion;
		this.#post({ type: 'ensure', question, names, asking: 'task', waiter: undefined, mark: undefined });
		this.#cell.blocked = true;
		const reply = this.#cell.awaitReply(question, REPLY_LIMIT);
		this.#cell.blocked = false;
		if (reply === undefined) return this.#silence();
		return reply.ok ? reply.handles : reply.message;
	}

	/**
	 * C asks again for what it has just been given, because it is gone before it was read: whoever has ended it meant this
	 * call, too. The next one starts it. Undefined = it is not so.
	 */
	#vanished(name: string): string | undefined {
		const handle = this.#found.get(name);
		const isGone = handle !== undefined && !this.#board.isCurrent(handle);
		const reason = isGone && !this.#wasRead.has(handle) ? this.#board.failureText(handle) : undefined;
		for (const [each, found] of this.#found) {
			if (this.#board.isCurrent(found)) continue;
			this.#found.delete(each);
			this.#wasRead.delete(found);
		}
		return reason;
	}

	#ask(question: number, names: string[], asking: Asking, deadline: number, timeout: number): number[] | string {
		const reply = this.#cell.awaitReply(question, REPLY_LIMIT);
		if (reply === undefined) return this.#silence();
		if (!reply.ok) return reply.message;
		try {
			return this.#waitForAll(names, asking, reply.handles, deadline, timeout) ?? reply.handles;
		} finally {
			// Whoever is no sidekick is in no cycle of waits; a message would keep both threads busy now.
			if (this.waiter !== undefined) this.#post({ type: 'waitEnded', names, waiter: this.waiter });
		}
	}

	/** Copies the snapshot behind `handle`; see igor_host_sidekick_read(). */
	read(memory: WasmMemory, handle: number, destination: number, lengthAt: number, versionAt: number): number {
		const snapshots = this.#board.snapshots(handle);
		if (snapshots === undefined) return FAILED;
		const capacity = memory.view.getUint32(lengthAt, true);
		const copy = snapshots.read((length) =>
			length <= capacity ? memory.bytes.subarray(destination, destination + length) : undefined,
		);
		memory.view.setUint32(lengthAt, copy.length, true);
		if (!copy.fits) return TOO_SMALL;
		if (copy.version === 0 || !this.#board.isCurrent(handle)) return FAILED;
		memory.view.setInt32(versionAt, copy.version, true);
		this.#wasRead.add(handle);
		this.#trace?.seen(handle, copy.version);
		return OK;
	}

	/** Undefined when all are ready, else the reason why the call fails. */
	#waitForAll(
		names: string[],
		asking: Asking,
		handles: number[],
		deadline: number,
		timeout: number,
	): string | undefined {
		// A script that boots is started again itself: it does not wait for another attempt.
		const isImpatient = asking === 'worker' && this.#run.isBooting;
		const failures = handles.map((handle) => this.#board.bootFailures(handle));
		for (;;) {
			// The epoch is read before the cells: a change after this line ends the sleep below at once.
			const epoch = this.#board.epoch;
			let waitingFor = -1;
			for (let i = 0; i < handles.length; i++) {
				const handle = handles[i] as number;
				if (!this.#board.isCurrent(handle)) return this.#board.failureText(handle);
				if (this.#isThere(handle, asking)) continue;
				if (isImpatient && this.#board.bootFailures(handle) !== failures[i]) {
					return bootFailedMessage(names[i] as string, this.#board.statusText(handle));
				}
				if (waitingFor < 0) waitingFor = i;
			}
			if (waitingFor < 0) return this.#unpublished(names, handles);
			if (this.#cell.mustStop)
				return `Stopped while waiting for the sidekick "${names[waitingFor]}": the server is shutting down or reloading.`;
			const left = deadline - performance.now();
			if (left <= 0) {
				const [handle, name] = [handles[waitingFor] as number, names[waitingFor] as string];
				if (this.#board.isReady(handle)) return unpublishedMessage(name);
				return timeoutMessage(name, timeout, this.#board.statusText(handle), this.#board.isBackground(handle));
			}
			this.#board.waitForChange(epoch, Math.min(left, NAP));
		}
	}

	/** Whether the wait for it is over. */
	#isThere(handle: number, asking: Asking): boolean {
		return this.#board.isReady(handle) && (asking !== 'worker' || this.#board.version(handle) !== 0);
	}

	#unpublished(names: string[], handles: number[]): string | undefined {
		const index = handles.findIndex((handle) => this.#board.version(handle) === 0);
		return index < 0 ? undefined : unpublishedMessage(names[index] as string);
	}

	#silence(): string {
		if (this.#cell.mustStop) return 'Stopped while asking for a sidekick: the server is shutting down or reloading.';
		return `The server's main thread did not answer within ${REPLY_LIMIT / 1000} seconds; it is overloaded. Try again.`;
	}
}
