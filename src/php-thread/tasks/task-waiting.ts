import { NO_SEAT, type TaskSeats } from '../../shared-memory/task-seats.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { Alarm } from '../sockets/signal.ts';

/** The longest sleep, milliseconds. All that matters is told by a wake-up: this is for what nobody has thought of. */
const NAP = 10_000;
/**
 * How long a thread looks before it sleeps, milliseconds: the other side often answers sooner than a sleeping thread is
 * woken.
 */
const LOOKS = 0.04;
const LOOKS_PER_TIME = 50;

/** Makes a thread wait for what other threads do with its tasks. PHP thread. */
export class TaskWaiting implements Alarm {
	readonly #seats: TaskSeats;
	readonly #seat: number;
	readonly #cell: ThreadCell;

	constructor(seats: TaskSeats, seat: number, cell: ThreadCell) {
		this.#seats = seats;
		this.#seat = seat;
		this.#cell = cell;
	}

	block(ready: () => boolean, milliseconds: number): boolean {
		const hadToStop = this.#cell.mustStop;
		return this.until(() => ready() || (!hadToStop && this.#cell.mustStop), milliseconds) && ready();
	}

	/** Blocks until `over()` says so (true), at most `milliseconds`, which may be Infinity. */
	until(over: () => boolean, milliseconds: number): boolean {
		const seats = this.#seats;
		const seat = this.#seat;
		let seen = seats.wakes(seat);
		if (over()) return true;
		const start = performance.now();
		while (seat !== NO_SEAT && performance.now() - start < Math.min(LOOKS, milliseconds)) {
			for (let i = 0; i < LOOKS_PER_TIME && seats.wakes(seat) === seen; i++);
			if (seats.wakes(seat) === seen) continue;
			seen = seats.wakes(seat);
			if (over()) return true;
		}
		for (;;) {
			seen = seats.wakes(seat);
			if (over()) return true;
			const left = start + milliseconds - performance.now();
			if (left <= 0) return false;
			seats.sleep(seat, seen, Math.min(left, NAP));
		}
	}

	next(): Promise<unknown> {
		return this.#seats.woken(this.#seat, this.#seats.wakes(this.#seat)) ?? Promise.resolve();
	}
}
