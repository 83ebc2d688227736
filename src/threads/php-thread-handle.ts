import type { RequestThread, Unanswered } from '../dispatch/exchange.ts';
import type { Role, RoleOutcome, ThreadEvent } from '../php-thread/thread-messages.ts';
import { createPipeBuffer, FramePipe, releasePipeBuffer } from '../shared-memory/frame-pipe.ts';
import { BODY_PIPE_BYTES, RESPONSE_PIPE_BYTES } from '../shared-memory/request-frames.ts';
import type { BoardBuffers } from '../shared-memory/sidekick-board.ts';
import { boardOwner } from '../shared-memory/task-seats.ts';
import { TaskTable } from '../shared-memory/task-table.ts';
import { createThreadCellBuffer, ThreadCell } from '../shared-memory/thread-cell.ts';
import { createTraceRingBuffer, TraceRing } from '../shared-memory/trace-ring.ts';
import type { TraceRole } from '../trace/trace-events.ts';
import { OpcacheCopies } from './opcache-copies.ts';
import type { PlatformThread, ThreadFactory } from './thread-port.ts';

/** What a thread is for; `spare` = nothing yet. */
export type ThreadRole = 'classic' | 'worker' | 'sidekick' | 'background' | 'spare';

/** The life of a PHP thread as the main thread sees it. */
export type ThreadState = 'booting' | 'spare' | 'assigned' | 'ended';

const LEGAL: Record<ThreadState, readonly ThreadState[]> = {
	booting: ['spare', 'ended'],
	/** Booted, without a role. */
	spare: ['assigned', 'ended'],
	/** In a role. */
	assigned: ['spare', 'ended'],
	ended: [],
};

/** What every thread of a server shares. */
export type SharedBuffers = {
	slots: SharedArrayBuffer;
	board: BoardBuffers;
	fileLocks: SharedArrayBuffer;
	outdatedCode: SharedArrayBuffer;
	/** Orders what the threads record; undefined = they record nothing. */
	traceSequence?: SharedArrayBuffer | undefined;
};

/** Hears a thread's doorbell and events. The owner of the role hears the role's events through `onEvent`. */
export type ThreadHub = {
	doorbell(thread: PhpThreadHandle): void;
	/** The thread is about to be terminated: what it says from now on does not count. */
	ending?(thread: PhpThreadHandle): void;
	event(thread: PhpThreadHandle, event: Exclude<ThreadEvent, null>): void;
	/** The thread is gone; its pipe has been drained. */
	lost(thread: PhpThreadHandle): void;
	/** The thread has started (`booting`), or waits for a role (`spare`). */
	changed?(thread: PhpThreadHandle, role: Extract<TraceRole, 'booting' | 'spare'>): void;
	/** The thread is about to get this role. */
	assumes?(thread: PhpThreadHandle, role: Role): void;
};

/** How a role ended; `lost` = the thread died in the middle of it, `terminated` = somebody ended it. */
export type HandleOutcome =
	| RoleOutcome
	| { kind: 'lost'; message: string | undefined }
	| { kind: 'terminated'; message: string | undefined };

/** The host side of one PHP thread. Main thread only. */
export class PhpThreadHandle implements RequestThread {
	readonly cell: ThreadCell;
	readonly responsePipe: FramePipe;
	readonly bodyPipe: FramePipe;
	/** What it records; undefined = the trace is off. */
	readonly traceRing: TraceRing | undefined;
	/** Resolves with the milliseconds of the boot; rejects when PHP cannot start. */
	readonly booted: Promise<number>;
	readonly ended: Promise<void>;
	/** What it is doing, for people: "spare", "worker index.php", … */
	label = 'spare';
	role: ThreadRole = 'spare';
	/** It has been in a role. */
	wasUsed = false;
	/** It takes requests: a classic thread, or a worker whose script has reached its loop. A background worker: it is ready. */
	isServing = false;
	/** Hears the events of the role that runs. */
	onEvent: ((event: Exclude<ThreadEvent, null>) => void) | undefined;
	#state: ThreadState = 'booting';
	#isEnding = false;
	/** Why it is being terminated, if somebody said. */
	#why: string | undefined;
	#leftAtEnd: Unanswered | undefined;
	readonly #thread: PlatformThread;
	readonly #hub: ThreadHub;
	readonly #tasks: TaskTable;
	readonly #taskSeat: number;
	readonly #boot = Promise.withResolvers<number>();
	readonly #end = Promise.withResolvers<void>();
	readonly #opcache: OpcacheCopies;
	/** Of what it compiles; undefined = it has not begun. */
	#generation: number | undefined;
	#settleRole: ((outcome: HandleOutcome) => void) | undefined;

