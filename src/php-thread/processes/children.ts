import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { Waiting } from '../sockets/waiting.ts';
import type { Child } from './process-port.ts';

const SIGTERM = 15;
const SIGKILL = 9;
/** Between SIGTERM and SIGKILL when the thread has to stop, milliseconds. */
const GRACE = 1000;
/** After SIGTERM, milliseconds: what has not ended by then is given up. */
const GIVE_UP = 2000;
/** How often programs that were told to end are checked, milliseconds. */
const LOOK = 50;

type Entry = {
	child: Child;
	status: number | undefined;
	forgotten: boolean;
	/** When it was told to end. */
	told: number | undefined;
};

/** The programs that run for this PHP thread. */
export class Children {
	readonly #waiting: Waiting;
	readonly #cell: ThreadCell;
	readonly #entries = new Map<number, Entry>();

	constructor(waiting: Waiting, cell: ThreadCell) {
		this.#waiting = waiting;
		this.#cell = cell;
	}

	/** Notes a running program; returns what is to hear how it ended. */
	add(child: Child & { pid: number }): (status: number) => void {
		const entry: Entry = { child, status: undefined, forgotten: false, told: undefined };
		this.#entries.set(child.pid, entry);
		return (status) => {
			entry.status = status;
			if (entry.forgotten && this.#entries.get(child.pid) === entry) this.#entries.delete(child.pid);
			this.#waiting.changed();
		};
	}

	/** How it ended, as wait(2) tells; 'running'; undefined = there is no such program. */
	status(pid: number): number | 'running' | undefined {
		const entry = this.#entries.get(pid);
		return entry === undefined ? undefined : (entry.status ?? 'running');
	}

	/** The same, after its end; 'running' only when the thread has to stop and it did not end in time. */
	async wait(pid: number): Promise<number | 'running' | undefined> {
		await this.until(() => this.status(pid) !== 'running');
		return this.status(pid);
	}

	/** False = it has ended. */
	signal(pid: number, signal: number): boolean {
		const entry = this.#entries.get(pid);
		return entry !== undefined && entry.status === undefined && entry.child.signal(signal, false);
	}

	/** Nobody will ask about it any more. */
	forget(pid: number): void {
		const entry = this.#entries.get(pid);
		if (entry === undefined) return;
		entry.forgotten = true;
		if (entry.status !== undefined) this.#entries.delete(pid);
	}

	/**
	 * Waits for something that a program does. When the stop flag is raised, all programs are told to end, and killed if
	 * they do not; false = that was in vain.
	 */
	async until(ready: () => boolean): Promise<boolean> {
		while (!ready() && !(await this.#waiting.until(ready, this.#cell.mustStop ? LOOK : Infinity))) {
			if (this.#cell.mustStop && this.#tellToEnd() > GIVE_UP) return false;
		}
		return true;
	}

	/** Ends all of them, at the end of what this thread does. */
	async end(): Promise<void> {
		const ended = (): boolean => this.#running().length === 0;
		while (!ended() && this.#tellToEnd() <= GIVE_UP) {
			await new Promise((resolve) => setTimeout(resolve, LOOK));
		}
		this.#entries.clear();
	}

	/** Tells them all. Returns the milliseconds since the first one was told. */
	#tellToEnd(): number {
		const now = performance.now();
		let longest = 0;
		for (const entry of this.#running()) {
			if (entry.told === undefined) entry.child.signal(SIGTERM, true);
			else if (now - entry.told > GRACE) entry.child.signal(SIGKILL, true);
			entry.told ??= now;
			longest = Math.max(longest, now - entry.told);
		}
		return longest;
	}

	#running(): Entry[] {
		return [...this.#entries.values()].filter(({ status }) => status === undefined);
	}
}
