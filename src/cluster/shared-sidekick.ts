import type {
	Cancel,
	Clock,
	SidekickRun,
	SidekickRunEvents,
	SidekickRunRequest,
	SidekickThreads,
} from '../sidekicks/ports.ts';
import type { SidekickEventOf } from '../sidekicks/sidekick-event.ts';
import type { ClusterEngine, Holder, Kept, LeaseRecord, StoredSnapshot } from './engine.ts';
import { FollowedRun, type RunOwner } from './followed-run.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Publisher } from './publisher.ts';
import { decodeRecord, RECORD_OVERHEAD } from './snapshot-record.ts';

/** How long the last publication may keep a lease from being given up, milliseconds. */
const LAST_WORDS = 1000;

/** What a shared sidekick needs from its scope. */
export interface SharedSidekickPorts {
	readonly scope: string;
	readonly engine: ClusterEngine;
	readonly clock: Clock;
	/** This scope, as a holder of leases. */
	readonly holder: Holder;
	/** Real threads. */
	readonly threads: SidekickThreads;
	/** Milliseconds between the stop flag and the termination of a thread that has lost its lease. */
	readonly stopTimeout: number;
	/** In [0, 1). */
	random(): number;
	/** Puts variables into the shared memory of the scope. */
	apply(handle: number, variables: Uint8Array): void;
	tell(event: SidekickEventOf): void;
}

/** One name that runs once in the fleet, as this scope sees it. Main thread only. */
export class SharedSidekick {
	readonly name: string;
	readonly #ports: SharedSidekickPorts;
	readonly #keeper: LeaseKeeper;
	readonly #runs = new Set<FollowedRun>();
	#publisher: Publisher | undefined;
	#termination: Cancel | undefined;
	#handle: number | undefined;
	#latest: { revision: number; variables: Uint8Array | undefined } | undefined;
	#lease: LeaseRecord | undefined;
	/** The registry has forgotten it: nothing of it is wanted any more. */
	#isGone = true;
	#leaving: Promise<void> | undefined;

