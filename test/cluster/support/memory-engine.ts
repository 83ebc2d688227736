import {
	type ClusterEngine,
	type FleetListener,
	type Holder,
	type Kept,
	type LeaseRecord,
	RefusedError,
	type SharedKey,
	type StoredSnapshot,
} from '../../../src/cluster/engine.ts';
import { decodeRecord } from '../../../src/cluster/snapshot-record.ts';
import type { Cancel, Clock } from '../../../src/sidekicks/ports.ts';
import { MemoryTasks, type TaskNetwork } from './memory-tasks.ts';

/** How long an engine waits for an answer, milliseconds. */
const PATIENCE = 300;

/** After a loss revisions begin again, lower than all before; each is there once, for tests to tell them apart. */
const FIRST_REVISION = 1e9;
const STEP = 1e6;

/** Larger for each later holder, also of one whose leases are in a bucket made anew. */
export function rankOf(term: number): number {
	const losses = Math.ceil((FIRST_REVISION - term) / STEP);
	return losses * STEP + (term - (FIRST_REVISION - losses * STEP));
}

type Entry = { revision: number; at: number; lease: Omit<LeaseRecord, 'revision'> | undefined };

/** A snapshot that was accepted, in order. */
export type Accepted = { revision: number; term: number; holder: string; text: string | undefined };

/** What all engines of a fleet have in common: the buckets, as NATS keeps them. */
export class MemoryBuckets {
	readonly lease: number;
	readonly accepted: Accepted[] = [];
	/** Whose engines are told of changes. */
	readonly engines = new Set<MemoryEngine>();
	readonly #clock: Clock;
	readonly #leases = new Map<string, Entry>();
	readonly #snapshots = new Map<string, StoredSnapshot>();
	/** How often each has been lost. */
	readonly losses: Record<Kept, number> = { leases: 0, snapshots: 0 };
	readonly #revisions: Record<Kept, number> = { leases: FIRST_REVISION, snapshots: FIRST_REVISION };

	constructor(clock: Clock, lease: number) {
		this.#clock = clock;
		this.lease = lease;
	}

