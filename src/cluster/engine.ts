import type { Cancel } from '../sidekicks/ports.ts';

/** Where something of the fleet lies in its engine: scopes meet across servers by their name. */
export type SharedKey = {
	/** Name of the `php_server`. */
	scope: string;
	/** Name of the sidekick or background worker. */
	name: string;
};

/** Who holds a lease. */
export type Holder = {
	/** Different for each scope of each process that has ever run. */
	id: string;
	/** For people: host and process. */
	label: string;
};

/** A scope in its fleet: what it asks, and as whom. */
export interface FleetMember {
	readonly engine: ClusterEngine;
	readonly holder: Holder;
}

/** A lease as it lies in the engine. */
export type LeaseRecord = {
	holder: Holder;
	/** When it was taken, milliseconds since 1970, by the holder's clock: for people. */
	since: number;
	/** Of its last renewal. */
	revision: number;
};

/** A value in the engine. */
export type StoredSnapshot = { revision: number; bytes: Uint8Array };

/** What a scope hears of its fleet, in the engine's order. Calls come on the main thread, never inside of a call to the engine. */
export interface FleetListener {
	/** A lease was taken or renewed; undefined = it was given up. One that runs out is told by nothing. */
	lease(name: string, lease: LeaseRecord | undefined): void;
	/** A snapshot was accepted. The last ones come again after a reconnect. */
	snapshot(name: string, snapshot: StoredSnapshot): void;
	/** What was kept there is lost, and revisions begin again: what is there comes next, and nothing of before any more. */
	anew(kept: Kept): void;
	/** `ClusterEngine.problem` has changed. */
	problem(): void;
}

/** Nobody has heard what was asked, and nobody will. */
export class UnheardError extends Error {
	override readonly name = 'UnheardError';
	readonly code = 'unheard';
}

/** What an engine keeps. */
export type Kept = 'leases' | 'snapshots';

/** The engine has refused what was asked: somebody else has changed it before. */
export class RefusedError extends Error {
	override readonly name = 'RefusedError';
	readonly code = 'refused';
}

/**
 * The fleet's shared memory: consensus, replication and persistence are its business. Every call ends within a few
 * seconds. Rejections other than RefusedError leave open whether it has happened. Main thread.
 */
export interface ClusterEngine {
	/** For sentences, such as `NATS at 10.0.0.1:4222`; no credentials. */
	readonly place: string;
	/** Why it cannot be asked now; undefined = it can. */
	readonly problem: string | undefined;
	/** How long a lease holds after its last renewal, milliseconds. */
	readonly lease: number;
	/** The largest value that it takes, bytes. */
	readonly maxValue: number;
	/** Tells everything about a scope from now on, first what is there. */
	follow(scope: string, listener: FleetListener): Cancel;
	/** Takes a lease that nobody has. Resolves with its revision. @throws RefusedError */
	take(key: SharedKey, holder: Holder): Promise<number>;
	/** Resolves with the new revision. @throws RefusedError */
	renew(key: SharedKey, holder: Holder, since: number, revision: number): Promise<number>;
	/** Gives it up: who follows hears it. @throws RefusedError */
	release(key: SharedKey, revision: number): Promise<void>;
	leaseOf(key: SharedKey): Promise<LeaseRecord | undefined>;
	snapshotOf(key: SharedKey): Promise<StoredSnapshot | undefined>;
	/** Compares and sets: `revision` is that of the value before, 0 = there is none. @throws RefusedError */
	write(key: SharedKey, bytes: Uint8Array, revision: number): Promise<number>;
	/** What carries tasks. */
	readonly tasks: TaskEngine;
}

/**
 * How tasks get from one server of the fleet to another. Nothing of it is kept, and all of it may get lost; what arrives may
 * be anything. Main thread.
 */
export interface TaskEngine {
	/** Sends it to one of those who take offers for this worker; to nobody, if nobody does. */
	offer(key: SharedKey, bytes: Uint8Array): void;
	/** Takes part: each offer goes to one of those who do. */
	takeOffers(key: SharedKey, heard: (bytes: Uint8Array) => void): Cancel;
	/** Tells all who hear it that somebody takes offers for this worker again. */
	announce(key: SharedKey): void;
	hear(key: SharedKey, announced: () => void): Cancel;
	/** Asks another server. Rejects when there is no answer within so many milliseconds. @param holder its id @throws UnheardError */
	ask(holder: string, bytes: Uint8Array, patience: number): Promise<Uint8Array>;
	/** Answers what others ask this holder; undefined = there is no answer to this. */
	answer(holder: string, reply: (bytes: Uint8Array) => Promise<Uint8Array | undefined>): Cancel;
}