	constructor(name: string, ports: SharedSidekickPorts) {
		this.name = name;
		this.#ports = ports;
		const { scope, engine, clock, holder, random } = ports;
		this.#keeper = new LeaseKeeper({ scope, name }, engine, holder, clock, random, {
			taken: (term) => this.#taken(term),
			lost: (reason) => this.#lost(reason),
		});
	}

	/** Who holds the lease, as the engine told last; undefined = nobody, as far as is known. */
	get holder(): { label: string; since: number; isHere: boolean } | undefined {
		if (this.#lease === undefined) return undefined;
		const { holder, since } = this.#lease;
		return { label: holder.label, since, isHere: holder.id === this.#ports.holder.id };
	}

	/** The registry starts a run. */
	start(request: SidekickRunRequest, events: SidekickRunEvents): SidekickRun {
		const run = new FollowedRun(request, events, this.#owner);
		this.#runs.add(run);
		this.#isGone = false;
		if (this.#handle !== request.handle) {
			this.#handle = request.handle;
			if (this.#latest?.variables !== undefined) this.#ports.apply(request.handle, this.#latest.variables);
		}
		// A lease that is being given up is not held any longer: what it still says of its term is about to end.
		if (this.#keeper.term !== undefined && this.#leaving === undefined) run.begin();
		else {
			// Not before the registry has the run.
			if (this.#latest?.variables !== undefined) queueMicrotask(() => run.ready());
			this.#wantUnlessBusy();
		}
		return run;
	}

	/** The registry has forgotten it. */
	gone(): void {
		this.#isGone = true;
		this.#handle = undefined;
		this.#giveUpIfDone();
	}

	/** Resolves when its lease is given up. */
	async close(): Promise<void> {
		this.#isGone = true;
		this.#giveUpIfDone();
		await this.#leaving;
		await this.#keeper.drop();
	}

	leaseHeard(lease: LeaseRecord | undefined): void {
		const former = this.#lease?.holder.id;
		this.#lease = lease;
		if (lease !== undefined && lease.holder.id !== former) {
			this.#ports.tell({ type: 'takeover', holder: lease.holder.label });
		}
		this.#keeper.heard(lease);
	}

	snapshotHeard({ revision, bytes }: StoredSnapshot): void {
		if (this.#latest !== undefined && revision <= this.#latest.revision) return;
		const record = decodeRecord(bytes);
		if (record === undefined) return;
		this.#latest = { revision, variables: record.variables ?? this.#latest?.variables };
		if (record.variables === undefined || this.#handle === undefined) return;
		this.#ports.apply(this.#handle, record.variables);
		for (const run of this.#runs) {
			// A run of one's own is ready by its own publication.
			if (!run.hasThread || record.term === this.#keeper.term) run.ready();
		}
	}

	/** The engine has lost what it kept: readers keep what they have. */
	anew(kept: Kept): void {
		if (kept === 'leases') {
			this.#lease = undefined;
			this.#keeper.anew();
		} else {
			if (this.#latest !== undefined) this.#latest.revision = 0;
			this.#publisher?.anew();
		}
	}

	/** The engine can be asked again, or cannot. */
	engineChanged(): void {
		if (this.#ports.engine.problem === undefined) this.#keeper.nudge();
	}

	readonly #owner: RunOwner = {
		start: (request, events) => {
			const { engine, threads } = this.#ports;
			const shared = { place: engine.place, maxSize: engine.maxValue - RECORD_OVERHEAD };
			return threads.start({ ...request, shared }, events);
		},
		published: (variables) => this.#publisher?.offer(variables),
		threadEnded: () => {
			if (!this.#hasThreads) this.#termination?.();
			this.#giveUpIfDone();
			this.#wantUnlessBusy();
		},
		over: (run) => void this.#runs.delete(run),
	};

	get #hasThreads(): boolean {
		return [...this.#runs].some(({ hasThread }) => hasThread);
	}

	/** Two runs of a script must not overlap on one server, either. */
	#wantUnlessBusy(): void {
		if (this.#isGone || this.#runs.size === 0 || this.#hasThreads) return;
		if (this.#keeper.term !== undefined && this.#leaving === undefined) return;
		void (this.#leaving ?? Promise.resolve()).then(() => {
			if (!this.#isGone) this.#keeper.want();
		});
	}

	#taken(term: number): void {
		const { scope, engine, clock, holder } = this.#ports;
		const key = { scope, name: this.name };
		const keeper = this.#keeper;
		this.#publisher = new Publisher(term, holder.label, {
			clock,
			isHeld: () => keeper.term === term,
			confirm: () => keeper.confirm(),
			read: () => engine.snapshotOf(key),
			write: (bytes, revision) => engine.write(key, bytes, revision),
		});
		for (const run of [...this.#runs]) run.begin();
		this.#giveUpIfDone();
	}

	#lost(reason: string): void {
		this.#publisher?.stop();
		this.#publisher = undefined;
		this.#ports.tell({ type: 'lease-lost', reason });
		if (!this.#hasThreads) {
			this.#wantUnlessBusy();
			return;
		}
		for (const run of [...this.#runs]) run.leave();
		this.#termination = this.#ports.clock.after(this.#ports.stopTimeout, () => {
			for (const run of [...this.#runs]) run.terminateThread();
		});
	}

	/** Gives the lease up once nothing needs it. */
	#giveUpIfDone(): void {
		if (!this.#isGone || this.#hasThreads || this.#leaving !== undefined) return;
		this.#leaving = this.#giveUp().finally(() => {
			this.#leaving = undefined;
		});
	}

	async #giveUp(): Promise<void> {
		const publisher = this.#publisher;
		this.#publisher = undefined;
		if (publisher !== undefined) {
			const patience = Promise.withResolvers<void>();
			const cancel = this.#ports.clock.after(LAST_WORDS, patience.resolve);
			await Promise.race([publisher.idle(), patience.promise]);
			cancel();
			publisher.stop();
		}
		await this.#keeper.drop();
	}
}
