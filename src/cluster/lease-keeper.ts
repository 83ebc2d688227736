import type { Cancel, Clock } from '../sidekicks/ports.ts';
import { type ClusterEngine, type Holder, type LeaseRecord, RefusedError, type SharedKey } from './engine.ts';

/** How much earlier than the others one may be who tries for a lease that was given up, milliseconds. */
const SPREAD = 50;
/** Bounds of the pauses between attempts, milliseconds: a tenth of the lease is between them. */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 500;
/** Renewals in the time of a lease. */
const RENEWALS = 3;

/** What happens to a lease that is wanted. */
export interface LeaseEvents {
	/** It is held from now on. `term` is larger than that of every holder before, unless the engine has begun anew. */
	taken(term: number): void;
	/** It is not held any longer, though nobody here gave it up. */
	lost(reason: string): void;
}

/** The lease of one name, as this scope sees it: tries for it while it is wanted, and renews it while it is held. */
export class LeaseKeeper {
	readonly #key: SharedKey;
	readonly #engine: ClusterEngine;
	readonly #holder: Holder;
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #events: LeaseEvents;
	#wanted = false;
	#term: number | undefined;
	#revision = 0;
	#since = 0;
	/** Until when nobody else can have it, by this clock. */
	#until = 0;
	/** The last that was heard of another holder: which revision, and when. */
	#seen = { revision: 0, at: 0 };
	/** The next attempt, or renewal. */
	#timer: Cancel | undefined;
	#expiry: Cancel | undefined;
	/** Calls go one after another: each needs the revision of the one before. */
	#turn: Promise<void> = Promise.resolve();
	#isTrying = false;

	/** @param random in [0, 1) */
	constructor(
		key: SharedKey,
		engine: ClusterEngine,
		holder: Holder,
		clock: Clock,
		random: () => number,
		events: LeaseEvents,
	) {
		this.#key = key;
		this.#engine = engine;
		this.#holder = holder;
		this.#clock = clock;
		this.#random = random;
		this.#events = events;
	}

	/** Undefined = it is not held, or no longer by the clock: `lost` may still be about to come. */
	get term(): number | undefined {
		return this.#term !== undefined && this.#clock.now() <= this.#until ? this.#term : undefined;
	}

	/** Tries until it is held, again and again; once it has been lost, only when it is wanted anew. */
	want(): void {
		if (this.#wanted) return;
		this.#wanted = true;
		this.#try();
	}

	/** The engine can be asked again. */
	nudge(): void {
		if (this.#term !== undefined) this.#renew();
		else this.#try();
	}

	/** The engine has lost all leases, and begins to count again. */
	anew(): void {
		this.#seen = { revision: 0, at: this.#clock.now() };
		this.nudge();
	}

	/** What the engine tells about it. */
	heard(lease: LeaseRecord | undefined): void {
		if (lease?.holder.id === this.#holder.id) return;
		if (lease !== undefined) {
			if (lease.revision <= this.#seen.revision) return;
			this.#seen = { revision: lease.revision, at: this.#clock.now() };
		}
		if (this.#term !== undefined || !this.#wanted) return;
		if (lease === undefined) this.#tryAfter(this.#random() * SPREAD);
		else this.#tryAfter(this.#engine.lease + this.#random() * SPREAD);
	}

	/** A renewal now: whether it is still held, for certain, at some moment after this call. */
	async confirm(): Promise<boolean> {
		let isRenewed = false;
		await this.#inTurn(async () => {
			isRenewed = await this.#renewal();
		});
		// A clock that has stood still says that it is held.
		return isRenewed && this.term !== undefined;
	}

	/** Gives it up, for others to take. Resolves when the engine knows, or does not answer. */
	async drop(): Promise<void> {
		this.#wanted = false;
		this.#cancel();
		await this.#inTurn(async () => {
			if (this.#term === undefined) return;
			this.#term = undefined;
			this.#cancel();
			// Unless it is told, it runs out.
			await this.#engine.release(this.#key, this.#revision).catch(() => {});
		});
	}

	#surrender(reason: string): void {
		if (this.#term === undefined) return;
		this.#term = undefined;
		this.#wanted = false;
		this.#cancel();
		this.#events.lost(reason);
	}

	#try(): void {
		if (!this.#wanted || this.#term !== undefined || this.#isTrying) return;
		this.#timer?.();
		this.#isTrying = true;
		void this.#inTurn(async () => {
			try {
				await this.#attempt();
			} finally {
				this.#isTrying = false;
			}
		});
	}

