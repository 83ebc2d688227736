import type { SidekickCounters } from './counters.ts';
import { isBackground, type SidekickDefinition } from './definition.ts';
import { bootsNoMoreMessage, describeOutcome, gaveUpMessage, shutDownMessage, stoppedMessage } from './error-texts.ts';
import { type CurrentRun, emptyHistory, infoOf, statusOf } from './history.ts';
import type { RunOutcome, SidekickOwner, SidekickPorts, SidekickRunRequest } from './ports.ts';
import { type AfterRun, afterRun, afterWorkerRun, type SidekickPolicy } from './restart-policy.ts';
import { Seat, type SeatOwner, SLOW_START } from './seat.ts';
import { SidekickCell } from './sidekick-cell.ts';
import type { SidekickEventOf, StopCause } from './sidekick-event.ts';
import { type SidekickState, transition } from './states.ts';
import type { SidekickInfo, SidekickStatus } from './status.ts';

/**
 * The life of one sidekick or background worker: the runs of its threads, and what follows the end of each. Main thread
 * only.
 */
export class Sidekick {
	readonly name: string;
	readonly definition: SidekickDefinition;
	readonly #ports: SidekickPorts;
	readonly #policy: SidekickPolicy;
	readonly #owner: SidekickOwner;
	readonly #isBackground: boolean;
	readonly #seats: readonly Seat[];
	#state: SidekickState = 'starting';
	readonly #cell: SidekickCell;
	readonly #history = emptyHistory();
	readonly #counters: SidekickCounters;
	#everReady = false;
	/** What its cell will say once it has been stopped. */
	#stopReason: string;
	#stopListeners: (() => void)[] = [];

	/** `counters` are those of its name; only it writes them while it exists. */
	constructor(
		counters: SidekickCounters,
		definition: SidekickDefinition,
		handle: number,
		ports: SidekickPorts,
		policy: SidekickPolicy,
		owner: SidekickOwner,
	) {
		const { name } = counters;
		this.name = name;
		this.definition = definition;
		this.#isBackground = isBackground(definition);
		this.#counters = counters;
		this.#ports = ports;
		this.#cell = new SidekickCell(handle, ports.cells);
		this.#stopReason = stoppedMessage(name, this.#isBackground);
		this.#policy = policy;
		this.#owner = owner;
		this.#seats = Array.from({ length: definition.num }, (_, number) => new Seat(number, ports, this.#seatOwner));
	}

	get handle(): number {
		return this.#cell.handle;
	}

	get isStopping(): boolean {
		return this.#state === 'stopping';
	}

	/** Whether it has ever reached its ready point: the cell knows it before the thread's message arrives. */
	get hasBeenReady(): boolean {
		return this.#everReady || this.#cell.isReady;
	}

	/** Whether each of its threads has been ready. */
	get isComplete(): boolean {
		return this.#seats.every(({ hasBeenReady }) => hasBeenReady);
	}

