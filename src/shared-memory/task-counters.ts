import { placeOfQueue, QUEUE_WORDS, QUEUES, QUEUES_AT, type TaskBuffers } from './task-layout.ts';

/** How a task may end. */
export type TaskOutcome = 'completed' | 'aborted' | 'abandoned' | 'timeout';

const AT: Record<TaskOutcome, number> = { completed: 0, aborted: 1, abandoned: 2, timeout: 3 };
/** The handle that the counters are about, plus 1. */
const HANDLE = 4;
const NOBODY = 0;
/** Microseconds that threads have spent on tasks: 64 bits. */
const TIME = 8;

/** What has become of the tasks of each queue. */
export class TaskCounters {
	readonly #words: Int32Array;
	readonly #times: BigInt64Array;

	constructor({ control }: TaskBuffers) {
		this.#words = new Int32Array(control, QUEUES_AT * 4, QUEUES * QUEUE_WORDS);
		this.#times = new BigInt64Array(control, QUEUES_AT * 4, (QUEUES * QUEUE_WORDS) / 2);
	}

	/** The queue gets its first tasks; what its cell of the board has counted before is forgotten. Main thread. */
	begin(queue: number): void {
		const at = placeOfQueue(queue);
		Atomics.store(this.#words, at + HANDLE, NOBODY);
		for (const word of Object.values(AT)) Atomics.store(this.#words, at + word, 0);
		Atomics.store(this.#times, (at + TIME) / 2, 0n);
		Atomics.store(this.#words, at + HANDLE, queue + 1);
	}

	/** A task of a queue that is gone is not counted any more. */
	count(queue: number, outcome: TaskOutcome): void {
		if (this.#isAbout(queue)) Atomics.add(this.#words, placeOfQueue(queue) + AT[outcome], 1);
	}

	/** A thread has spent so many milliseconds on a task. */
	spend(queue: number, milliseconds: number): void {
		if (!this.#isAbout(queue)) return;
		Atomics.add(this.#times, (placeOfQueue(queue) + TIME) / 2, BigInt(Math.max(0, Math.round(milliseconds * 1000))));
	}

	/** Tasks by outcome, and the time spent on them, seconds. */
	read(queue: number): Record<TaskOutcome, number> & { seconds: number } {
		const at = placeOfQueue(queue);
		const isAbout = this.#isAbout(queue);
		const of = (outcome: TaskOutcome) => (isAbout ? Atomics.load(this.#words, at + AT[outcome]) : 0);
		return {
			completed: of('completed'),
			aborted: of('aborted'),
			abandoned: of('abandoned'),
			timeout: of('timeout'),
			seconds: isAbout ? Number(Atomics.load(this.#times, (at + TIME) / 2)) / 1e6 : 0,
		};
	}

	#isAbout(queue: number): boolean {
		return Atomics.load(this.#words, placeOfQueue(queue) + HANDLE) === queue + 1;
	}
}
