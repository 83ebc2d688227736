import type { PhpExchange, PhpFailure, PhpRequest, ResponseSink } from '../http/php-port.ts';
import { type FramePipe, HEADER_WORDS } from '../shared-memory/frame-pipe.ts';
import { FRAME_BODY, FRAME_BODY_END, MAX_CHUNK } from '../shared-memory/request-frames.ts';
import { NO_TICKET } from '../shared-memory/request-slots.ts';
import type { RequestQueue } from './request-queue.ts';

/** What a lost thread may leave unanswered: the last ticket it took, or tried to, and the last request it began. */
export type Unanswered = { ticket: number; request: number };

/** A PHP thread as far as requests are concerned. */
export interface RequestThread {
	/** From the thread to the main thread. */
	readonly responsePipe: FramePipe;
	/** From the main thread to the thread. */
	readonly bodyPipe: FramePipe;
}

/** What an exchange needs from the gateway that made it. */
export type ExchangeOwner = {
	acknowledge(exchange: Exchange, bytes: number): void;
	aborted(exchange: Exchange): void;
	finished(exchange: Exchange): void;
	/** The client has its answer; status 0 = it went away. At most once per exchange. */
	answered(exchange: Exchange, status: number): void;
};

/** One request in flight, on the main thread. */
export class Exchange implements PhpExchange {
	/** Of the slot that it occupies; NO_TICKET while it waits for one. */
	ticket = NO_TICKET;
	readonly id: number;
	readonly request: PhpRequest;
	/** The queue of the pool that has to answer. */
	readonly queue: RequestQueue;
	/** When it was submitted, by performance.now(). */
	readonly startedAt = performance.now();
	readonly sink: ResponseSink;
	/** The thread that serves it, known from its first frame on. */
	thread: RequestThread | undefined;
	/** Nobody waits for the answer any longer. */
	gone = false;
	/** The client got its answer from the main thread. */
	givenUp = false;
	/** Of the head that was sent; 0 = none yet. */
	status = 0;
	/** PHP has ended the response (or it has failed). */
	ended = false;
	readonly #owner: ExchangeOwner;
	#unacknowledged = 0;
	#blocked = false;
	#pending: Uint8Array | undefined;
	#bodyEnd: 'open' | 'complete' | 'broken' = 'open';
	#bodyEndSent = false;

	constructor(id: number, request: PhpRequest, queue: RequestQueue, sink: ResponseSink, owner: ExchangeOwner) {
		this.id = id;
		this.request = request;
		this.queue = queue;
		this.sink = sink;
		this.#owner = owner;
	}

	// ---- from the HTTP side

	pushBody(chunk: Uint8Array): boolean {
		// A frame without bytes would be the end of the body for PHP.
		if (chunk.length > 0) this.#pending = chunk;
		return this.#flushBody();
	}

	endBody(): void {
		if (this.#bodyEnd !== 'open') return;
		this.#bodyEnd = 'complete';
		this.#flushBody();
	}

	abortBody(): void {
		if (this.#bodyEnd !== 'open') return;
		this.#bodyEnd = 'broken';
		this.#flushBody();
	}

	drained(): void {
		this.#blocked = false;
		const bytes = this.#unacknowledged;
		this.#unacknowledged = 0;
		if (bytes > 0) this.#owner.acknowledge(this, bytes);
	}

	abort(): void {
		if (this.gone || this.ended) return;
		this.gone = true;
		this.abortBody();
		this.#owner.answered(this, 0);
		this.#owner.aborted(this);
	}

	// ---- from the PHP thread's side, by the gateway

	/** The thread reads the body and has nothing left. */
	bodyWanted(): void {
		if (this.#flushBody() && this.#bodyEnd === 'open') this.sink.wantBody();
	}

	/** The response's head; the body follows. */
	head(status: number, reason: string | undefined, headers: string[]): void {
		this.status = status;
		if (!this.gone) this.sink.head(status, reason, headers);
	}

	/** A piece of the response's body; the chunk is a copy. */
	write(chunk: Uint8Array): void {
		if (this.gone || chunk.length === 0) {
			if (chunk.length > 0) this.#owner.acknowledge(this, chunk.length);
			return;
		}
		// A sink that says "full" has taken the chunk anyway; it is acknowledged once the client has it.
		if (!this.sink.write(chunk)) this.#blocked = true;
		if (this.#blocked) this.#unacknowledged += chunk.length;
		else this.#owner.acknowledge(this, chunk.length);
	}

	/** PHP has answered completely. */
	end(): void {
		if (this.ended) return;
		this.ended = true;
		if (!this.gone) {
			this.sink.end();
			this.#owner.answered(this, this.status);
		}
		this.#owner.finished(this);
	}

	/** The whole answer in one go. */
	complete(status: number, reason: string | undefined, headers: string[], body: string): void {
		if (this.ended) return;
		this.ended = true;
		if (!this.gone) {
			this.sink.complete(status, reason, headers, body);
			this.#owner.answered(this, status);
		}
		this.#owner.finished(this);
	}

	fail(failure: PhpFailure): void {
		if (this.ended) return;
		this.ended = true;
		if (!this.gone) {
			this.sink.fail(failure);
			this.#owner.answered(this, this.status === 0 ? failure.status : this.status);
		}
		this.#owner.finished(this);
	}

	/** Answers in place of PHP. The exchange ends later, once a thread has found its slot and given it back. */
	giveUp(failure: PhpFailure): void {
		if (this.gone || this.ended) return;
		this.gone = true;
		this.givenUp = true;
		this.sink.fail(failure);
		this.#owner.answered(this, failure.status);
	}

	/** Moves what is pending into the thread's pipe. True when nothing is left. */
	#flushBody(): boolean {
		const thread = this.thread;
		if (thread === undefined || this.ended) return false;
		while (this.#pending !== undefined) {
			const piece = this.#pending.subarray(0, MAX_CHUNK);
			if (!this.#frame(thread, FRAME_BODY, piece.length, piece)) return false;
			this.#pending = piece.length < this.#pending.length ? this.#pending.subarray(piece.length) : undefined;
		}
		if (this.#bodyEnd !== 'open' && !this.#bodyEndSent) {
			this.#bodyEndSent = this.#frame(thread, FRAME_BODY_END, this.#bodyEnd === 'broken' ? 1 : 0, undefined);
			return this.#bodyEndSent;
		}
		return true;
	}

	#frame(thread: RequestThread, type: number, value: number, bytes: Uint8Array | undefined): boolean {
		const pipe = thread.bodyPipe;
		const index = pipe.reserve(bytes?.length ?? 0);
		if (index < 0) return false;
		pipe.words[index + 1] = type;
		pipe.words[index + 2] = this.id;
		pipe.words[index + 3] = value;
		if (bytes !== undefined) pipe.bytes.set(bytes, (index + HEADER_WORDS) * 4);
		pipe.commit(index);
		return true;
	}
}
