import { expect } from 'vitest';
import type { RequestThread, Unanswered } from '../../src/dispatch/exchange.ts';
import { STOP } from '../../src/php-thread/abi/host-imports.ts';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { Serving } from '../../src/php-thread/serving.ts';
import { createPipeBuffer, FramePipe, releasePipeBuffer } from '../../src/shared-memory/frame-pipe.ts';
import { RESPONSE_END, RESPONSE_INFORMATIONAL } from '../../src/shared-memory/request-frames.ts';
import { RequestRing } from '../../src/shared-memory/request-ring.ts';
import { RequestSlots } from '../../src/shared-memory/request-slots.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import type { Client } from './client.ts';
import { matches, pattern } from './pattern.ts';

const OUT_BYTES = 256 * 1024;
const IN_BYTES = 256 * 1024;
const HEAD = 0;
const HEADER = 40_000;
const INPUT = 65_536;
const INPUT_BYTES = 65_536;
const OUTPUT = 131_072;
const STRINGS = 40;
const nothing = (): void => {};
const memories: WasmMemory[] = [];

/** A PHP thread without PHP: its steps on shared memory are the real ones, its scripts are the clients' plans. */
export class SimulatedThread implements RequestThread {
	readonly cell = new ThreadCell(createThreadCellBuffer());
	readonly responsePipe = new FramePipe(createPipeBuffer(OUT_BYTES));
	readonly bodyPipe = new FramePipe(createPipeBuffer(IN_BYTES));
	/** Index of its worker; undefined = classic. */
	readonly worker: number | undefined;
	readonly ring: SharedArrayBuffer;
	/** It runs, at least until its next step. */
	isInTurn = false;
	/** Its next step does not come. */
	isDoomed = false;
	isDead = false;
	/** What it had left when its end was asked for: nothing that it says afterwards counts. */
	leftAtEnd: Unanswered | undefined;
	readonly #serving: Serving;
	readonly #memory: WasmMemory;

	constructor(slots: SharedArrayBuffer, ring: SharedArrayBuffer, worker: number | undefined) {
		const { cell, responsePipe, bodyPipe } = this;
		this.worker = worker;
		this.ring = ring;
		this.#memory = memories.pop() ?? new WasmMemory(new WebAssembly.Memory({ initial: 16 }));
		this.#serving = new Serving(cell, new RequestSlots(slots), responsePipe, bodyPipe, nothing, nothing, nothing);
		this.#serving.serve(new RequestRing(ring));
	}

	get left(): Unanswered {
		return { ticket: this.cell.claim, request: this.cell.lastRequest };
	}

	/** What it needs is for the next one. */
	recycle(): void {
		memories.push(this.#memory);
		for (const { buffer } of [this.responsePipe, this.bodyPipe]) releasePipeBuffer(buffer);
	}

	/** Waits for a request and serves it. False = its role is over. */
	serve(clients: readonly Client[]): boolean {
		const memory = this.#memory;
		const length = this.#serving.next(memory, HEAD);
		if (length === STOP) return false;
		const [method, uri = ''] = memory.text(HEAD + STRINGS, length - STRINGS).split('\0');
		const client = clients[Number(uri.slice(1))] as Client;
		expect(method).toBe('GET');
		expect(client.begun, 'begun twice').toBe(false);
		expect(client.plan.worker, 'served by the wrong pool').toBe(this.worker);
		expect(client.failure, 'begun after it was given up').toBeUndefined();
		client.begun = true;
		this.#run(client);
		return true;
	}

	#run(client: Client): void {
		const { script, endsWithBytes } = client.plan;
		const last = endsWithBytes ? script.findLastIndex((step) => 'send' in step) : -1;
		let sent = 0;
		let hasEnded = false;
		for (const [at, step] of script.entries()) {
			// C asks for nothing more then.
			if (hasEnded) return;
			if ('read' in step) this.#read(client, step.read);
			else if ('readAll' in step) while (this.#read(client, INPUT_BYTES));
			else if ('hint' in step) this.#respond(client, 103, 0, 0, RESPONSE_INFORMATIONAL);
			else {
				hasEnded = at === last;
				const isFirst = !script.slice(0, at).some((before) => 'send' in before);
				this.#respond(client, isFirst ? 200 : 0, sent, step.send, hasEnded ? RESPONSE_END : 0);
				sent += step.send;
			}
		}
		const hasHead = script.some((step) => 'send' in step);
		if (!hasEnded) this.#respond(client, hasHead ? 0 : 200, sent, 0, RESPONSE_END);
	}

	/** False at the body's end. */
	#read(client: Client, capacity: number): boolean {
		if (client.bodyEnd !== undefined) return false;
		const length = this.#serving.readBody(this.#memory, INPUT, capacity);
		if (length <= 0) {
			client.bodyEnd = length;
			return false;
		}
		expect(length).toBeLessThanOrEqual(capacity);
		const bytes = this.#memory.bytes.subarray(INPUT, INPUT + length);
		expect(matches(bytes, client.number, client.scriptRead), 'the body as it was sent').toBe(true);
		client.scriptRead += length;
		return true;
	}

	#respond(client: Client, status: number, from: number, length: number, flags: number): void {
		// As C does it.
		if (client.scriptWasToldGone && (flags & RESPONSE_END) === 0) return;
		const memory = this.#memory;
		const head = status === 200 ? memory.writeText(HEADER, 100, `X-Number: ${client.number}`) : 0;
		memory.bytes.set(pattern(client.number, from, length), OUTPUT);
		const told = this.#serving.respond(memory, status, HEADER, head, OUTPUT, length, flags);
		if (told !== 0) client.scriptWasToldGone = true;
	}
}
