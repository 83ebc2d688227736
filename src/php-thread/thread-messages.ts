import type { OutboxBuffers } from '../shared-memory/outbox.ts';
import type { BoardBuffers } from '../shared-memory/sidekick-board.ts';
import type { Asking } from '../sidekicks/definition.ts';
import type { SharedRun } from '../sidekicks/ports.ts';
import type { TraceBuffers, TraceMark } from './thread-trace.ts';

/** The shared buffers that a PHP thread opens. */
export type ThreadBuffers = {
	cell: SharedArrayBuffer;
	responsePipe: SharedArrayBuffer;
	bodyPipe: SharedArrayBuffer;
	slots: SharedArrayBuffer;
	board: BoardBuffers;
	/** The thread's seat among those of tasks. */
	taskSeat: number;
	fileLocks: SharedArrayBuffer;
	outdatedCode: SharedArrayBuffer;
	/** Of OpcacheCopies. */
	opcacheKnown: SharedArrayBuffer;
	/** Not there = nothing is recorded. */
	trace?: TraceBuffers;
};

/**
 * What a thread is told to be. `ring` is the queue of the pool that it serves; when it has begun `maxRequests`, or after
 * a request has more memory than `maxMemory` bytes (0 = never, both), it reports once that it wants to be replaced.
 * `sidekick`: `seat` counts its threads from 0; `isBackground` = it is a background worker, ready at its first tick. `cli`: PHP's own command line, on a thread that was started for it; `args` without the program's name, `folder`: where it
 * is run, as PHP sees it.
 */
export type Role =
	| ({ kind: 'classic' } & ServingLimits)
	| ({ kind: 'worker'; script: string } & ServingLimits)
	| {
			kind: 'sidekick';
			script: string;
			name: string;
			handle: number;
			seat: number;
			isBackground: boolean;
			/** It publishes for the fleet. */
			shared?: SharedRole | undefined;
	  }
	| { kind: 'cli'; args: string[]; folder: string };

/** What a sidekick that publishes for the fleet puts its snapshots into, and how large they may be. */
export type SharedRole = SharedRun & { outbox: OutboxBuffers };

type ServingLimits = { ring: SharedArrayBuffer; maxRequests: number; maxMemory: number };

/** Why a thread wants to be replaced. */
export type Wear = 'requests' | 'memory';

/** What a thread has compiled: the part of opcache's segment that is in use. */
export type OpcacheCopy = {
	/** The runs, one behind the other. */
	bytes: SharedArrayBuffer;
	/** Where they lie in the segment; what is between them is zero. */
	runs: [offset: number, length: number][];
	/** Bytes of the segment that are in use. */
	used: number;
	/** Valid only where PHP has started with the same. */
	fingerprint: string;
	/** When it was made, milliseconds since the epoch. */
	at: number;
	/** What its thread had heard of outdated code. */
	heard: number;
};

/** How a role ended. After a trap the PHP instance must not be used again. */
export type RoleOutcome = { kind: 'exit'; status: number } | { kind: 'trap'; message: string };

/** The thread of a sidekick that waits for others. */
export type Waiter = { name: string; seat: number };

/** One-way events from a PHP thread; `null` is the doorbell: look into my pipe. */
export type ThreadEvent =
	| null
	| { type: 'booted'; milliseconds: number }
	| { type: 'bootFailed'; message: string }
	/** `mark`: when the wait began, if the trace is on. */
	| {
			type: 'ensure';
			question: number;
			names: string[];
			asking: Asking;
			waiter: Waiter | undefined;
			mark: TraceMark | undefined;
	  }
	| { type: 'waitEnded'; names: string[]; waiter: Waiter }
	/** The first publication of a run; the first tick of a background worker. */
	| { type: 'sidekickReady' }
	/** Its outbox holds a publication. */
	| { type: 'sidekickPublished' }
	| { type: 'workerReady' }
	/** What it has compiled, between two requests. */
	| { type: 'opcache'; copy: OpcacheCopy }
	/**
	 * It wants to be replaced: see Role. It begins no more requests than its role allows; if it is for its memory, it goes
	 * on until it is told to retire. `served`: requests begun in this role.
	 */
	| { type: 'worn'; reason: Wear; served: number }
	/** PHP has asked for a path that leads to none of its folders, and found nothing. A byte string. */
	| { type: 'missed'; path: string }
	| { type: 'output'; stream: number; bytes: Uint8Array }
	/** `request`: the one that was being served, or 0. */
	| { type: 'log'; level: number; message: string; context: string | undefined; request: number }
	/** Comes after everything that the role had to say. */
	| { type: 'roleEnded'; outcome: RoleOutcome };

/** Control calls from the main thread, over comlink. */
export interface ThreadControl {
	/**
	 * Runs a role, one at a time. Its end is told by the event `roleEnded`, in order with its other events; answers of
	 * this interface come by another port and may overtake them.
	 * @param opcache what other threads have compiled; for a thread that has run nothing yet
	 */
	assume(role: Role, opcache?: OpcacheCopy): Promise<void>;
}
