import { Counter } from './counter.ts';
import { LIMITS, type RequestSpan } from './records.ts';

/** A request that waits longer than this for a thread is worth showing, milliseconds. */
const LONG_WAIT = 20;
/** And for so long after it has got one, milliseconds. */
const REMEMBERED = 60_000;

/** The requests by number, from the moment they come; and how many of them wait for a thread. */
export class Requests {
	/** Requests that no thread has taken yet. */
	readonly queue = new Counter();
	/** In the order in which they have come: a `Map` keeps it. */
	readonly #byNumber = new Map<number, RequestSpan>();
	#longWaitAt = Number.NaN;

	/** The request of that number; undefined for 0, and for one that nobody has heard of. */
	get(number: number): RequestSpan | undefined {
		return this.#byNumber.get(number);
	}

	submitted(at: number, number: number, method: string, url: string): void {
		const request = this.#entry(number);
		const isNew = Number.isNaN(request.submitted);
		request.method = method;
		request.url = url;
		request.submitted = at;
		// The news may be late: a thread has already told that it serves it.
		if (isNew && Number.isNaN(request.start)) this.queue.change(at, 1);
	}

	/** A thread takes it. */
	began(at: number, number: number): RequestSpan {
		const request = this.#entry(number);
		if (isQueued(request)) this.queue.change(at, -1);
		request.start = at;
		if (at - request.submitted > LONG_WAIT) this.#longWaitAt = at;
		return request;
	}

	/** Whether requests have waited long for a thread lately, or do so now. */
	hasQueue(now: number): boolean {
		return now - this.queue.aboveZeroSince > LONG_WAIT || now - this.#longWaitAt < REMEMBERED;
	}

	answered(at: number, number: number, status: number): void {
		const request = this.#byNumber.get(number);
		if (request === undefined) return;
		if (isQueued(request)) this.queue.change(at, -1);
		request.answered = at;
		request.status = status;
	}

	#entry(number: number): RequestSpan {
		const known = this.#byNumber.get(number);
		if (known !== undefined) return known;
		const request: RequestSpan = {
			kind: 'request',
			request: number,
			method: '',
			url: '',
			submitted: Number.NaN,
			start: Number.NaN,
			end: Infinity,
			answered: Number.NaN,
			status: -1,
			thread: 0,
			lane: undefined,
			cut: false,
			links: [],
			waits: [],
			tasks: [],
		};
		if (this.#byNumber.size >= LIMITS.requestNumbers) this.#forgetOldest(request);
		this.#byNumber.set(number, request);
		return request;
	}

	#forgetOldest(successor: RequestSpan): void {
		for (const [number, request] of this.#byNumber) {
			this.#byNumber.delete(number);
			if (isQueued(request)) this.queue.change(request.submitted, -1);
			if (request !== successor) return;
		}
	}
}

function isQueued(request: RequestSpan): boolean {
	return !Number.isNaN(request.submitted) && Number.isNaN(request.start) && Number.isNaN(request.answered);
}
