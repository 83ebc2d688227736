import { describe, expect, test } from 'vitest';
import type { Exchange, RequestThread } from '../../src/dispatch/exchange.ts';
import { RequestGateway } from '../../src/dispatch/request-gateway.ts';
import type { PhpExchange, PhpFailure, ResponseSink } from '../../src/http/php-port.ts';
import { STOP } from '../../src/php-thread/abi/host-imports.ts';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { Serving } from '../../src/php-thread/serving.ts';
import { createPipeBuffer, FramePipe } from '../../src/shared-memory/frame-pipe.ts';
import { RESPONSE_END } from '../../src/shared-memory/request-frames.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import { interrupt, KILLED } from '../support/interleaving/steps.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { aRequest } from './request.ts';

const CRASHED: PhpFailure = { status: 500, code: 'PHP_CRASHED', message: 'PHP crashed.' };
const nothing = (): void => {};
const kill = (): never => {
	throw KILLED;
};
const memory = new WasmMemory(new WebAssembly.Memory({ initial: 2 }));

/** A PHP thread without PHP: its steps on shared memory are the real ones. */
class SimulatedThread implements RequestThread {
	readonly cell = new ThreadCell(createThreadCellBuffer());
	readonly responsePipe = new FramePipe(createPipeBuffer(1 << 16));
	readonly bodyPipe = new FramePipe(createPipeBuffer(1 << 12));
	readonly #serving: Serving;

	constructor(slots: SharedArrayBuffer, ring: SharedArrayBuffer) {
		const { cell, responsePipe, bodyPipe } = this;
		this.#serving = new Serving(cell, new RequestSlots(slots), responsePipe, bodyPipe, nothing, nothing, nothing);
		this.#serving.serve(new RequestRing(ring));
	}

	/** Answers one request; throws ASLEEP where it would wait for one. */
	serve(): void {
		if (this.#serving.next(memory, 0) === STOP) return;
		this.#serving.respond(memory, 200, 0, 0, 0, 0, RESPONSE_END);
	}

	/** Answers all that wait. */
	serveAll(): void {
		interrupt({}, () => {
			for (;;) this.serve();
		});
	}

	get left() {
		return { ticket: this.cell.claim, request: this.cell.lastRequest };
	}
}

/** Counts what its client gets. */
class Client {
	readonly answers: string[] = [];
	readonly exchange: PhpExchange;
	gone = false;

	constructor(gateway: RequestGateway) {
		const answer = (text: string) => () => {
			this.answers.push(text);
		};
		const sink: ResponseSink = {
			informational: nothing,
			head: answer('head'),
			complete: (status) => this.answers.push(String(status)),
			write: () => true,
			end: answer('end'),
			fail: ({ code }) => this.answers.push(code),
			wantBody: nothing,
		};
		this.exchange = gateway.submit(aRequest(), sink);
	}

