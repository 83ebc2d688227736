import type {
	RunOutcome,
	SidekickRun,
	SidekickRunEvents,
	SidekickRunRequest,
	SidekickThreads,
} from '../sidekicks/ports.ts';

/** What a run of a shared sidekick needs from it. */
export interface RunOwner {
	/** Starts a real thread. */
	start: SidekickThreads['start'];
	/** Its thread has published. */
	published(variables: Uint8Array): void;
	/** Its thread is gone. The lease may be given up, or tried for again. */
	threadEnded(): void;
	/** The registry has been told of its end. */
	over(run: FollowedRun): void;
}

/**
 * A run of a shared sidekick, as the registry knows it: it has a thread only while this server holds the lease. Without
 * one it is ready by what others publish. Main thread.
 */
export class FollowedRun implements SidekickRun {
	readonly request: SidekickRunRequest;
	readonly #events: SidekickRunEvents;
	readonly #owner: RunOwner;
	#thread: SidekickRun | undefined;
	/** The thread has to end, and the run goes on without it. */
	#leaving = false;
	#asked = false;
	#isReady = false;
	#over = false;

	constructor(request: SidekickRunRequest, events: SidekickRunEvents, owner: RunOwner) {
		this.request = request;
		this.#events = events;
		this.#owner = owner;
	}

	get threadId(): number | undefined {
		return this.#thread?.threadId;
	}

	get hasThread(): boolean {
		return this.#thread !== undefined;
	}

	/** The lease is held: runs the script here. */
	begin(): void {
		if (this.#thread !== undefined || this.#asked || this.#over) return;
		this.#leaving = false;
		let isOver = false;
		const thread = this.#owner.start(this.request, {
			began: () => this.#events.began(),
			ready: () => this.ready(),
			phpError: (text) => this.#events.phpError(text),
			published: (variables) => {
				if (!isOver && !this.#leaving) this.#owner.published(variables);
			},
			ended: (outcome) => {
				isOver = true;
				this.#threadEnded(outcome);
			},
		});
		if (!isOver) this.#thread = thread;
	}

	/** The lease is lost: the thread has to end, and the run goes on. */
	leave(): void {
		if (this.#thread === undefined) return;
		this.#leaving = true;
		this.#thread.raiseStop();
	}

	/** The thread has not ended by itself. */
	terminateThread(): void {
		if (this.#leaving) this.#thread?.terminate();
	}

	/** Readers need not wait. */
	ready(): void {
		if (this.#isReady || this.#over) return;
		this.#isReady = true;
		this.#events.ready();
	}

	raiseStop(): void {
		this.#asked = true;
		if (this.#thread !== undefined) this.#thread.raiseStop();
		else this.#endSoon({ kind: 'exit', status: 0 });
	}

	terminate(): void {
		this.#asked = true;
		if (this.#thread !== undefined) this.#thread.terminate();
		else this.#endSoon({ kind: 'terminated' });
	}

	/** The registry must not hear of the end while it asks for it. */
	#endSoon(outcome: RunOutcome): void {
		queueMicrotask(() => {
			if (this.#thread === undefined) this.#end(outcome);
		});
	}

	#threadEnded(outcome: RunOutcome): void {
		this.#thread = undefined;
		if (this.#asked || !this.#leaving) this.#end(outcome);
		this.#leaving = false;
		this.#owner.threadEnded();
	}

	#end(outcome: RunOutcome): void {
		if (this.#over) return;
		this.#over = true;
		this.#owner.over(this);
		this.#events.ended(outcome);
	}
}
