import type { TaskOutcome } from '../shared-memory/task-counters.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';

/**
 * What happens in a scope, for people who watch it: the timeline of the playground is drawn from these.
 * `at` is in milliseconds since 1970, with fractions; all threads use the same clock. `thread` is the id that
 * `threads()` shows; `request` is the number of a request, 0 = none.
 */
export type TraceEvent =
	/** A thread has started, has ended, or has another role. `label` as in `ThreadStatus`. */
	| { type: 'thread'; at: number; thread: number; role: TraceRole; label: string }
	/** The HTTP side has handed a request over; it waits for a thread. */
	| { type: 'submitted'; at: number; request: number; method: string; url: string }
	/** A PHP thread has begun to serve the request. */
	| { type: 'requestBegan'; at: number; thread: number; request: number }
	/** A PHP thread has ended the response (it may go on after `frankenphp_finish_request()`). */
	| { type: 'requestEnded'; at: number; thread: number; request: number }
	/** The client has its answer. `status` 0 = it went away. */
	| { type: 'answered'; at: number; request: number; status: number }
	/** A thread blocks in `frankenphp_sidekick_get_vars()` until all of `names` have published. */
	| { type: 'waitBegan'; at: number; thread: number; request: number; names: readonly string[] }
	/** It goes on: with what it asked for, or with an exception (`ok` false). */
	| { type: 'waitEnded'; at: number; thread: number; request: number; ok: boolean }
	/** A thread reads this version of a snapshot for the first time. */
	| { type: 'seen'; at: number; thread: number; request: number; name: string; version: number }
	/** A sidekick has published a snapshot that differs from the one before. `first` = of this sidekick. */
	| { type: 'published'; at: number; thread: number; name: string; version: number; first: boolean }
	/**
	 * A task goes to the worker `name`; `task` is the same number until its end. `request` 0 = the sender is no request.
	 * Those of a thread that is lost have no end of their own.
	 */
	| { type: 'taskSent'; at: number; thread: number; request: number; task: number; name: string }
	/** A thread of the worker has picked it up. */
	| { type: 'taskReceived'; at: number; thread: number; task: number; name: string }
	/** It is over. `abandoned`, `timeout` = by its sender, on whose thread. */
	| { type: 'taskEnded'; at: number; thread: number; task: number; name: string; outcome: TaskOutcome }
	/** A sidekick's life; see `SidekickEvent`. */
	| { type: 'sidekick'; at: number; thread: number | undefined; event: SidekickEvent };

/** What a thread is there for; `ended` = it is gone. */
export type TraceRole = 'booting' | 'spare' | 'classic' | 'worker' | 'sidekick' | 'ended';
