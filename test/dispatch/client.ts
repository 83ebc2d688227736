import { expect } from 'vitest';
import type { PhpExchange, PhpFailure, PhpPort, ResponseSink } from '../../src/http/php-port.ts';
import { RESPONSE_WINDOW } from '../../src/shared-memory/request-slots.ts';
import { matches, pattern } from './pattern.ts';
import { aRequest } from './request.ts';

/** What a script does with its request, one after the other. */
export type ScriptStep =
	| { readonly read: number }
	| { readonly readAll: true }
	| { readonly send: number }
	| { readonly hint: true };

/** What a client and the script that answers it are going to do. */
export type Plan = {
	/** Index of the worker; undefined = classic. */
	readonly worker: number | undefined;
	/** Its head fits no slot. */
	readonly tooLarge: boolean;
	/** Bytes of the body's pieces. */
	readonly pieces: readonly number[];
	/** What comes after them; never = the client stalls. */
	readonly bodyEnds: 'whole' | 'broken off' | 'never';
	readonly reads: 'at once' | 'slowly' | 'never';
	readonly script: readonly ScriptStep[];
	/** The response's end comes with the last bytes. */
	readonly endsWithBytes: boolean;
	/** Submits another request as soon as it has an answer. */
	readonly again: boolean;
};

/** What a client has when its stream is "full". */
const HIGH_WATER = 40_000;

/** The HTTP side of one request: does what its plan says, and checks all that it hears. */
export class Client implements ResponseSink {
	readonly number: number;
	readonly plan: Plan;
	readonly submittedAt = performance.now();
	/** i = informational, h = head, w = bytes, e = end, c = complete, f = failure. */
	heard = '';
	failure: PhpFailure | undefined;
	/** The client has gone. */
	left = false;
	/** Bytes of the response: that have arrived, and that were acknowledged. */
	received = 0;
	acknowledged = 0;
	/** Bytes that have arrived since it last read. */
	#buffered = 0;
	/** Those of them that have arrived since the stream was full: they must not be acknowledged yet. */
	#unread = 0;
	#isFull = false;
	/** What the script has got of the body. */
	scriptRead = 0;
	/** What the script was told at the body's end. */
	bodyEnd: number | undefined;
	/** What the script was told when it sent: the client has gone. */
	scriptWasToldGone = false;
	/** A thread has begun to serve it. */
	begun = false;
	/** What the trace was told. */
	readonly traced: number[] = [];
	exchange!: PhpExchange;
	#wanted = false;
	#pushed = 0;
	#fed = false;
	#submitted = false;
	readonly #onAnswer: (client: Client) => void;

	constructor(number: number, plan: Plan, gateway: PhpPort, onAnswer: (client: Client) => void) {
		this.number = number;
		this.plan = plan;
		this.#onAnswer = onAnswer;
		this.exchange = gateway.submit(
			aRequest({
				worker: plan.worker,
				requestUri: `/${number}`,
				hasBody: plan.pieces.length > 0,
				rawHeaders: plan.tooLarge ? ['X-Large', 'x'.repeat(40_000)] : [],
			}),
			this,
		);
		this.#submitted = true;
	}

	/** Nothing more may come. */
	get isOver(): boolean {
		return this.left || /[ecf]$/.test(this.heard);
	}

	// ---- what the gateway calls

	informational(status: number): void {
		expect(status).toBe(103);
		this.#hear('i');
	}

	head(status: number, _reason: string | undefined, headers: string[]): void {
		this.#hear('h');
		this.#checkHead(status, headers);
	}

	complete(status: number, _reason: string | undefined, headers: string[], body: string): void {
		this.#hear('c');
		this.#checkHead(status, headers);
		this.#take(Uint8Array.from(body, (character) => character.charCodeAt(0)));
		this.#onAnswer(this);
	}

