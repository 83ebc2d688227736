import type { PhpFailure } from '../http/php-port.ts';
import { RequestRing } from '../shared-memory/request-ring.ts';
import { SLOT_COUNT } from '../shared-memory/request-slots.ts';

/** A request that has waited this long, milliseconds, means that its pool has too few threads; as in FrankenPHP. */
const STALL_TIME = 5;
/** How often that is reported while it lasts, milliseconds: about what a new thread takes to start. */
const STALL_INTERVAL = 100;

/**
 * From so many requests on, in flight or in one turn of the event loop, to wake a thread for each costs a tenth of what they
 * cost altogether. With fewer, that is what answers them soonest.
 */
const MANY = { inFlight: 6, inTurn: 4 };

/** A request, as far as its queue knows it. */
export interface QueuedRequest {
	readonly queue: RequestQueue;
	/** When it was submitted, by performance.now(). */
	readonly startedAt: number;
	/** Nobody waits for the answer any longer. */
	readonly gone: boolean;
	/** Answers in place of PHP; the request keeps its slot until a thread has found it. */
	giveUp(failure: PhpFailure): void;
	/** Ends it. */
	fail(failure: PhpFailure): void;
}

/** What a queue needs from the gateway. */
export interface QueueHost {
	/** The request with that ticket, unless it has got another one since. */
	open(ticket: number): QueuedRequest | undefined;
	/** The requests of all queues that wait for a slot, oldest first. */
	readonly withoutSlot: QueuedRequest[];
	/** Requests that have a slot, whatever their queue. */
	readonly inFlight: number;
	/** Runs something once this turn of the event loop is over; missing = there is no cheap way. */
	readonly afterTurn: ((run: () => void) => void) | undefined;
	/** Takes a request back from the threads; false = one of them has begun to serve it. */
	withdraw(request: QueuedRequest): boolean;
}

/**
 * The requests of one pool as the main thread sees them: how many wait and for how long, and what was measured. Only
 * while requests wait, a timer watches the oldest. Main thread only.
 */
export class RequestQueue {
	/** Called when a request has waited for {@link STALL_TIME}, and repeatedly while requests keep waiting. */
	onStall: (() => void) | undefined;
	/** Requests that a PHP thread has ended. */
	served = 0;
	/** Milliseconds from submission to end, over all of them. */
	time = 0;
	readonly #ring: RequestRing;
	readonly #host: QueueHost;
	readonly #maxWaitTime: number;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Requests before this position of the ring have been given up. */
	#withdrawnTo = 0;
	#closed = false;
	/** Requests of this turn, once they wait for its end; 0 = each wakes a thread. */
	#inTurn = 0;
	/** The last turn that was watched had many. */
	#isCrowded = false;

	/** @param maxWaitTime milliseconds after which a request is given up; 0 = never */
	constructor(ring: SharedArrayBuffer, host: QueueHost, maxWaitTime: number) {
		this.#ring = new RequestRing(ring);
		this.#host = host;
		this.#maxWaitTime = maxWaitTime;
	}

