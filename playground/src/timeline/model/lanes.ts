import { type Lane, LIMITS } from './records.ts';
import { Ring } from './ring.ts';

/** How long the lane of an ended thread, or of a stopped sidekick, stays, in milliseconds. */
export const LINGER = 15_000;

/** The lanes there are, and which of them go when there are too many. */
export class Lanes {
	readonly #all: Lane[] = [];
	#nextId = 1;
	#revision = 0;

	/** Sidekicks in the order of their coming, then workers, then classic threads. */
	get all(): readonly Lane[] {
		return this.#all;
	}

	/** Grows whenever a lane comes, goes or changes its label. */
	get revision(): number {
		return this.#revision;
	}

	add(group: Lane['group'], role: Lane['role'], label: string, thread: number | undefined): Lane {
		if (this.#all.length >= LIMITS.lanes) this.#makeRoom();
		const lane: Lane = {
			group,
			id: this.#nextId++,
			label,
			role,
			thread,
			place: thread ?? 0,
			endedAt: undefined,
			phases: new Ring(LIMITS.phases),
			requests: new Ring(LIMITS.requests),
			waits: new Ring(LIMITS.waits),
			marks: new Ring(LIMITS.marks),
		};
		this.#all.push(lane);
		this.#sort();
		return lane;
	}

	/** Gives a lane another name or role. */
	rename(lane: Lane, role: Lane['role'], label: string): void {
		if (lane.role === role && lane.label === label) return;
		lane.role = role;
		lane.label = label;
		this.#sort();
	}

	/** Removes lanes that ended `LINGER` before `now`; returns them. */
	tidy(now: number): Lane[] {
		const gone = this.#all.filter((lane) => lane.endedAt !== undefined && lane.endedAt < now - LINGER);
		for (const lane of gone) this.#remove(lane);
		return gone;
	}

	/** The lane of an ended thread that a new one with the same task can go on with. */
	vacant(role: Lane['role'], label: string): Lane | undefined {
		return this.#all.find((lane) => lane.endedAt !== undefined && lane.role === role && lane.label === label);
	}

	has(lane: Lane): boolean {
		return this.#all.includes(lane);
	}

	/** The lane that ended first goes; if none has ended, the oldest thread's. */
	#makeRoom(): void {
		let oldest: Lane | undefined;
		for (const lane of this.#all) {
			if (oldest === undefined || (lane.endedAt ?? Infinity) < (oldest.endedAt ?? Infinity)) oldest = lane;
		}
		if (oldest !== undefined) this.#remove(oldest);
	}

	#remove(lane: Lane): void {
		this.#all.splice(this.#all.indexOf(lane), 1);
		this.#revision++;
	}

	#sort(): void {
		this.#all.sort((a, b) => order(a) - order(b) || place(a) - place(b));
		this.#revision++;
	}
}

/** Threads by their ids: which one got its task first is chance. */
function place(lane: Lane): number {
	return lane.group === 'thread' ? lane.place : lane.id;
}

function order(lane: Lane): number {
	return ['sidekick', 'worker', 'classic', 'unknown'].indexOf(lane.role);
}