	/**
	 * @param env added to the environment of the scope
	 * @param opcache what threads of this environment have compiled
	 */
	constructor(
		factory: ThreadFactory,
		shared: SharedBuffers,
		env: Readonly<Record<string, string>>,
		hub: ThreadHub,
		opcache = new OpcacheCopies(),
	) {
		const { traceSequence: sequence, ...common } = shared;
		const trace = sequence && { ring: createTraceRingBuffer(), sequence };
		this.#tasks = new TaskTable(shared.board.tasks);
		this.#taskSeat = this.#tasks.seats.claim();
		const buffers = {
			...common,
			taskSeat: this.#taskSeat,
			opcacheKnown: opcache.known,
			...(trace && { trace }),
			cell: createThreadCellBuffer(),
			responsePipe: createPipeBuffer(RESPONSE_PIPE_BYTES),
			bodyPipe: createPipeBuffer(BODY_PIPE_BYTES),
		};
		this.#hub = hub;
		this.#opcache = opcache;
		this.cell = new ThreadCell(buffers.cell, () => this.#tasks.seats.wake(this.#taskSeat));
		this.responsePipe = new FramePipe(buffers.responsePipe);
		this.bodyPipe = new FramePipe(buffers.bodyPipe);
		this.traceRing = trace && new TraceRing(trace.ring);
		this.booted = this.#boot.promise;
		this.ended = this.#end.promise;
		// The failed boot of a spare that nobody waits for must not end the process.
		this.booted.catch(() => {});
		this.#thread = factory.start(buffers, env, {
			event: (event) => this.#onEvent(event),
			ended: (reason, isGone) => this.#onEnded(reason, isGone),
		});
		hub.changed?.(this, 'booting');
	}

	get id(): number {
		return this.#thread.id;
	}

	/** Owner of its file locks. */
	get processId(): number {
		return this.#thread.processId;
	}

	get state(): ThreadState {
		return this.#state;
	}

	/** Owner of cells of the board. */
	get boardOwner(): number {
		return boardOwner(this.#taskSeat, this.processId);
	}

	/** What it may leave unanswered, once it is gone. */
	get unanswered(): Unanswered[] {
		const left = { ticket: this.cell.claim, request: this.cell.lastRequest };
		return this.#leftAtEnd === undefined ? [left] : [this.#leftAtEnd, left];
	}

	/** Runs a role to its end; never rejects. The thread must be spare. */
	assume(role: Role): Promise<HandleOutcome> {
		this.#state = transition(this.#state, 'assigned');
		this.cell.clearStop('maxRequests' in role ? role.maxRequests : 0);
		// Sidekicks and their like run few files, which are not what requests need.
		const compiled = 'ring' in role && !this.wasUsed ? this.#opcache.newest : undefined;
		this.#generation ??= this.#opcache.generation;
		this.wasUsed = true;
		this.isServing = role.kind === 'classic';
		const { promise, resolve } = Promise.withResolvers<HandleOutcome>();
		this.#settleRole = (outcome) => {
			this.#settleRole = undefined;
			this.onEvent = undefined;
			this.isServing = false;
			if (this.#state === 'assigned') this.#state = transition(this.#state, 'spare');
			this.cell.idle();
			resolve(outcome);
		};
		this.#hub.assumes?.(this, role);
		this.#thread
			.assume(role, compiled)
			.catch((error: unknown) => this.#settleRole?.({ kind: 'trap', message: String(error) }));
		return promise;
	}

	/** It no longer has a role, and waits for the next one. */
	becomeSpare(): void {
		this.label = 'spare';
		this.role = 'spare';
		if (this.#state !== 'ended') this.#hub.changed?.(this, 'spare');
	}

	/**
	 * Terminates the thread. A running role ends as `terminated`. What PHP has written by now counts, and nothing after it.
	 * @param why a clause for people
	 */
	async terminate(why?: string): Promise<void> {
		if (this.#state === 'ended') return;
		if (!this.#isEnding) {
			this.#drain();
			this.#hub.ending?.(this);
			this.#leftAtEnd = { ticket: this.cell.claim, request: this.cell.lastRequest };
			this.#isEnding = true;
			this.#why = why;
			// A browser lets it run for another moment, without its files: what it says then (404) must not count.
			this.cell.retire();
		}
		await this.#thread.terminate();
		await this.ended;
	}

	#onEvent(event: ThreadEvent): void {
		if (event === null) {
			this.cell.answerDoorbell();
			this.#drain();
		} else if (event.type === 'booted') {
			this.#state = transition(this.#state, 'spare');
			this.cell.idle();
			this.#hub.changed?.(this, 'spare');
			this.#boot.resolve(event.milliseconds);
		} else if (event.type === 'bootFailed') {
			this.#boot.reject(new Error(`PHP could not start: ${event.message}`));
			void this.terminate();
		} else if (event.type === 'roleEnded') {
			if (this.#isEnding) return;
			this.#drain();
			this.#settleRole?.(event.outcome);
		} else if (event.type === 'opcache') {
			this.#opcache.offer(event.copy, this.#generation ?? -1);
		} else {
			if (event.type === 'workerReady' || event.type === 'sidekickReady') this.isServing = true;
			this.#hub.event(this, event);
			this.onEvent?.(event);
		}
	}

	#drain(): void {
		if (!this.#isEnding) this.#hub.doorbell(this);
	}

	#onEnded(reason: string | undefined, isGone: boolean): void {
		this.#state = 'ended';
		this.#boot.reject(new Error(reason ?? 'The PHP thread ended before PHP started.'));
		// What it wrote before it died still counts, so its request is given up only after that.
		this.#drain();
		this.#hub.lost(this);
		this.#tasks.threadLost(this.#taskSeat);
		if (isGone) this.#tasks.seats.release(this.#taskSeat);
		if (isGone) for (const pipe of [this.responsePipe, this.bodyPipe]) releasePipeBuffer(pipe.buffer);
		this.#settleRole?.(this.#isEnding ? { kind: 'terminated', message: this.#why } : { kind: 'lost', message: reason });
		this.#end.resolve();
	}
}

/** Checks a transition. @throws Error when it is not legal: a defect of the caller. */
function transition(from: ThreadState, to: ThreadState): ThreadState {
	if (!LEGAL[from].includes(to)) throw new Error(`A PHP thread cannot go from ${from} to ${to}.`);
	return to;
}
