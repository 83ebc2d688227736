import type { ByteStrings } from '../bytes/byte-strings.ts';
import type { PhpExchange, PhpFailure, PhpPort, PhpRequest, ResponseSink } from '../http/php-port.ts';
import { type FramePipe, HEADER_WORDS } from '../shared-memory/frame-pipe.ts';
import {
	FRAME_RESPONSE,
	FRAME_WANT_BODY,
	RESPONSE_BROKEN,
	RESPONSE_END,
	RESPONSE_INFORMATIONAL,
} from '../shared-memory/request-frames.ts';
import { NO_TICKET, RequestSlots, SLOT_COUNT, slotOf } from '../shared-memory/request-slots.ts';
import { Exchange, type ExchangeOwner, type RequestThread, type Unanswered } from './exchange.ts';
import { encodeRequestHead } from './request-head.ts';
import { type QueueHost, RequestQueue } from './request-queue.ts';
import { ResponseHeadDecoder } from './response-head.ts';

/** Hears of every request; `status` 0 = the client went away. */
export interface RequestTrace {
	submitted(request: number, method: string, url: string): void;
	answered(request: number, status: number): void;
}

/** What of a platform the gateway needs. */
export interface GatewayPlatform {
	readonly byteStrings: ByteStrings;
	readonly afterTurn?: QueueHost['afterTurn'];
}

const TOO_LARGE: PhpFailure = {
	status: 431,
	code: 'REQUEST_HEAD_TOO_LARGE',
	message: 'The request line and headers together exceed 32 KiB.',
};

const BROKEN_OFF: PhpFailure = {
	status: 500,
	code: 'RESPONSE_BROKEN_OFF',
	message: 'The response was broken off: the client read nothing for a minute, or the thread had to stop.',
};

/**
 * Requests from the HTTP side to the PHP threads and back: fills a slot, pushes its ticket to the ring of the pool that
 * has to answer, and turns the frames of the threads' pipes into calls on the sink. Main thread only.
 */
export class RequestGateway implements PhpPort, ExchangeOwner, QueueHost {
	readonly classic: RequestQueue;
	/** In the order of `options.workers`. */
	readonly workers: readonly RequestQueue[];
	readonly withoutSlot: Exchange[] = [];
	readonly afterTurn: QueueHost['afterTurn'];
	readonly #slots: RequestSlots;
	readonly #view: DataView;
	readonly #strings: ByteStrings;
	readonly #heads = new ResponseHeadDecoder();
	readonly #open: (Exchange | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
	readonly #free: number[] = Array.from({ length: SLOT_COUNT }, (_, i) => SLOT_COUNT - 1 - i);
	#nextId = 1;
	readonly #trace: RequestTrace | undefined;
	#refusal: PhpFailure | undefined;

	/**
	 * @param platform what a platform does in its own way; `afterTurn`: see QueueHost
	 * @param maxWaitTime milliseconds that a request may wait for a thread; 0 = forever
	 */
	constructor(
		slots: SharedArrayBuffer,
		classic: SharedArrayBuffer,
		workers: readonly SharedArrayBuffer[],
		platform: GatewayPlatform,
		maxWaitTime: number,
		trace?: RequestTrace,
	) {
		this.#slots = new RequestSlots(slots);
		this.#view = new DataView(slots);
		this.#strings = platform.byteStrings;
		this.afterTurn = platform.afterTurn;
		this.classic = new RequestQueue(classic, this, maxWaitTime);
		this.workers = workers.map((buffer) => new RequestQueue(buffer, this, maxWaitTime));
		this.#trace = trace;
	}

	get inFlight(): number {
		return SLOT_COUNT - this.#free.length;
	}

