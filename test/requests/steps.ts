const STEPS = ['load', 'store', 'add', 'sub', 'exchange', 'compareExchange', 'notify'] as const;
type Step = (...args: unknown[]) => unknown;

/** What a thread throws that is killed. */
export const KILLED = new Error('killed');
/** What a thread throws that would sleep. */
export const ASLEEP = new Error('asleep');

/**
 * Runs `thread` and calls each of `acts` right before the step of that number (from 0) that it does on shared memory: there,
 * and nowhere else, other threads can notice anything. Steps of the acts themselves do not count. Nothing sleeps.
 *
 * @returns how many steps there were
 */
export function interrupt(acts: Readonly<Record<number, () => void>>, thread: () => void): number {
	const atomics = Atomics as unknown as Record<string, Step>;
	const originals = new Map<string, Step>();
	let steps = 0;
	let isActing = false;
	for (const name of STEPS) {
		const original = atomics[name] as Step;
		originals.set(name, original);
		atomics[name] = (...args) => {
			const act = isActing ? undefined : acts[steps++];
			if (act !== undefined) {
				isActing = true;
				try {
					act();
				} finally {
					isActing = false;
				}
			}
			return original(...args);
		};
	}
	originals.set('wait', atomics.wait as Step);
	atomics.wait = () => {
		throw ASLEEP;
	};
	try {
		thread();
	} catch (error) {
		if (error !== KILLED && error !== ASLEEP) throw error;
	} finally {
		for (const [name, original] of originals) atomics[name] = original;
	}
	return steps;
}