	setLease(key: SharedKey, before: number, lease: Entry['lease']): number {
		const id = idOf(key);
		if ((this.#entry(id)?.revision ?? 0) !== before) throw new RefusedError('wrong last sequence');
		const revision = ++this.#revisions.leases;
		this.#leases.set(id, { revision, at: this.#clock.now(), lease });
		for (const engine of this.engines)
			engine.tell(key, (listener) => listener.lease(key.name, lease && { ...lease, revision }));
		return revision;
	}

	/** What create() of NATS does: it takes the place of a key that is gone, or marked as deleted. */
	takeLease(key: SharedKey, lease: Entry['lease']): number {
		const entry = this.#entry(idOf(key));
		if (entry?.lease !== undefined) throw new RefusedError('key exists');
		return this.setLease(key, entry?.revision ?? 0, lease);
	}

	leaseOf(key: SharedKey): LeaseRecord | undefined {
		const entry = this.#entry(idOf(key));
		return entry?.lease && { ...entry.lease, revision: entry.revision };
	}

	snapshotOf(key: SharedKey): StoredSnapshot | undefined {
		return this.#snapshots.get(idOf(key));
	}

	write(key: SharedKey, bytes: Uint8Array, before: number): number {
		if ((this.snapshotOf(key)?.revision ?? 0) !== before) throw new RefusedError('wrong last sequence');
		const snapshot = { revision: ++this.#revisions.snapshots, bytes };
		this.#snapshots.set(idOf(key), snapshot);
		const { term, holder, variables } = decodeRecord(bytes) as NonNullable<ReturnType<typeof decodeRecord>>;
		this.accepted.push({
			revision: snapshot.revision,
			term,
			holder,
			text: variables && new TextDecoder().decode(variables),
		});
		for (const engine of this.engines) engine.tell(key, (listener) => listener.snapshot(key.name, snapshot));
		return snapshot.revision;
	}

	/** Somebody deletes a bucket, and it is made anew. What is on its way to it is lost, too. */
	lose(kept: Kept): void {
		this.#revisions[kept] = FIRST_REVISION - ++this.losses[kept] * STEP;
		if (kept === 'leases') this.#leases.clear();
		else this.#snapshots.clear();
		for (const engine of this.engines) engine.notice();
	}

	/** What a follower is told first. */
	all(scope: string): { key: SharedKey; lease: LeaseRecord | undefined; snapshot: StoredSnapshot | undefined }[] {
		const ids = new Set([...this.#leases.keys(), ...this.#snapshots.keys()]);
		return [...ids]
			.map((id) => JSON.parse(id) as [string, string])
			.filter(([each]) => each === scope)
			.map(([each, name]) => ({ scope: each, name }))
			.map((key) => ({ key, lease: this.leaseOf(key), snapshot: this.snapshotOf(key) }));
	}

	#entry(id: string): Entry | undefined {
		const entry = this.#leases.get(id);
		return entry !== undefined && this.#clock.now() - entry.at < this.lease ? entry : undefined;
	}
}

/** How a question fares on its way. */
export type Fate = { there: number; back: number; lost: 'no' | 'there' | 'back' };

/** One server's engine. Questions and news take their time on its clock, and get lost as the test wants. */
export class MemoryEngine implements ClusterEngine {
	readonly place = 'NATS at memory';
	maxValue = 1000;
	readonly tasks: MemoryTasks;
	problem: string | undefined;
	readonly #buckets: MemoryBuckets;
	/** Of the network: it goes on while the server stands still. */
	readonly #network: Clock;
	/** Of the server. */
	readonly #clock: Clock;
	readonly #fate: () => Fate;
	readonly #followers = new Map<FleetListener, { scope: string; queue: (() => void)[] }>();
	/** What it has told of. */
	readonly #losses: Record<Kept, number>;

	constructor(
		buckets: MemoryBuckets,
		network: Clock,
		clock: Clock,
		fate: () => Fate,
		tasks: TaskNetwork,
		isGone: () => boolean,
	) {
		const isConnected = () => this.problem === undefined && !isGone();
		this.tasks = new MemoryTasks(tasks, { clock, isConnected, isGone });
		this.#buckets = buckets;
		this.#network = network;
		this.#clock = clock;
		this.#fate = fate;
		this.#losses = { ...buckets.losses };
		buckets.engines.add(this);
	}

	get lease(): number {
		return this.#buckets.lease;
	}

	follow(scope: string, listener: FleetListener): Cancel {
		this.#followers.set(listener, { scope, queue: [] });
		this.#catchUp(listener, scope);
		return () => this.#followers.delete(listener);
	}

	take(key: SharedKey, holder: Holder): Promise<number> {
		return this.#ask(() => this.#buckets.takeLease(key, { holder, since: 0 }));
	}

	renew(key: SharedKey, holder: Holder, since: number, revision: number): Promise<number> {
		return this.#ask(() => this.#buckets.setLease(key, revision, { holder, since }));
	}

	release(key: SharedKey, revision: number): Promise<void> {
		return this.#ask(() => void this.#buckets.setLease(key, revision, undefined));
	}

	leaseOf(key: SharedKey): Promise<LeaseRecord | undefined> {
		return this.#ask(() => this.#buckets.leaseOf(key));
	}

	snapshotOf(key: SharedKey): Promise<StoredSnapshot | undefined> {
		return this.#ask(() => this.#buckets.snapshotOf(key));
	}

	write(key: SharedKey, bytes: Uint8Array, revision: number): Promise<number> {
		return this.#ask(() => this.#buckets.write(key, bytes, revision));
	}

	/** Cut off from the buckets: what is on its way still arrives. */
	cutOff(): void {
		this.problem = 'cut off';
		for (const listener of this.#followers.keys()) listener.problem();
	}

	/** Connected again: followers hear the latest once more. */
	reconnect(): void {
		this.problem = undefined;
		for (const [listener, { scope }] of this.#followers) {
			// A new watch: what the former one has on its way comes at any time.
			this.#followers.set(listener, { scope, queue: [] });
			listener.problem();
		}
		this.notice();
		for (const [listener, { scope }] of this.#followers) this.#catchUp(listener, scope);
	}

	/** Tells of losses. */
	notice(): void {
		if (this.problem !== undefined) return;
		for (const kept of ['leases', 'snapshots'] as const) {
			if (this.#losses[kept] === this.#buckets.losses[kept]) continue;
			const losses = this.#buckets.losses[kept];
			for (const listener of this.#followers.keys()) {
				this.#post(listener, () => {
					if (this.#losses[kept] >= losses) return;
					this.#losses[kept] = losses;
					listener.anew(kept);
				});
			}
		}
	}

	/** Something has changed in the buckets. */
	tell(key: SharedKey, news: (listener: FleetListener) => void): void {
		if (this.problem !== undefined) return;
		for (const [listener, { scope }] of this.#followers)
			if (scope === key.scope) this.#post(listener, () => news(listener));
	}

	#catchUp(listener: FleetListener, scope: string): void {
		for (const { key, lease, snapshot } of this.#buckets.all(scope)) {
			if (lease !== undefined) this.#post(listener, () => listener.lease(key.name, lease));
			if (snapshot !== undefined) this.#post(listener, () => listener.snapshot(key.name, snapshot));
		}
	}

	/** In order, whatever the delays are. */
	#post(listener: FleetListener, news: () => void): void {
		const queue = this.#followers.get(listener)?.queue ?? [];
		const losses = lossesOf(this.#buckets);
		queue.push(() => {
			// A former watch may be late, but none tells of what was lost once a later one has told of the loss.
			const isFormer = queue !== this.#followers.get(listener)?.queue;
			if (!isFormer || losses >= lossesOf({ losses: this.#losses })) news();
		});
		this.#network.after(this.#fate().back, () => this.#clock.after(0, () => queue.shift()?.()));
	}

	#ask<T>(answer: () => T): Promise<T> {
		if (this.problem !== undefined) return Promise.reject(new Error(this.problem));
		const { there, back, lost } = this.#fate();
		const losses = lossesOf(this.#buckets);
		return new Promise<T>((resolve, reject) => {
			this.#clock.after(PATIENCE, () => reject(new Error('no answer')));
			if (lost === 'there') return;
			this.#network.after(there, () => {
				if (losses !== lossesOf(this.#buckets)) return;
				let settle: () => void;
				try {
					const value = answer();
					settle = () => resolve(value);
				} catch (error) {
					settle = () => reject(error as Error);
				}
				if (lost === 'no') this.#network.after(back, () => this.#clock.after(0, settle));
			});
		});
	}
}

function lossesOf({ losses }: Pick<MemoryBuckets, 'losses'>): number {
	return losses.leases + losses.snapshots;
}

function idOf({ scope, name }: SharedKey): string {
	return JSON.stringify([scope, name]);
}