	submit(request: PhpRequest, sink: ResponseSink): PhpExchange {
		const id = this.#nextId;
		this.#nextId = id === 0x7fffffff ? 1 : id + 1;
		const { worker } = request;
		const queue = (worker === undefined ? undefined : this.workers[worker]) ?? this.classic;
		const exchange = new Exchange(id, request, queue, sink, this);
		this.#trace?.submitted(id, request.method, request.requestUri);
		if (this.#refusal !== undefined) this.#failLater(exchange, this.#refusal);
		else this.#enqueue(exchange);
		return exchange;
	}

	/** Reads everything that a thread has written. Called at each doorbell. */
	drain(thread: RequestThread): void {
		const pipe = thread.responsePipe;
		for (let frame = pipe.peek(); frame >= 0; frame = pipe.peek()) {
			// Undefined = it is about a slot that was given out again since.
			const exchange = this.open(pipe.words[frame + 2] as number);
			if (exchange !== undefined) {
				exchange.thread = thread;
				this.#receive(exchange, pipe, frame);
			}
			pipe.release(frame);
		}
	}

	/**
	 * A thread is lost, and all that it wrote has been read. What it had begun fails, unless the client has the whole
	 * answer; what it had only taken from its ring waits for another thread.
	 */
	threadLost({ ticket, request }: Unanswered, failure: PhpFailure): void {
		const exchange = this.open(ticket);
		if (exchange === undefined || exchange.queue.holds(ticket)) return;
		const reopened = this.#slots.reopen(ticket);
		if (reopened !== undefined) {
			exchange.ticket = reopened;
			exchange.queue.push(reopened);
			return;
		}
		// The lost thread was about to take it, but another one was quicker.
		if (this.#slots.isTaken(ticket) && request !== exchange.id) return;
		exchange.fail(failure);
	}

	/** Fails everything that waits, and all that comes: no PHP thread will answer. */
	refuseAll(failure: PhpFailure): void {
		this.#refusal = failure;
		for (const queue of [this.classic, ...this.workers]) queue.close();
		for (const exchange of this.withoutSlot.splice(0)) exchange.fail(failure);
		for (const exchange of [...this.#open]) exchange?.fail(failure);
	}

	acknowledge(exchange: Exchange, bytes: number): void {
		if (exchange.ticket !== NO_TICKET) this.#slots.acknowledge(exchange.ticket, bytes);
	}

	answered(exchange: Exchange, status: number): void {
		this.#trace?.answered(exchange.id, status);
	}

	aborted(exchange: Exchange): void {
		if (exchange.ticket !== NO_TICKET) this.#slots.abort(exchange.ticket);
	}

	open(ticket: number): Exchange | undefined {
		const exchange = this.#open[slotOf(ticket)];
		return exchange?.ticket === ticket ? exchange : undefined;
	}

	withdraw(exchange: Exchange): boolean {
		return this.#slots.withdraw(exchange.ticket);
	}

	finished(exchange: Exchange): void {
		const { ticket, queue } = exchange;
		if (ticket === NO_TICKET) return;
		if (!exchange.givenUp) queue.finished(exchange.startedAt);
		this.#slots.release(ticket);
		this.#open[slotOf(ticket)] = undefined;
		exchange.ticket = NO_TICKET;
		this.#free.push(slotOf(ticket));
		// One whose head is too large gives the slot back at once: it is the turn of the one behind it.
		while (this.#free.length > 0) {
			const next = this.withoutSlot.shift();
			if (next === undefined) return;
			this.#enqueue(next);
		}
	}

	#enqueue(exchange: Exchange): void {
		const slot = this.#free.pop();
		if (slot === undefined) {
			this.withoutSlot.push(exchange);
			exchange.queue.added();
			return;
		}
		const offset = this.#slots.headOffset(slot);
		const length = encodeRequestHead(exchange.request, this.#strings, this.#slots.bytes, this.#view, offset);
		if (length < 0) {
			this.#free.push(slot);
			this.#failLater(exchange, TOO_LARGE);
			return;
		}
		const ticket = this.#slots.open(slot, exchange.id, length);
		exchange.ticket = ticket;
		this.#open[slot] = exchange;
		if (exchange.gone) this.#slots.abort(ticket);
		exchange.queue.push(ticket);
	}

	/** Sinks are never called before submit() has returned. */
	#failLater(exchange: Exchange, failure: PhpFailure): void {
		queueMicrotask(() => exchange.fail(failure));
	}

	#receive(exchange: Exchange, pipe: FramePipe, frame: number): void {
		const { words } = pipe;
		const type = (words[frame + 1] as number) & 0xff;
		if (type === FRAME_WANT_BODY) {
			exchange.bodyWanted();
			return;
		}
		if (type !== FRAME_RESPONSE) return;
		const flags = (words[frame + 1] as number) >> 8;
		const status = words[frame + 3] as number;
		const start = (frame + HEADER_WORDS) * 4;
		const bodyStart = start + (words[frame + 4] as number);
		const end = start + (words[frame + 5] as number);
		if ((flags & RESPONSE_BROKEN) !== 0) {
			exchange.fail(BROKEN_OFF);
			return;
		}
		const isEnd = (flags & RESPONSE_END) !== 0;
		if (status > 0) {
			const { reason, headers } = this.#heads.decode(this.#strings.read(pipe.bytes, start, bodyStart), status);
			if ((flags & RESPONSE_INFORMATIONAL) !== 0) {
				if (!exchange.gone) exchange.sink.informational(status, headers);
				return;
			}
			if (isEnd) {
				exchange.complete(status, reason, headers, this.#strings.read(pipe.bytes, bodyStart, end));
				return;
			}
			exchange.head(status, reason, headers);
		}
		if (end > bodyStart) exchange.write(pipe.bytes.slice(bodyStart, end));
		if (isEnd) exchange.end();
	}
}