	leave(): void {
		this.gone = true;
		this.exchange.abort();
	}
}

function start() {
	const slots = createSlotBuffer();
	const ring = createRingBuffer(SLOT_COUNT);
	const gateway = new RequestGateway(slots, ring, [], { byteStrings }, 0);
	const thread = () => new SimulatedThread(slots, ring);
	const lose = (lost: SimulatedThread) => {
		gateway.drain(lost);
		gateway.threadLost(lost.left, CRASHED);
	};
	/** Every slot is free again: as many requests fit as on the first day. */
	const expectNoSlotLost = () => {
		const clients = Array.from({ length: SLOT_COUNT }, () => new Client(gateway));
		expect(gateway.withoutSlot).toHaveLength(0);
		const last = thread();
		last.serveAll();
		gateway.drain(last);
		expect(clients.filter(({ answers }) => answers.join() !== '200')).toEqual([]);
		gateway.refuseAll(CRASHED);
	};
	return { gateway, thread, lose, expectNoSlotLost, slots: new RequestSlots(slots) };
}

/** More steps than one request takes. */
const MOST_STEPS = 60;

describe('a thread that is killed at any step', () => {
	test.each([false, true])('loses no request that it has not begun (others wait beside it: %s)', (others) => {
		const { gateway, thread, lose, expectNoSlotLost } = start();
		const outcomes = new Set<string>();
		for (let at = 0, steps = MOST_STEPS; at < steps; at++) {
			const clients = Array.from({ length: others ? 3 : 1 }, () => new Client(gateway));
			const [first] = clients as [Client];
			const victim = thread();
			steps = interrupt({ [at]: kill }, () => victim.serve());
			if (steps <= at) steps = at;
			else steps = MOST_STEPS;
			lose(victim);
			const survivor = thread();
			survivor.serveAll();
			gateway.drain(survivor);
			for (const { answers } of clients) expect(answers, `killed at step ${at}`).toHaveLength(1);
			const hadBegun = victim.cell.currentRequest !== 0 || victim.cell.requests > 0;
			if (!hadBegun) expect(first.answers, `killed at step ${at}`).toEqual(['200']);
			outcomes.add(`${first.answers}`);
			for (const { answers } of clients.slice(1)) expect(answers).toEqual(['200']);
		}
		expect([...outcomes].sort()).toEqual(['200', 'PHP_CRASHED']);
		expectNoSlotLost();
	});

	test('while another one serves all that it can, at any other step: each request gets one answer', () => {
		const { gateway, thread, lose, expectNoSlotLost } = start();
		for (let interrupted = 0; interrupted < MOST_STEPS; interrupted++) {
			for (let killed = interrupted; killed < MOST_STEPS; killed++) {
				const clients = [new Client(gateway), new Client(gateway)];
				const [victim, other] = [thread(), thread()];
				const acts = { [killed]: kill, [interrupted]: () => other.serveAll() };
				if (interrupted === killed) {
					acts[killed] = () => {
						other.serveAll();
						kill();
					};
				}
				const steps = interrupt(acts, () => victim.serve());
				lose(victim);
				gateway.drain(other);
				const survivor = thread();
				survivor.serveAll();
				gateway.drain(survivor);
				for (const { answers, exchange } of clients) {
					const when = `interrupted at ${interrupted}, killed at ${killed}`;
					expect(answers, when).toHaveLength(1);
					// Nobody pays for what another thread has begun.
					if (answers[0] !== '200') expect((exchange as Exchange).id, when).toBe(victim.cell.lastRequest);
				}
				if (steps <= killed) break;
			}
		}
		expectNoSlotLost();
	}, 60_000);

	test.each(['before', 'after'])('of a client that leaves %s it: nobody else gets its slot twice', (when) => {
		const { gateway, thread, lose, expectNoSlotLost } = start();
		for (let at = 0; at < MOST_STEPS; at++) {
			const [first, second] = [new Client(gateway), new Client(gateway)];
			if (when === 'before') first.leave();
			const victim = thread();
			interrupt({ [at]: kill }, () => victim.serve());
			const isAnswered = () => first.answers.length > 0;
			if (when === 'after' && !isAnswered()) first.leave();
			lose(victim);
			const survivor = thread();
			survivor.serveAll();
			gateway.drain(survivor);
			// The victim may have come to the second one.
			expect(second.answers, `killed at step ${at}`).toHaveLength(1);
			expect(first.answers.length).toBeLessThanOrEqual(1);
		}
		expectNoSlotLost();
	});

	test('before it has taken anything: the oldest request stays the next one', () => {
		const { gateway, thread, lose } = start();
		const [first, second] = [new Client(gateway), new Client(gateway)];
		const victim = thread();
		// It has said what it is about to take, and gets no further.
		const claimed = () => victim.cell.claim !== 0;
		for (let at = 0; !claimed(); at++) interrupt({ [at]: kill }, () => victim.serve());
		lose(victim);
		const survivor = thread();
		interrupt({}, () => survivor.serve());
		gateway.drain(survivor);
		expect([first.answers, second.answers]).toEqual([['200'], []]);
		gateway.refuseAll(CRASHED);
	});

	test('and whose late words come after its slot has gone on says nothing to the next request', () => {
		const { gateway, thread, lose } = start();
		const first = new Client(gateway);
		const late = thread();
		interrupt({}, () => late.serve());
		// It is given up before what it wrote was read: as in a browser, where a thread lives on for a moment.
		gateway.threadLost(late.left, CRASHED);
		const second = new Client(gateway);
		gateway.drain(late);
		expect(first.answers).toEqual(['PHP_CRASHED']);
		expect(second.answers).toEqual([]);
		const survivor = thread();
		survivor.serveAll();
		gateway.drain(survivor);
		expect(second.answers).toEqual(['200']);
		lose(survivor);
		expect(second.answers).toEqual(['200']);
	});
});
