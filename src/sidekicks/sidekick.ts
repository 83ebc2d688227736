import type { SidekickCounters } from './counters.ts';
import { describeOutcome, gaveUpMessage, shutDownMessage, stoppedMessage } from './error-texts.ts';
import { type CurrentRun, emptyHistory, infoOf, statusOf } from './history.ts';
import type { Cancel, RunOutcome, SidekickOwner, SidekickPorts } from './ports.ts';
import { type AfterRun, afterRun, type SidekickPolicy } from './restart-policy.ts';
import { SidekickCell } from './sidekick-cell.ts';
import type { StopCause } from './sidekick-event.ts';
import { type SidekickState, transition } from './states.ts';
import type { SidekickInfo, SidekickStatus } from './status.ts';

/** The life of one sidekick: at most one run at a time, and what follows the end of each. Main thread only. */
export class Sidekick {
	readonly name: string;
	readonly #ports: SidekickPorts;
	readonly #policy: SidekickPolicy;
	readonly #owner: SidekickOwner;
	#state: SidekickState = 'starting';
	#current: CurrentRun | undefined;
	/** Without a run: the next start. With one: its termination. Never both, so one field is enough. */
	#timer: Cancel | undefined;
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
		handle: number,
		ports: SidekickPorts,
		policy: SidekickPolicy,
		owner: SidekickOwner,
	) {
		const { name } = counters;
		this.name = name;
		this.#counters = counters;
		this.#ports = ports;
		this.#cell = new SidekickCell(handle, ports.cells);
		this.#stopReason = stoppedMessage(name);
		this.#policy = policy;
		this.#owner = owner;
	}

	get handle(): number {
		return this.#cell.handle;
	}

	get isStopping(): boolean {
		return this.#state === 'stopping';
	}

	/** Whether it has ever published: the cell knows it before the thread's message arrives. */
	get hasPublished(): boolean {
		return this.#everReady || this.#cell.isReady;
	}

	get info(): SidekickInfo {
		return infoOf(
			this.#history,
			this.name,
			this.#state,
			this.#cell.publication,
			this.#current?.thread?.threadId,
			this.#counters,
			this.hasPublished ? 0 : this.#ports.readersWaiting(this.name),
		);
	}

	/** What it has published last, encoded. */
	get snapshot(): { version: number; bytes: Uint8Array } | undefined {
		return this.#cell.snapshot;
	}

	/** Starts the first run. Once. */
	start(): void {
		this.#startRun(false);
	}

	/** Ends the current run and starts the next at once. False while it is being stopped. */
	restart(): boolean {
		if (this.isStopping) return false;
		const current = this.#current;
		if (current === undefined) {
			this.#clearTimer();
			this.#history.failures = 0;
			this.#startRun(true);
		} else if (current.asked === undefined) {
			if (this.#state === 'ready') this.#to('restarting');
			this.#askToEnd(current, 'restart');
		}
		return true;
	}

	/** Ends it for good; `ended` is called once the current run is over. */
	stop(cause: 'stop' | 'shutdown', ended: () => void): void {
		this.#stopListeners.push(ended);
		// Waiters need not wait for the thread's end. Only at shutdown: the cell is then freed while the thread still runs,
		// which is harmless only because nothing starts any more.
		if (cause === 'shutdown') {
			this.#stopReason = shutDownMessage(this.name);
			if (!this.hasPublished) this.#cell.close(this.#stopReason);
		}
		if (this.isStopping) return;
		this.#to('stopping');
		if (this.#current === undefined) this.#end('stopped', this.#stopReason);
		else this.#askToEnd(this.#current, 'stop', cause);
	}

	/** Somebody asks for it while it is being stopped: another run follows after all. */
	revive(): void {
		if (this.#current === undefined) return;
		this.#current.asked = 'restart';
		this.#to(this.hasPublished ? 'restarting' : 'starting');
	}

	/** Stops waiting for a thread that does not even report its termination. Only while it is being stopped. */
	abandon(): void {
		this.#current = undefined;
		this.#ports.log({ type: 'abandoned', name: this.name });
		this.#end('stopped', this.#stopReason);
	}

	#startRun(fresh: boolean): void {
		const current: CurrentRun = {
			startedAt: this.#ports.clock.now(),
			readyAt: undefined,
			asked: undefined,
			thread: undefined,
		};
		const attempt = ++this.#history.attempts;
		this.#counters.starts++;
		if (this.#everReady) this.#history.restarts++;
		this.#current = current;
		this.#history.startedAt = current.startedAt;
		this.#ports.log({ type: 'starting', name: this.name, attempt });
		this.#describe();
		const isCurrent = () => this.#current === current;
		current.thread = this.#ports.threads.start(
			{ name: this.name, handle: this.handle, attempt, fresh },
			{
				published: () => isCurrent() && this.#published(current),
				phpError: (text) => {
					if (!isCurrent()) return;
					this.#history.lastError = text;
					this.#describe();
				},
				ended: (outcome) => isCurrent() && this.#runEnded(current, outcome),
			},
		);
	}

	#published(current: CurrentRun): void {
		current.readyAt ??= this.#ports.clock.now();
		this.#history.timeToReady = current.readyAt - current.startedAt;
		this.#everReady = true;
		if (current.asked === undefined) {
			if (this.#state === 'ready') return;
			this.#to('ready');
			const after = current.readyAt - current.startedAt;
			this.#ports.log({ type: 'ready', name: this.name, attempt: this.#history.attempts, after });
		} else if (this.#state === 'starting') {
			// Its restart was asked for before it became ready.
			this.#to('ready');
			this.#to('restarting');
		}
	}

	#runEnded(current: CurrentRun, outcome: RunOutcome): void {
		// A terminated thread takes the message about its publication with it; the cell remains.
		if (!this.#everReady && this.hasPublished) this.#published(current);
		this.#current = undefined;
		this.#clearTimer();
		this.#history.exitStatus = outcome.kind === 'exit' ? outcome.status : undefined;
		this.#history.lastEnd = describeOutcome(outcome, this.#everReady);
		this.#owner.runEnded(this.name);
		const now = this.#ports.clock.now();
		const { asked, startedAt, readyAt } = current;
		const readyFor = readyAt === undefined ? undefined : now - readyAt;
		const { failures } = this.#history;
		this.#follow(
			afterRun(
				{ outcome, asked, lasted: now - startedAt, readyFor, everReady: this.#everReady, failures },
				this.#policy,
			),
			this.#history.lastEnd,
		);
	}

	/** Does what has been decided; `reason` says how the run ended. */
	#follow(next: AfterRun, reason: string): void {
		if (next.kind === 'stopped') {
			this.#end('stopped', this.#stopReason);
		} else if (next.kind === 'restart') {
			this.#history.failures = 0;
			this.#startRun(true);
			this.#tellStopListeners();
		} else if (next.kind === 'exited') {
			this.#history.failures = next.failures;
			this.#ports.log({ type: 'exited', name: this.name, attempt: this.#history.attempts });
			this.#startAgainAfter(next.delay);
		} else {
			const { failures } = next;
			this.#history.failures = failures;
			if (this.#everReady) this.#counters.crashes++;
			else this.#counters.bootFailures++;
			this.#ports.log({ type: 'crashed', name: this.name, attempt: this.#history.attempts, failures, reason });
			if (next.kind === 'givenUp') this.#end('failed', gaveUpMessage(this.#status));
			else this.#startAgainAfter(next.delay);
		}
	}

	#startAgainAfter(delay: number): void {
		if (this.#state === 'ready') this.#to('restarting');
		if (delay === 0) {
			this.#startRun(false);
			return;
		}
		this.#ports.log({ type: 'backing-off', name: this.name, delay, failures: this.#history.failures });
		this.#timer = this.#ports.clock.after(delay, () => {
			this.#timer = undefined;
			this.#startRun(false);
		});
		this.#describe();
	}

	#askToEnd(current: CurrentRun, asked: 'restart' | 'stop', cause: StopCause = asked): void {
		const first = current.asked === undefined;
		current.asked = asked;
		this.#ports.log({ type: 'stopping', name: this.name, cause });
		// A run that was already asked keeps its deadline.
		if (!first) return;
		this.#timer = this.#ports.clock.after(this.#policy.stopTimeout, () => {
			this.#timer = undefined;
			this.#ports.log({ type: 'ignored-stop', name: this.name, stopTimeout: this.#policy.stopTimeout });
			current.thread?.terminate();
		});
		current.thread?.raiseStop();
	}

	#end(state: 'stopped' | 'failed', reason: string): void {
		this.#clearTimer();
		this.#to(state);
		if (state === 'failed')
			this.#ports.log({ type: 'failed', name: this.name, failures: this.#history.failures, reason });
		else this.#ports.log({ type: 'stopped', name: this.name });
		// The name is freed before waiters wake: one that asks again at once gets a new sidekick.
		this.#counters.publications += this.#cell.publication?.count ?? 0;
		this.#owner.gone(this.name);
		this.#cell.close(reason);
		this.#tellStopListeners();
	}

	#tellStopListeners(): void {
		for (const ended of this.#stopListeners.splice(0)) ended();
	}

	#to(state: SidekickState): void {
		this.#state = transition(this.#state, state);
		this.#describe();
	}

	#describe(): void {
		this.#cell.describe(this.#status);
	}

	#clearTimer(): void {
		this.#timer?.();
		this.#timer = undefined;
	}

	get #status(): SidekickStatus {
		return statusOf(this.#history, this.name, this.#state, this.#current !== undefined);
	}
}
