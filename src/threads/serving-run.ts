import { PHP_LEVEL } from '../log/php-log.ts';
import type { Role, ThreadEvent } from '../php-thread/thread-messages.ts';
import { NO_REQUEST } from '../shared-memory/thread-cell.ts';
import type { HandleOutcome, PhpThreadHandle } from './php-thread-handle.ts';

/** The roles that serve requests. */
export type ServingRole = Extract<Role, { ring: SharedArrayBuffer }>;

/** A thread that wants to be replaced. */
export type Worn = Extract<ThreadEvent, { type: 'worn' }>;

/** How a run ended, and the PHP error that explains it, if there is one. */
export type RunEnd = { outcome: HandleOutcome; phpError: string | undefined };

/** One thread in a serving role, from the beginning of the role to its end. Main thread only. */
export class ServingRun {
	readonly thread: PhpThreadHandle;
	/** True once it can serve: at once, or when a worker script has reached its loop. False = it ended before that. */
	readonly ready: Promise<boolean>;
	readonly ended: Promise<RunEnd>;
	/** Its end was asked for. */
	retired = false;
	#isReady: boolean;
	#isOver = false;

	/** The thread must be spare. `onWorn` is called when it wants to be replaced. */
	constructor(
		thread: PhpThreadHandle,
		role: ServingRole,
		label: string,
		onWorn: (run: ServingRun, event: Worn) => void,
	) {
		this.thread = thread;
		this.#isReady = role.kind === 'classic';
		thread.label = label;
		thread.role = role.kind;
		const ready = Promise.withResolvers<boolean>();
		let phpError: { message: string; request: number } | undefined;
		const running = thread.assume(role);
		thread.onEvent = (event) => {
			if (event.type === 'log' && event.level >= PHP_LEVEL.error) phpError = event;
			else if (event.type === 'worn') onWorn(this, event);
			else if (event.type === 'workerReady') {
				this.#isReady = true;
				ready.resolve(true);
			}
		};
		if (this.#isReady) ready.resolve(true);
		this.ready = ready.promise;
		this.ended = running.then((outcome) => {
			this.#isOver = true;
			ready.resolve(false);
			// An error of an earlier request has nothing to do with this end.
			const isOfThisEnd =
				phpError !== undefined && (phpError.request === NO_REQUEST || phpError.request === thread.cell.lastRequest);
			return { outcome, phpError: isOfThisEnd ? phpError?.message : undefined };
		});
	}

	/** It got as far as serving, whether it still runs or not. */
	get isReady(): boolean {
		return this.#isReady;
	}

	/** The role has ended. */
	get isOver(): boolean {
		return this.#isOver;
	}

	/** A request is being served. */
	get isBusy(): boolean {
		return this.thread.cell.currentRequest !== NO_REQUEST;
	}

	/** Lets it end after its running request; wake its ring afterwards. */
	retire(): void {
		this.retired = true;
		this.thread.cell.retire();
	}
}

/** Why a run ended, for people: PHP's own error if there is one. */
export function describeEnd({ outcome, phpError }: RunEnd): string {
	if (outcome.kind === 'exit') return phpError ?? `exit status ${outcome.status}`;
	const why = (outcome.kind === 'terminated' && outcome.message) || 'its thread was lost';
	const what = outcome.kind === 'trap' ? `PHP crashed (${outcome.message})` : why;
	return phpError === undefined ? what : `${what}; ${phpError}`;
}