	async #attempt(): Promise<void> {
		if (!this.#wanted || this.#term !== undefined) return;
		if (this.#engine.problem !== undefined) {
			this.#tryAfter(this.#pause);
			return;
		}
		const asked = this.#clock.now();
		try {
			const revision = await this.#engine.take(this.#key, this.#holder);
			await this.#took(revision, asked, asked);
		} catch (error) {
			if (error instanceof RefusedError) await this.#whoHasIt();
			else this.#tryAfter(this.#pause);
		}
	}

	/** An attempt was refused: by another holder, or by one's own that got no answer. */
	async #whoHasIt(): Promise<void> {
		const lease = await this.#engine.leaseOf(this.#key).catch(() => undefined);
		const now = this.#clock.now();
		if (lease !== undefined && lease.holder.id === this.#holder.id) {
			try {
				const revision = await this.#engine.renew(this.#key, this.#holder, lease.since, lease.revision);
				await this.#took(revision, now, lease.since);
				return;
			} catch {
				// The next attempt tells.
			}
		}
		if (lease !== undefined && lease.revision > this.#seen.revision) {
			this.#seen = { revision: lease.revision, at: now };
		}
		// Silent for longer than a lease: it is about to run out.
		const left = lease === undefined ? 0 : this.#seen.at + this.#engine.lease - now;
		this.#tryAfter(left > 0 ? left + this.#random() * SPREAD : this.#pause);
	}

	async #took(revision: number, asked: number, since: number): Promise<void> {
		this.#revision = revision;
		if (!this.#wanted) {
			await this.#engine.release(this.#key, revision).catch(() => {});
			return;
		}
		this.#since = since;
		this.#term = revision;
		this.#held(asked);
		this.#events.taken(revision);
	}

	#held(asked: number): void {
		const { lease } = this.#engine;
		this.#until = asked + lease;
		this.#expiry?.();
		this.#expiry = this.#clock.after(Math.max(0, this.#until - this.#clock.now()) + 1, () =>
			this.#surrender(`it could not be renewed for ${lease / 1000} s`),
		);
		this.#renewAfter(lease / RENEWALS);
	}

	#renew(): void {
		void this.#inTurn(async () => void (await this.#renewal()));
	}

	/** Returns whether the engine has agreed. */
	async #renewal(): Promise<boolean> {
		if (this.#term === undefined) return false;
		this.#timer?.();
		const asked = this.#clock.now();
		try {
			const revision = await this.#engine.renew(this.#key, this.#holder, this.#since, this.#revision);
			this.#renewed(revision, asked);
			return true;
		} catch (error) {
			if (error instanceof RefusedError) return this.#isItMine();
			this.#renewAfter(this.#pause);
			return false;
		}
	}

	/** A renewal was refused: by another holder, or because of one before that got no answer. */
	async #isItMine(): Promise<boolean> {
		const asked = this.#clock.now();
		try {
			const lease = await this.#engine.leaseOf(this.#key);
			if (lease === undefined) throw new RefusedError('it has run out');
			if (lease.holder.id !== this.#holder.id) throw new RefusedError(`${lease.holder.label} has it`);
			const revision = await this.#engine.renew(this.#key, this.#holder, this.#since, lease.revision);
			this.#renewed(revision, asked);
			return true;
		} catch (error) {
			if (error instanceof RefusedError) this.#surrender(error.message);
			else this.#renewAfter(this.#pause);
			return false;
		}
	}

	#renewed(revision: number, asked: number): void {
		this.#revision = revision;
		// It may be given up, or lost by the clock, meanwhile.
		if (this.#term !== undefined) this.#held(asked);
	}

	#tryAfter(milliseconds: number): void {
		this.#timer?.();
		this.#timer = this.#clock.after(milliseconds, () => this.#try());
	}

	#renewAfter(milliseconds: number): void {
		this.#timer?.();
		if (this.#term !== undefined) this.#timer = this.#clock.after(milliseconds, () => this.#renew());
	}

	get #pause(): number {
		return Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, this.#engine.lease / 10));
	}

	#cancel(): void {
		this.#timer?.();
		this.#expiry?.();
	}

	#inTurn(call: () => Promise<void>): Promise<void> {
		this.#turn = this.#turn.then(call);
		return this.#turn;
	}
}
