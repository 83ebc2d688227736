import { expect } from 'vitest';
import { ASLEEP, KILLED } from './steps.ts';

/** A thread that is simulated on this one. */
export interface Interleaved {
	/** It runs, at least until its next step. */
	isInTurn: boolean;
	/** Its next step does not come. */
	isDoomed: boolean;
	isDead: boolean;
}

/** More threads than that are not in the middle of something at once. */
const DEPTH = 3;

/**
 * Turns of simulated threads, one inside the other: in the middle of a turn, before any of its steps on shared memory, the
 * main thread or another PHP thread may go on. What happens then the actions say, and how soon, the gaps.
 */
export class Interleaving<Thread extends Interleaved, Action> {
	/** What is still to happen. */
	readonly actions: Action[];
	readonly #perform: (action: Action) => void;
	readonly #gaps: readonly number[];
	#gap = 0;
	#left: number;
	/** Those in the middle of a turn; the last one runs unless the main thread does. */
	readonly #turns: Thread[] = [];
	#isMain = true;

	/** @param perform what an action does, as the main thread */
	constructor(actions: readonly Action[], gaps: readonly number[], perform: (action: Action) => void) {
		this.actions = [...actions];
		this.#gaps = gaps;
		this.#left = gaps[0] ?? Number.POSITIVE_INFINITY;
		this.#perform = perform;
	}

	/** How many turns are begun. */
	get depth(): number {
		return this.#turns.length;
	}

	/** Which thread sleeps, as `StepHooks.wait` is to know. */
	get sleeper(): Thread {
		expect(this.#isMain, 'the main thread sleeps').toBe(false);
		return this.#turns.at(-1) as Thread;
	}

	/** The innermost one; undefined = no turn is begun. */
	get innermost(): Thread | undefined {
		return this.#turns.at(-1);
	}

	/** See `StepHooks.step`. */
	step(): void {
		const running = this.#turns.at(-1);
		if (this.#isMain || running === undefined) return;
		if (--this.#left <= 0) {
			this.#left = this.#gaps[++this.#gap % this.#gaps.length] ?? Number.POSITIVE_INFINITY;
			this.act();
		}
		if (running.isDoomed) throw KILLED;
	}

	/** The next action happens. */
	act(): void {
		const action = this.actions.shift();
		if (action !== undefined) this.asMain(() => this.#perform(action));
	}

	/** Does something as the main thread, in the middle of any turn. */
	asMain<T>(act: () => T): T {
		const before = this.#isMain;
		this.#isMain = true;
		try {
			return act();
		} finally {
			this.#isMain = before;
		}
	}

	/** A thread goes on. Undefined when it could not, or did not come to the end of its turn. */
	turn<T>(thread: Thread, act: () => T): T | undefined {
		if (!this.canTurn(thread)) return undefined;
		this.#turns.push(thread);
		thread.isInTurn = true;
		this.#isMain = false;
		try {
			return act();
		} catch (error) {
			if (error === KILLED) thread.isDead = true;
			else if (error !== ASLEEP) throw error;
			return undefined;
		} finally {
			this.#isMain = true;
			thread.isInTurn = false;
			this.#turns.pop();
		}
	}

	/** Whether a thread could go on now. */
	canTurn(thread: Thread): boolean {
		return !thread.isDead && !thread.isInTurn && this.#turns.length < DEPTH;
	}
}
