import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import {
	type ClusterEngine,
	type FleetListener,
	type Holder,
	type Kept,
	type LeaseRecord,
	RefusedError,
	type SharedKey,
	type StoredSnapshot,
} from '../../../cluster/engine.ts';
import type { ResolvedCluster } from '../../../config/cluster.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Cancel } from '../../../sidekicks/ports.ts';
import { within } from '../../../time/within.ts';
import { type BucketListener, BucketWatch } from './bucket-watch.ts';
import { connectTo, isUsable } from './nats-connection.ts';
import { bucketsOf, decodeLease, encodeLease, keyOf, nameOf, scopePattern } from './nats-keys.ts';
import { NatsTasks } from './nats-tasks.ts';

/** Pauses between attempts, milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;
/** How long the engine may take to answer, milliseconds. */
const PATIENCE = 2000;
/** What NATS is configured with, until it has said. */
const USUAL_PAYLOAD = 1024 * 1024;
/** Subject and headers of a message count, too. */
const MESSAGE_OVERHEAD = 4096;

/** What is open at the engine. */
type Opened = { nats: NatsConnection; manager: JetStreamManager; leases: KV; snapshots: KV };

/** NATS JetStream as the engine of a fleet: one connection, and two buckets of keys and values. Main thread. */
export class NatsEngine implements ClusterEngine {
	readonly place: string;
	readonly tasks: NatsTasks;
	#lease: number;
	readonly #options: ResolvedCluster;
	readonly #log: Logger;
	readonly #followers = new Set<Follower>();
	readonly #closed = new AbortController();
	#opened: Opened | undefined;
	#nats: NatsConnection | undefined;
	#problem: string | undefined = 'it is being connected';
	#hasWarned = false;

	/** Begins to connect, and goes on until it is closed. */
	constructor(options: ResolvedCluster, log: Logger) {
		this.#options = options;
		this.#log = log;
		this.#lease = options.lease;
		this.place = `NATS at ${options.servers.join(', ')}`;
		this.tasks = new NatsTasks(options.name);
		void this.#run();
	}

	get lease(): number {
		return this.#lease;
	}

	get problem(): string | undefined {
		return this.#problem;
	}

	get maxValue(): number {
		return (this.#nats?.info?.max_payload ?? USUAL_PAYLOAD) - MESSAGE_OVERHEAD;
	}

	follow(scope: string, listener: FleetListener): Cancel {
		const follower = new Follower(scope, listener);
		this.#followers.add(follower);
		if (this.#opened !== undefined) this.#watch(follower, this.#opened);
		return () => {
			this.#followers.delete(follower);
			follower.stop();
		};
	}

	take(key: SharedKey, holder: Holder): Promise<number> {
		return this.#ask(({ leases }) => leases.create(keyOf(key), encodeLease(holder, Date.now())));
	}

	renew(key: SharedKey, holder: Holder, since: number, revision: number): Promise<number> {
		return this.#ask(({ leases }) => leases.update(keyOf(key), encodeLease(holder, since), revision, PATIENCE));
	}

	release(key: SharedKey, revision: number): Promise<void> {
		return this.#ask(({ leases }) => leases.delete(keyOf(key), { previousSeq: revision }));
	}

	leaseOf(key: SharedKey): Promise<LeaseRecord | undefined> {
		return this.#ask(async ({ leases }) => {
			const entry = await leases.get(keyOf(key));
			return entry === null || entry.operation !== 'PUT' ? undefined : leaseIn(entry);
		});
	}

