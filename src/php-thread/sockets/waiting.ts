import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { NetworkPort } from './network-port.ts';
import type { Alarm } from './signal.ts';

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
	readonly #alarm: Alarm | undefined;
	#listensForStop = false;
	#listensForAlarm = false;
	#lastTurn = 0;
	#looksAgain = false;

	/** @param alarm tells of signals; undefined = there are none */
	constructor(cell: ThreadCell, port: NetworkPort, alarm?: Alarm) {
		this.#cell = cell;
		this.#port = port;
		this.#alarm = alarm;
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
	 * @param hasSignals `ready` depends on signals, too
	 */
	until(ready: () => boolean, milliseconds: number, hasSignals = false): Promise<boolean> {
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
			if (hasSignals) this.#listenForAlarm();
			// Raised since the first check, before anybody listened.
			if (hasSignals || (!stopped && this.#cell.mustStop)) check();
		});
	}

	/** The same for what depends on signals alone: no event loop is needed, and another thread wakes this one directly. */
	untilSignal(ready: () => boolean, milliseconds: number): boolean | Promise<boolean> {
		if (this.#alarm === undefined || milliseconds <= 0)
			return milliseconds <= 0 ? ready() : this.until(ready, milliseconds);
		this.#cell.blocked = true;
		const result = this.#alarm.block(ready, this.#cell.mustStop ? Math.min(milliseconds, LAST_WAIT) : milliseconds);
		this.#cell.blocked = false;
		return result;
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

	#listenForAlarm(): void {
		if (this.#listensForAlarm || this.#alarm === undefined) return;
		this.#listensForAlarm = true;
		void this.#alarm.next().then(() => {
			this.#listensForAlarm = false;
			if (this.#checks.size > 0) this.#listenForAlarm();
			this.changed();
		});
	}
}
