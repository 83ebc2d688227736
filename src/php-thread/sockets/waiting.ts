import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { NetworkPort } from './network-port.ts';

/** The longest wait that begins after the stop flag was raised, milliseconds: enough for a last word. */
const LAST_WAIT = 50;
/** How often a loop that always finds something ready lets the event loop run, milliseconds. */
const FAIR = 1;
/** The longest delay of a timer, milliseconds; a longer wait counts as endless. */
const LONGEST = 2 ** 31 - 1;

/** Makes PHP wait for its sockets, while the event loop runs. PHP thread. */
export class Waiting {
	readonly #cell: ThreadCell;
	readonly #port: NetworkPort;
	/** One for each current wait: with fibers there can be several. */
	readonly #checks = new Set<() => void>();
	#listensForStop = false;
	#lastTurn = 0;
	#looksAgain = false;

	constructor(cell: ThreadCell, port: NetworkPort) {
		this.#cell = cell;
		this.#port = port;
	}

	/** Something may have become possible: wakes every wait. */
	readonly changed = (): void => {
		for (const check of [...this.#checks]) check();
	};

	/** Waits for something that does not tell about its changes: checks again after this many milliseconds. */
	lookAgain(milliseconds: number): void {
		if (this.#looksAgain) return;
		this.#looksAgain = true;
		setTimeout(() => {
			this.#looksAgain = false;
			this.changed();
		}, milliseconds);
	}

	/** True when it is time to let the event loop run although there is no need to wait. */
	get turnIsDue(): boolean {
		return performance.now() - this.#lastTurn > FAIR;
	}

	/** Lets the event loop see what has arrived. */
	turn(): Promise<void> {
		return new Promise((resolve) => {
			this.#port.turn(() => {
				this.#lastTurn = performance.now();
				resolve();
			});
		});
	}

	/**
	 * Waits until `ready()` says so (true), for at most `milliseconds` (Infinity = as long as it takes) or until the stop
	 * flag is raised (false). `ready` is called whenever something has changed.
	 */
	until(ready: () => boolean, milliseconds: number): Promise<boolean> {
		const stopped = this.#cell.mustStop;
		const limit = Math.min(milliseconds, stopped ? LAST_WAIT : LONGEST);
		if (limit <= 0) return this.turn().then(ready);
		const end = performance.now() + limit;
		this.#cell.blocked = true;
		this.#listenForStop();
		return new Promise((resolve) => {
			let timer: ReturnType<typeof setTimeout> | undefined;
			const finish = (result: boolean): void => {
				clearTimeout(timer);
				this.#checks.delete(check);
				this.#cell.blocked = false;
				this.#lastTurn = performance.now();
				resolve(result);
			};
			const check = (): void => {
				if (ready()) finish(true);
				else if (!stopped && this.#cell.mustStop) finish(false);
			};
			// Timers may fire a fraction of a millisecond early.
			const expire = (): void => {
				const left = end - performance.now();
				if (left > 0) timer = setTimeout(expire, Math.ceil(left));
				else finish(ready());
			};
			this.#checks.add(check);
			timer = setTimeout(expire, Math.ceil(limit));
			// Raised since the first check, before anybody listened.
			if (!stopped && this.#cell.mustStop) check();
		});
	}

	#listenForStop(): void {
		if (this.#listensForStop) return;
		const raised = this.#cell.stopRaised();
		if (raised === undefined) return;
		this.#listensForStop = true;
		raised.then(() => {
			this.#listensForStop = false;
			this.changed();
		});
	}
}