	/** Requests that wait for a thread. */
	get depth(): number {
		const withoutSlot = this.#host.withoutSlot.filter(({ queue }) => queue === this).length;
		return Math.max(0, (this.#ring.tail - this.#first()) | 0) + withoutSlot;
	}

	/** Whether the ticket is still in the ring. Reliable for what a lost thread had; others may pop it at any moment. */
	holds(ticket: number): boolean {
		const end = this.#ring.tail;
		for (let at = this.#ring.head; ((end - at) | 0) > 0; at = (at + 1) | 0)
			if (this.#ring.at(at) === ticket) return true;
		return false;
	}

	/** Offers the request with this ticket to the threads. */
	push(ticket: number): void {
		const someSleep = this.#ring.push(ticket, this.#inTurn === 0);
		if (this.#inTurn > 0) this.#inTurn++;
		else if (someSleep && (this.#isCrowded || this.#host.inFlight >= MANY.inFlight)) this.#wakeAtEnd();
		this.added();
	}

	/** What else comes in this turn of the event loop wakes nobody until its end: mostly, a thread that is awake has it by then. */
	#wakeAtEnd(): void {
		const { afterTurn } = this.#host;
		if (afterTurn === undefined) return;
		this.#inTurn = 1;
		afterTurn(() => {
			this.#isCrowded = this.#inTurn >= MANY.inTurn;
			this.#inTurn = 0;
			this.#ring.wakeSome();
		});
	}

	/** A request has begun to wait, in the ring or for a slot. */
	added(): void {
		if (this.#timer !== undefined || this.#closed) return;
		if (this.onStall !== undefined) this.#lookAfter(STALL_TIME);
		else if (this.#maxWaitTime > 0) this.#lookAfter(this.#maxWaitTime);
	}

	/** A request that was submitted at `startedAt` (performance.now()) is over. */
	finished(startedAt: number): void {
		this.served++;
		this.time += performance.now() - startedAt;
	}

	/** Stops watching. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	#lookAfter(milliseconds: number): void {
		// A client that was given up may have submitted something since, which set a timer.
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.#look();
		}, milliseconds);
	}

	#look(): void {
		const now = performance.now();
		if (this.#maxWaitTime > 0) this.#giveUp(now - this.#maxWaitTime);
		const oldest = this.#oldest();
		if (oldest === undefined || this.#closed) return;
		const waited = now - oldest.startedAt;
		const deadline = this.#maxWaitTime > 0 ? this.#maxWaitTime - waited : Number.POSITIVE_INFINITY;
		const next = Math.min(deadline, this.#tellStall(waited));
		if (next < Number.POSITIVE_INFINITY) this.#lookAfter(Math.max(1, next));
	}

	/** Reports a stall, if there is one. Returns the milliseconds until the next time. */
	#tellStall(waited: number): number {
		if (this.onStall === undefined) return Number.POSITIVE_INFINITY;
		if (waited < STALL_TIME) return STALL_TIME - waited;
		this.onStall();
		return STALL_INTERVAL;
	}

	/** Gives up the requests submitted before `limit` (performance.now()) that still wait. */
	#giveUp(limit: number): void {
		const failure = waitedTooLong(this.#maxWaitTime);
		const end = this.#ring.tail;
		for (let at = this.#first(); ((end - at) | 0) > 0; at = (at + 1) | 0) {
			const exchange = this.#host.open(this.#ring.at(at));
			if (exchange !== undefined) {
				if (exchange.startedAt > limit) return;
				if (this.#host.withdraw(exchange)) exchange.giveUp(failure);
			}
			this.#withdrawnTo = (at + 1) | 0;
		}
		const { withoutSlot } = this.#host;
		const late = withoutSlot.filter(({ queue, startedAt }) => queue === this && startedAt <= limit);
		for (const exchange of late) {
			withoutSlot.splice(withoutSlot.indexOf(exchange), 1);
			exchange.fail(failure);
		}
	}

	#oldest(): QueuedRequest | undefined {
		for (let at = this.#first(); ((this.#ring.tail - at) | 0) > 0; at = (at + 1) | 0) {
			const exchange = this.#host.open(this.#ring.at(at));
			if (exchange !== undefined && !exchange.gone) return exchange;
		}
		return this.#host.withoutSlot.find(({ queue, gone }) => queue === this && !gone);
	}

	/** The position of the first request in the ring that has not been given up. */
	#first(): number {
		const { head } = this.#ring;
		const ahead = (this.#withdrawnTo - head) | 0;
		// A mark that is further ahead than the ring is long dates from two billion requests ago.
		return ahead > 0 && ahead <= SLOT_COUNT ? this.#withdrawnTo : head;
	}
}

function waitedTooLong(milliseconds: number): PhpFailure {
	return {
		status: 503,
		code: 'WAITED_TOO_LONG',
		message: `No PHP thread was free within max_wait_time (${milliseconds / 1000} s). Raise num_threads or max_threads, or make requests shorter.`,
		retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)),
	};
}
