import type { StopCause } from '../../../../src/sidekicks/sidekick-event.ts';
import type { TraceEvent } from '../../../../src/trace/trace-events.ts';
import type { Ring } from './ring.ts';

/*
 * What the timeline remembers. All times are milliseconds since 1970, with fractions. A span that has not ended has
 * `end` = Infinity; a mark has `end` = `start`.
 */

/** A line of the picture: a sidekick over all its runs, or a thread that serves requests and its successors. */
export type Lane = {
	readonly group: 'sidekick' | 'thread';
	/** In the order in which lanes have come. */
	readonly id: number;
	/** The sidekick's name, or the thread's label. */
	label: string;
	role: 'sidekick' | 'worker' | 'classic' | 'unknown';
	/** The thread that it stands for now, or stood for last. */
	thread: number | undefined;
	/** The thread that it stood for first: its place among other lanes. */
	readonly place: number;
	/** When its thread has ended, or its sidekick was stopped; undefined = it lives. */
	endedAt: number | undefined;
	readonly phases: Ring<Phase>;
	readonly requests: Ring<RequestSpan>;
	readonly waits: Ring<Wait>;
	readonly marks: Ring<Mark>;
};

/** A state of a sidekick, or the life of one thread on its lane (`alive`). */
export type Phase = {
	readonly kind: 'phase';
	readonly lane: Lane;
	readonly state: PhaseState;
	readonly start: number;
	end: number;
	readonly thread: number | undefined;
	/** Which run of the sidekick, from 1; 0 = none. */
	readonly attempt: number;
	/** Failures in a row, of a back-off or of a sidekick that has been given up. */
	readonly failures: number;
	/** How long a back-off is meant to take, milliseconds. */
	readonly delay: number;
	/** Why it is stopped. */
	readonly cause: StopCause | undefined;
	/** Why it has failed, or ''. */
	readonly reason: string;
};

/** `backoff` = it waits before its next try; `failed` = it has been given up. */
export type PhaseState = 'alive' | 'starting' | 'ready' | 'stopping' | 'backoff' | 'failed';

/** A request; `start` and `end` are those of the thread's work. */
export type RequestSpan = {
	readonly kind: 'request';
	readonly request: number;
	method: string;
	url: string;
	/** When it came; NaN = not known. */
	submitted: number;
	/** NaN = no thread has taken it yet. */
	start: number;
	end: number;
	/** When the client had its answer; NaN = not yet. */
	answered: number;
	/** 0 = the client went away; -1 = no answer yet. */
	status: number;
	thread: number;
	lane: Lane | undefined;
	/** Its thread ended in the middle of it. */
	cut: boolean;
	/** What it has read for the first time on its thread. */
	readonly links: Link[];
	readonly waits: Wait[];
	/** Those that it has sent. */
	readonly tasks: TaskArrow[];
};

/** A thread blocked in `get_vars()`. */
export type Wait = {
	readonly kind: 'wait';
	readonly lane: Lane;
	readonly start: number;
	end: number;
	readonly thread: number;
	readonly names: readonly string[];
	/** In which request; undefined = in none (a sidekick, or a worker before its loop). */
	readonly request: RequestSpan | undefined;
	/** False = an exception; undefined = it still waits, or its thread is gone. */
	ok: boolean | undefined;
	/** Whether a publication has been found that ended it. */
	link: Link | undefined;
};

/** A sidekick has published. */
export type Publication = {
	readonly kind: 'publication';
	readonly lane: Lane;
	readonly start: number;
	readonly end: number;
	readonly thread: number;
	readonly name: string;
	readonly version: number;
	readonly first: boolean;
	readonly links: Link[];
};

/** Something else that happens at one moment. */
export type Incident = {
	readonly kind: 'incident';
	readonly lane: Lane;
	readonly start: number;
	readonly end: number;
	readonly what: IncidentKind;
	readonly thread: number | undefined;
	/** A sentence, or ''. */
	readonly text: string;
};

/** `lost` = a thread ended in the middle of a request; `replaced` = a new thread has taken over the lane. */
export type IncidentKind =
	| 'crashed'
	| 'failed'
	| 'exited'
	| 'stopped'
	| 'ignored-stop'
	| 'abandoned'
	| 'lost'
	| 'replaced';

/** From a publication to a reader. `start` is when it was read. */
export type Link = {
	readonly publication: Publication;
	readonly lane: Lane;
	readonly thread: number;
	readonly request: RequestSpan | undefined;
	start: number;
	/** True = the reader was blocked until this publication; false = it saw this version first then. */
	woke: boolean;
};

/** A task, from its sender to its worker. Times are Infinity until they have come. */
export type TaskArrow = {
	/** The sender's; undefined = not heard of yet. */
	from: Lane | undefined;
	readonly to: Lane;
	/** The threads. */
	sender: number | undefined;
	receiver: number | undefined;
	request: RequestSpan | undefined;
	/** When it was sent. */
	start: number;
	received: number;
	end: number;
	outcome: TaskOutcome | undefined;
};

export type TaskOutcome = Extract<TraceEvent, { type: 'taskEnded' }>['outcome'];

export type Mark = Publication | Incident;
export type Span = Phase | RequestSpan | Wait;
/** All that can be pointed at. */
export type Item = Span | Mark;

/** A number that changes, such as how many requests wait for a thread. It is `value` from `start` on. */
export type Sample = { readonly start: number; value: number };

/** What is remembered at most; 100,000 events fit. */
export const LIMITS = {
	lanes: 48,
	/** Per lane. */
	requests: 8192,
	waits: 4096,
	phases: 1024,
	marks: 8192,
	/** In all. */
	links: 16_384,
	tasks: 16_384,
	requestNumbers: 32_768,
	samples: 32_768,
} as const;