	write(chunk: Uint8Array): boolean {
		this.#hear('w');
		this.#take(chunk);
		if (this.plan.reads === 'at once') return true;
		this.#buffered += chunk.length;
		if (this.#buffered > HIGH_WATER) this.#isFull = true;
		if (this.#isFull) this.#unread += chunk.length;
		expect(this.#unread, 'more is under way than the window allows').toBeLessThanOrEqual(RESPONSE_WINDOW);
		return !this.#isFull;
	}

	end(): void {
		this.#hear('e');
		this.#onAnswer(this);
	}

	fail(failure: PhpFailure): void {
		this.#hear('f');
		this.failure = failure;
		this.#onAnswer(this);
	}

	wantBody(): void {
		expect(this.isOver).toBe(false);
		expect(this.#fed, 'wants more than there is').toBe(false);
		this.#wanted = true;
	}

	// ---- what the client does. Each returns whether that was anything.

	/** Sends what the gateway takes of the body. */
	feed(): boolean {
		const { pieces, bodyEnds } = this.plan;
		if (!this.#wanted || this.isOver || this.#fed) return false;
		while (this.#pushed < pieces.length) {
			const from = pieces.slice(0, this.#pushed).reduce((sum, bytes) => sum + bytes, 0);
			const piece = pattern(this.number, from, pieces[this.#pushed++] as number);
			if (this.exchange.pushBody(piece)) continue;
			this.#wanted = false;
			return true;
		}
		if (bodyEnds === 'never') {
			this.#wanted = false;
			return true;
		}
		this.#fed = true;
		if (bodyEnds === 'whole') this.exchange.endBody();
		else this.exchange.abortBody();
		return true;
	}

	/** Reads all that has arrived. */
	read(): boolean {
		if (!this.#isFull || this.plan.reads === 'never' || this.left) return false;
		this.#isFull = false;
		this.#buffered = this.#unread = 0;
		this.exchange.drained();
		return true;
	}

	leave(): void {
		if (this.isOver) return;
		this.left = true;
		// As HTTP does it; a web stream says nothing of its body.
		if (this.number % 2 === 0 && this.#wanted && !this.#fed) this.exchange.abortBody();
		this.exchange.abort();
	}

	// ---- what is to be true when all has come to rest

	expectAnswer(): void {
		const { plan, failure, number } = this;
		const which = `client ${number}: ${JSON.stringify(plan)} heard ${this.heard}`;
		if (this.left) expect(this.heard, which).toMatch(/^i*(h[wi]*)?$/);
		else expect(this.heard, which).toMatch(/^i*(c|h[wi]*[ef]|f)$/);
		expect(this.traced, which).toEqual([
			this.left ? 0 : failure === undefined || /h/.test(this.heard) ? 200 : failure.status,
		]);
		if (failure === undefined && !this.left && !this.scriptWasToldGone) {
			expect(this.received, which).toBe(plan.script.reduce((sum, step) => sum + ('send' in step ? step.send : 0), 0));
		}
		if (this.scriptWasToldGone) expect(this.left || plan.reads === 'never', which).toBe(true);
		if (!this.left && this.heard.includes('w')) {
			expect(this.acknowledged + this.#unread, which).toBe(this.received);
		}
		const sent = plan.pieces.reduce((sum, bytes) => sum + bytes, 0);
		if (this.bodyEnd === 0) expect([this.scriptRead, plan.bodyEnds], which).toEqual([sent, 'whole']);
		if (this.bodyEnd === -1) expect(this.left || plan.bodyEnds !== 'whole', which).toBe(true);
	}

	#hear(what: string): void {
		expect(this.#submitted, 'heard before submit() had returned').toBe(true);
		expect(this.left, `heard ${what} after it had left`).toBe(false);
		expect(this.isOver, `heard ${what} after ${this.heard}`).toBe(false);
		this.heard += what;
	}

	#checkHead(status: number, headers: string[]): void {
		expect([status, ...headers]).toEqual([200, 'X-Number', String(this.number)]);
	}

	#take(bytes: Uint8Array): void {
		expect(matches(bytes, this.number, this.received), `bytes ${this.received}… of client ${this.number}`).toBe(true);
		this.received += bytes.length;
	}
}