	get info(): SidekickInfo {
		return infoOf(this.#history, this.name, this.#state, this.definition, this.#seats, {
			isReady: this.hasBeenReady,
			publication: this.#cell.publication,
			tasks: this.#cell.tasks,
			fleet: this.#cell.fleet,
			counters: this.#counters,
			readersWaiting: this.hasBeenReady ? 0 : this.#ports.readersWaiting(this.name),
		});
	}

	/** What it has published last, encoded. */
	get snapshot(): { version: number; bytes: Uint8Array } | undefined {
		return this.#cell.snapshot;
	}

	/** Starts the first run of each thread. Once. */
	start(): void {
		for (const seat of this.#seats) this.#startRun(seat, false);
	}

	/** Ends the current runs and starts the next at once. False while it is being stopped. */
	restart(): boolean {
		if (this.isStopping) return false;
		for (const seat of this.#seats) {
			if (seat.current === undefined) {
				seat.empty();
				this.#forgive(seat);
				this.#startRun(seat, true);
			} else if (seat.current.asked === undefined) this.#askToEnd(seat, seat.current, 'restart');
		}
		return true;
	}

	/** Ends it for good; `ended` is called once the current runs are over, which get `patience` milliseconds. */
	stop(cause: 'stop' | 'shutdown', ended: () => void, patience = this.#policy.stopTimeout): void {
		this.#stopListeners.push(ended);
		// Waiters need not wait for the thread's end. Only at shutdown: the cell is then freed while the thread still runs,
		// which is harmless only because nothing starts any more.
		if (cause === 'shutdown') {
			this.#stopReason = shutDownMessage(this.name, this.#isBackground);
			if (!this.hasBeenReady) this.#cell.close(this.#stopReason);
		}
		if (this.isStopping) return;
		this.#to('stopping');
		for (const seat of this.#seats) {
			if (seat.current === undefined) seat.empty();
			else this.#askToEnd(seat, seat.current, 'stop', cause, patience);
		}
		this.#endIfEmpty();
	}

	/** Somebody asks for it while it is being stopped: another run follows after all. */
	revive(): void {
		this.#to(this.hasBeenReady ? 'restarting' : 'starting');
		for (const seat of this.#seats) {
			if (seat.current === undefined) this.#startRun(seat, true);
			else seat.current.asked = 'restart';
		}
	}

	/** Stops waiting for threads that do not even report their termination. Only while it is being stopped. */
	abandon(): void {
		for (const seat of this.#seats) seat.empty();
		this.#log({ type: 'abandoned' });
		this.#end('stopped', this.#stopReason);
	}

	#startRun(seat: Seat, fresh: boolean): void {
		seat.start(fresh, this.#isBackground);
	}

	/** What its seats report. */
	readonly #seatOwner: SeatOwner = {
		begins: (seat, current, fresh) => this.#begins(seat, current, fresh),
		ready: (seat, current) => this.#ready(seat, current),
		phpError: (text) => {
			this.#history.lastError = text;
			this.#describe();
		},
		isSlow: () => this.#log({ type: 'slow-start', after: SLOW_START }),
		ended: (seat, current, outcome) => this.#runEnded(seat, current, outcome),
	};

	#begins(seat: Seat, { startedAt }: CurrentRun, fresh: boolean): SidekickRunRequest {
		const attempt = ++this.#history.attempts;
		this.#counters.starts++;
		if (this.#isBackground ? seat.hasBeenReady : this.#everReady) this.#history.restarts++;
		this.#history.startedAt = startedAt;
		this.#log({ type: 'starting', attempt });
		this.#settle();
		const { name, handle, definition } = this;
		const { file, env } = definition;
		return { name, handle, attempt, fresh, seat: seat.number, file, env, isBackground: this.#isBackground };
	}

	#ready(seat: Seat, current: CurrentRun): void {
		if (current.readyAt !== undefined) return;
		current.readyAt = this.#ports.clock.now();
		const after = current.readyAt - current.startedAt;
		this.#history.timeToReady = after;
		this.#everReady = true;
		seat.hasBeenReady = true;
		if (this.#isBackground) seat.failures = 0;
		this.#settle();
		if (current.asked === undefined) this.#log({ type: 'ready', attempt: this.#history.attempts, after });
		this.#owner.ready(this.name);
	}

	#runEnded(seat: Seat, current: CurrentRun, outcome: RunOutcome): void {
		// A terminated thread takes the message about its publication with it; the cell remains.
		if (!this.#isBackground && !this.#everReady && this.hasBeenReady) this.#ready(seat, current);
		seat.empty();
		const wasReady = this.#isBackground ? current.readyAt !== undefined : this.#everReady;
		this.#history.exitStatus = outcome.kind === 'exit' ? outcome.status : undefined;
		this.#history.lastEnd = describeOutcome(outcome, wasReady, this.#isBackground);
		this.#owner.runEnded(this.name, seat.number);
		const now = this.#ports.clock.now();
		const { asked, startedAt, beganAt, readyAt } = current;
		const run = {
			outcome,
			asked,
			wasReady,
			lasted: now - startedAt,
			ran: beganAt === undefined ? 0 : now - beganAt,
			readyFor: readyAt === undefined ? undefined : now - readyAt,
			failures: seat.failures,
			shortRuns: seat.shortRuns,
		};
		const { maxConsecutiveFailures } = this.definition;
		this.#follow(seat, this.#isBackground ? afterWorkerRun(run) : afterRun(run, maxConsecutiveFailures), wasReady);
	}

	/** Does what has been decided. */
	#follow(seat: Seat, next: AfterRun, wasReady: boolean): void {
		if (next.kind === 'stopped') {
			this.#endIfEmpty();
			return;
		}
		if (next.kind === 'restart') {
			this.#forgive(seat);
			this.#startRun(seat, true);
			this.#tellStopListeners();
			return;
		}
		seat.failures = next.failures;
		if (next.kind === 'exited') {
			seat.shortRuns = next.shortRuns;
			this.#log({ type: 'exited', attempt: this.#history.attempts });
			this.#startAgainAfter(seat, next.delay);
			return;
		}
		if (wasReady) this.#counters.crashes++;
		else this.#counters.bootFailures++;
		const { maxConsecutiveFailures: most } = this.definition;
		const persists = this.#isBackground && most >= 0 && next.failures >= most;
		this.#log({
			type: 'crashed',
			attempt: this.#history.attempts,
			failures: next.failures,
			reason: this.#history.lastEnd ?? '',
			...(persists && { persists }),
		});
		if (next.kind === 'givenUp') {
			this.#end('failed', gaveUpMessage(this.#status));
			return;
		}
		seat.shortRuns = next.shortRuns;
		// Its status text says by now why.
		if (!wasReady) this.#describe();
		if (!wasReady) this.#cell.bootFailed();
		if (persists && !seat.hasBeenReady) this.#owner.cannotBoot(this.name, bootsNoMoreMessage(this.#status));
		this.#startAgainAfter(seat, next.delay);
	}

	#startAgainAfter(seat: Seat, delay: number): void {
		// Whoever was told of the failure may have stopped it.
		if (this.isStopping) {
			this.#endIfEmpty();
			return;
		}
		if (delay === 0) {
			this.#startRun(seat, false);
			return;
		}
		this.#log({ type: 'backing-off', delay, failures: seat.failures });
		seat.startAfter(delay, () => this.#startRun(seat, false));
		this.#settle();
	}

	#askToEnd(
		seat: Seat,
		current: CurrentRun,
		asked: 'restart' | 'stop',
		cause: StopCause = asked,
		patience = this.#policy.stopTimeout,
	): void {
		const first = current.asked === undefined;
		current.asked = asked;
		this.#settle();
		this.#log({ type: 'stopping', cause });
		// A run that was already asked keeps its deadline.
		if (!first) return;
		seat.stop(current, patience, () => this.#log({ type: 'ignored-stop', stopTimeout: patience }));
	}

	#forgive(seat: Seat): void {
		seat.failures = 0;
		seat.shortRuns = 0;
	}

	/** While it is being stopped: ends once the last of its runs is over. */
	#endIfEmpty(): void {
		if (this.isStopping && this.#seats.every(({ current }) => current === undefined)) {
			this.#end('stopped', this.#stopReason);
		}
	}

	#end(state: 'stopped' | 'failed', reason: string): void {
		for (const seat of this.#seats) seat.empty();
		this.#to(state);
		if (state === 'failed') this.#log({ type: 'failed', failures: this.#status.failures, reason });
		else this.#log({ type: 'stopped' });
		// The name is freed before waiters wake: one that asks again at once gets a new sidekick.
		this.#counters.publications += this.#cell.publication?.count ?? 0;
		this.#owner.gone(this.name);
		this.#cell.close(reason);
		this.#tellStopListeners();
	}

	#tellStopListeners(): void {
		for (const ended of this.#stopListeners.splice(0)) ended();
	}

	/** The state that its runs make. */
	#settle(): void {
		if (this.isStopping) this.#describe();
		else if (this.#seats.some(({ isReady }) => isReady)) this.#to('ready');
		else if (!this.#everReady) this.#to('starting');
		else {
			// Its restart was asked for before it became ready.
			if (this.#state === 'starting') this.#to('ready');
			this.#to('restarting');
		}
	}

	#to(state: SidekickState): void {
		if (state !== this.#state) this.#state = transition(this.#state, state);
		this.#describe();
	}

	#describe(): void {
		this.#cell.describe(this.#status);
	}

	#log(event: SidekickEventOf): void {
		this.#ports.log({ ...event, name: this.name, ...(this.#isBackground && { background: true }) });
	}

	get #status(): SidekickStatus {
		return statusOf(this.#history, this.name, this.#state, this.#isBackground, this.#seats);
	}
}
