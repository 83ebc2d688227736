const STEPS = ['load', 'store', 'add', 'sub', 'exchange', 'compareExchange', 'notify'] as const;
type Step = (...args: unknown[]) => unknown;

/** What a thread throws that is killed. */
export const KILLED = new Error('killed');
/** What a thread throws that would sleep. */
export const ASLEEP = new Error('asleep');

/** Hears of all that is done on shared memory. */
export interface StepHooks {
	/** Before each step: there, and nowhere else, other threads can notice anything. */
	step(): void;
	/** In place of a sleep: nothing sleeps. */
	wait(words: Int32Array, index: number, value: number): 'ok' | 'not-equal' | 'timed-out';
}

/** Puts hooks before the steps of this thread, and in place of its sleeps. Returns what takes them away again. */
export function hookSteps({ step, wait }: StepHooks): () => void {
	const atomics = Atomics as unknown as Record<string, Step>;
	const originals = new Map<string, Step>();
	for (const name of STEPS) {
		const original = atomics[name] as Step;
		originals.set(name, original);
		atomics[name] = (...args) => {
			step();
			return original(...args);
		};
	}
	originals.set('wait', atomics.wait as Step);
	atomics.wait = (words, index, value) => wait(words as Int32Array, index as number, value as number);
	return () => {
		for (const [name, original] of originals) atomics[name] = original;
	};
}

/**
 * Runs `thread` and calls each of `acts` right before the step of that number (from 0) that it does on shared memory.
 * Steps of the acts themselves do not count.
 *
 * @returns how many steps there were
 */
export function interrupt(acts: Readonly<Record<number, () => void>>, thread: () => void): number {
	let steps = 0;
	let isActing = false;
	const unhook = hookSteps({
		step() {
			const act = isActing ? undefined : acts[steps++];
			if (act === undefined) return;
			isActing = true;
			try {
				act();
			} finally {
				isActing = false;
			}
		},
		wait() {
			throw ASLEEP;
		},
	});
	try {
		thread();
	} catch (error) {
		if (error !== KILLED && error !== ASLEEP) throw error;
	} finally {
		unhook();
	}
	return steps;
}