	snapshotOf(key: SharedKey): Promise<StoredSnapshot | undefined> {
		return this.#ask(async ({ snapshots }) => {
			const entry = await snapshots.get(keyOf(key));
			if (entry === null || entry.operation !== 'PUT') return undefined;
			return { revision: entry.revision, bytes: entry.value };
		});
	}

	write(key: SharedKey, bytes: Uint8Array, revision: number): Promise<number> {
		return this.#ask(({ snapshots }) =>
			revision === 0 ? snapshots.create(keyOf(key), bytes) : snapshots.update(keyOf(key), bytes, revision, PATIENCE),
		);
	}

	async close(): Promise<void> {
		this.#closed.abort();
		for (const follower of this.#followers) follower.stop();
		await this.#nats?.close().catch(() => {});
	}

	/** Asks at once, or not at all: what is sent after a reconnect may be old by then. */
	async #ask<T>(question: (opened: Opened) => Promise<T>): Promise<T> {
		if (this.#opened === undefined || this.#problem !== undefined) throw new Error(`${this.place}: ${this.#problem}`);
		try {
			const answer = question(this.#opened);
			if (!(await within(PATIENCE, answer))) throw new Error(`it did not answer within ${PATIENCE / 1000} s`);
			return await answer;
		} catch (error) {
			throw isRefusal(error) ? new RefusedError(error.message) : error;
		}
	}

	async #run(): Promise<void> {
		let pause = FIRST_PAUSE;
		while (!this.#closed.signal.aborted) {
			try {
				const nats = await connectTo(this.#options);
				this.#nats = nats;
				if (this.#closed.signal.aborted) {
					await nats.close();
					return;
				}
				await this.#openUntilItWorks(nats);
				pause = FIRST_PAUSE;
				await this.#stay(nats);
			} catch (error) {
				this.#fails(reasonOf(error));
			}
			await this.#pause(pause);
			pause = Math.min(LONGEST_PAUSE, pause * 2);
		}
	}

	/** While the connection lasts; it reconnects by itself. */
	async #stay(nats: NatsConnection): Promise<void> {
		for await (const { type } of nats.status()) {
			if (type === 'disconnect') this.#fails('the connection is lost');
			else if (type === 'reconnect') void this.#openUntilItWorks(nats);
		}
		if (!this.#closed.signal.aborted) throw new Error('the connection was closed');
	}

	/** Right after a start NATS answers before its JetStream does. */
	async #openUntilItWorks(nats: NatsConnection): Promise<void> {
		for (let pause = FIRST_PAUSE; isUsable(nats); pause = Math.min(LONGEST_PAUSE, pause * 2)) {
			try {
				await this.#open(nats);
				return;
			} catch (error) {
				this.#fails(reasonOf(error));
				await this.#pause(pause);
			}
		}
	}

	async #open(nats: NatsConnection): Promise<void> {
		const { name, replicas, lease } = this.#options;
		const buckets = new Kvm(nats);
		const { leases: leaseBucket, snapshots: snapshotBucket } = bucketsOf(name);
		const manager = await jetstreamManager(nats, { timeout: PATIENCE });
		const common = { replicas, history: 1, timeout: PATIENCE };
		const [leases, snapshots] = await Promise.all([
			buckets.create(leaseBucket, { ...common, ttl: lease }),
			buckets.create(snapshotBucket, common),
		]);
		const { ttl } = await leases.status();
		if (ttl !== lease && ttl !== this.#lease) {
			this.#log.warn(
				`The fleet "${name}" has a lease of ${ttl / 1000} s already, which applies here, too; to change it, stop all its servers and delete the bucket ${leaseBucket}`,
			);
		}
		this.#lease = ttl;
		this.#opened = { nats, manager, leases, snapshots };
		this.tasks.attach(nats);
		this.#problem = undefined;
		if (this.#hasWarned) this.#log.info(`${this.place} is connected again`);
		this.#hasWarned = false;
		for (const follower of this.#followers) this.#watch(follower, this.#opened);
		this.#tell();
	}

	#watch(follower: Follower, { nats, manager }: Opened): void {
		const buckets = bucketsOf(this.#options.name);
		const { scope, listener } = follower;
		const watch = (kept: Kept, heard: BucketListener['heard']): BucketWatch =>
			new BucketWatch(nats, manager, buckets[kept], scopePattern(scope), {
				begins: (created) => follower.begins(kept, created),
				heard,
				gone: () => this.#remake(nats, buckets[kept]),
			});
		follower.stop();
		follower.watches.push(
			watch('leases', ({ key, revision, value }) => listener.lease(nameOf(key), value && leaseIn({ value, revision }))),
			watch('snapshots', ({ key, revision, value }) => {
				if (value !== undefined) listener.snapshot(nameOf(key), { revision, bytes: value });
			}),
		);
	}

	#remake(nats: NatsConnection, bucket: string): void {
		if (this.#opened === undefined) return;
		this.#fails(`its bucket ${bucket} was deleted`);
		void this.#openUntilItWorks(nats);
	}

	#fails(reason: string): void {
		this.#problem = reason;
		this.#opened = undefined;
		for (const follower of this.#followers) follower.stop();
		if (this.#closed.signal.aborted) return;
		if (!this.#hasWarned) {
			this.#hasWarned = true;
			this.#log.warn(
				`${this.place} cannot be reached: ${reason}; shared sidekicks keep what was published, and Igor goes on trying`,
			);
		}
		this.#tell();
	}

	/** Ends early when the engine is closed. */
	async #pause(milliseconds: number): Promise<void> {
		await sleep(milliseconds, undefined, { signal: this.#closed.signal, ref: false }).catch(() => {});
	}

	#tell(): void {
		for (const { listener } of this.#followers) listener.problem();
	}
}

/** One scope's watches. */
class Follower {
	readonly scope: string;
	readonly listener: FleetListener;
	readonly watches: BucketWatch[] = [];
	/** When the buckets were made that it has heard of. */
	readonly #created = new Map<Kept, string>();

	constructor(scope: string, listener: FleetListener) {
		this.scope = scope;
		this.listener = listener;
	}

	begins(kept: Kept, created: string): void {
		const former = this.#created.get(kept);
		this.#created.set(kept, created);
		if (former !== undefined && former !== created) this.listener.anew(kept);
	}

	stop(): void {
		for (const watch of this.watches.splice(0)) watch.stop();
	}
}

function leaseIn({ value, revision }: { value: Uint8Array; revision: number }): LeaseRecord | undefined {
	const lease = decodeLease(value);
	return lease && { ...lease, revision };
}

function isRefusal(error: unknown): error is JetStreamApiError {
	const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
	return (
		error instanceof JetStreamApiError &&
		[StreamWrongLastSequence, StreamWrongLastSequenceUnknown].includes(error.code as never)
	);
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
