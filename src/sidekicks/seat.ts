import type { CurrentRun } from './history.ts';
import type { Cancel, RunOutcome, SidekickPorts, SidekickRunRequest } from './ports.ts';

/** How long a run may take to become ready before somebody is told, milliseconds. */
export const SLOW_START = 10_000;

/** What a seat needs from its sidekick, which decides everything. */
export interface SeatOwner {
	/** A run is about to start. */
	begins(seat: Seat, current: CurrentRun, fresh: boolean): SidekickRunRequest;
	/** Its ready point; may come more than once. */
	ready(seat: Seat, current: CurrentRun): void;
	phpError(text: string): void;
	/** It has not become ready for SLOW_START. */
	isSlow(): void;
	/** The seat is empty by then. */
	ended(seat: Seat, current: CurrentRun, outcome: RunOutcome): void;
}

/** One thread's place in a sidekick: at most one run at a time, and the wait for the next. Main thread only. */
export class Seat {
	readonly number: number;
	/** Boot failures in a row, for a background worker; failures in a row, for a sidekick. */
	failures = 0;
	/** Short runs in a row: what the back-off of background workers counts. */
	shortRuns = 0;
	/** A run in it has been ready. */
	hasBeenReady = false;
	readonly #ports: SidekickPorts;
	readonly #owner: SeatOwner;
	#current: CurrentRun | undefined;
	/** Without a run: the next start. With one: its termination. Never both, so one field is enough. */
	#timer: Cancel | undefined;
	#slow: Cancel | undefined;

	constructor(number: number, ports: SidekickPorts, owner: SeatOwner) {
		this.number = number;
		this.#ports = ports;
		this.#owner = owner;
	}

	get current(): CurrentRun | undefined {
		return this.#current;
	}

	/** Its run is ready, and nobody has asked for the end of it. */
	get isReady(): boolean {
		return this.#current?.readyAt !== undefined && this.#current.asked === undefined;
	}

	/** Starts a run; the seat is empty. `warns`: tell when it is slow. */
	start(fresh: boolean, warns: boolean): void {
		const { clock, threads } = this.#ports;
		const current: CurrentRun = {
			startedAt: clock.now(),
			beganAt: undefined,
			readyAt: undefined,
			asked: undefined,
			thread: undefined,
		};
		this.#current = current;
		if (warns) this.#slow = clock.after(SLOW_START, () => this.#owner.isSlow());
		const request = this.#owner.begins(this, current, fresh);
		const isCurrent = () => this.#current === current;
		current.thread = threads.start(request, {
			began: () => {
				current.beganAt ??= clock.now();
			},
			ready: () => {
				if (!isCurrent()) return;
				this.#slow?.();
				this.#owner.ready(this, current);
			},
			phpError: (text) => isCurrent() && this.#owner.phpError(text),
			ended: (outcome) => isCurrent() && this.#owner.ended(this, current, outcome),
		});
	}

	/** Starts a run in a while; the seat is empty. */
	startAfter(delay: number, start: () => void): void {
		this.#timer = this.#ports.clock.after(delay, () => {
			this.#timer = undefined;
			start();
		});
	}

	/** Raises the stop flag of its run; after `patience` milliseconds the thread is terminated. Once per run. */
	stop(current: CurrentRun, patience: number, ignored: () => void): void {
		this.#timer = this.#ports.clock.after(patience, () => {
			this.#timer = undefined;
			ignored();
			current.thread?.terminate();
		});
		current.thread?.raiseStop();
	}

	/** Nothing runs in it any more, or is about to: what its run reports from now on does not count. */
	empty(): void {
		this.#current = undefined;
		this.#timer?.();
		this.#timer = undefined;
		this.#slow?.();
		this.#slow = undefined;
	}
}
