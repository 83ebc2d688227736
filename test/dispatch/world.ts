import { expect, vi } from 'vitest';
import { Exchange } from '../../src/dispatch/exchange.ts';
import { RequestGateway } from '../../src/dispatch/request-gateway.ts';
import type { PhpFailure } from '../../src/http/php-port.ts';
import { createRingBuffer } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { Interleaving } from '../support/interleaving/interleaving.ts';
import { ASLEEP, hookSteps, KILLED } from '../support/interleaving/steps.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { Client, type Plan } from './client.ts';
import { SimulatedThread } from './simulated-thread.ts';

export type Action =
	| { readonly do: 'submit'; readonly plan: Plan }
	| { readonly do: 'turn' | 'hear' | 'kill' | 'end' | 'notice'; readonly thread: number }
	| { readonly do: 'feed' | 'read' | 'leave'; readonly client: number }
	| { readonly do: 'pass'; readonly milliseconds: number }
	| { readonly do: 'nap' };

const CRASHED: PhpFailure = { status: 500, code: 'PHP_CRASHED', message: 'PHP crashed.' };
const CLOSED: PhpFailure = { status: 503, code: 'SERVER_CLOSED', message: 'The server is closed.' };
/** A pool that has no thread. */
const NOBODY = 1;
/** Naps after which a thread takes its client for gone; fewer are up to chance. */
const MOST_NAPS = 30;
const slots = createSlotBuffer();

/** A plan without anything particular. */
export const PLAIN: Plan = {
	worker: undefined,
	tooLarge: false,
	pieces: [],
	bodyEnds: 'whole',
	reads: 'at once',
	script: [{ send: 10 }],
	endsWithBytes: true,
	again: false,
};

/** A gateway, its clients and its threads, all on this one thread; see `Interleaving`. */
export class World {
	readonly clients: Client[] = [];
	readonly gateway: RequestGateway;
	readonly #threads: SimulatedThread[];
	readonly #maxWaitTime: number;
	readonly #killed = new Set<Client>();
	readonly #turns: Interleaving<SimulatedThread, Action>;
	#naps = 0;

	/** @param free slots that are not taken by requests which nobody will serve */
	constructor(actions: readonly Action[], gaps: readonly number[], free: number, maxWaitTime: number) {
		const rings = Array.from({ length: 3 }, () => createRingBuffer(SLOT_COUNT));
		const [classic, ...workers] = rings as [SharedArrayBuffer, SharedArrayBuffer, SharedArrayBuffer];
		this.gateway = new RequestGateway(slots, classic, workers, { byteStrings }, maxWaitTime, {
			submitted: () => {},
			answered: (id, status) => this.#byId(id).traced.push(status),
		});
		const acknowledge = this.gateway.acknowledge.bind(this.gateway);
		this.gateway.acknowledge = (exchange, bytes) => {
			this.#byId(exchange.id).acknowledged += bytes;
			acknowledge(exchange, bytes);
		};
		this.#maxWaitTime = maxWaitTime;
		this.#turns = new Interleaving(actions, gaps, (action) => this.#perform(action));
		for (let taken = SLOT_COUNT - free; taken > 0; taken--) this.#submit({ ...PLAIN, worker: NOBODY });
		const thread = (worker: number | undefined) =>
			new SimulatedThread(slots, rings[worker === undefined ? 0 : worker + 1] as SharedArrayBuffer, worker);
		this.#threads = [thread(undefined), thread(undefined), thread(0)];
	}

	/** Does all actions, then whatever there is left to do. */
	run(): void {
		const unhook = hookSteps({ step: () => this.#turns.step(), wait: (...args) => this.#wait(...args) });
		try {
			while (this.#turns.actions.length > 0) this.#turns.act();
			this.#settle();
		} finally {
			unhook();
		}
	}

	/** When all has come to rest: every request has its one answer, and every slot is free. */
	expectOrder(): void {
		const { clients, gateway } = this;
		for (const client of clients) {
			const { plan, failure } = client;
			const code = failure?.code;
			if (plan.worker === NOBODY) continue;
			client.expectAnswer();
			if (code === 'PHP_CRASHED') expect(this.#killed, 'failed without having been begun').toContain(client);
			if (code === 'WAITED_TOO_LONG') expect(client.begun).toBe(false);
			if (code === 'REQUEST_HEAD_TOO_LARGE') expect(plan.tooLarge).toBe(true);
			if (client.exchange instanceof Exchange) expect(client.exchange.ticket, 'a slot is kept').toBe(0);
		}
		expect(gateway.withoutSlot).toEqual([]);
		expect([gateway.classic.depth, gateway.workers[0]?.depth]).toEqual([0, 0]);
		const ended = clients.filter(({ begun, left, plan: { worker } }) => worker !== NOBODY && begun && !left).length;
		const served = gateway.classic.served + (gateway.workers[0]?.served ?? 0);
		expect(served).toBeGreaterThanOrEqual(ended);
	}

	/** As many requests fit as at the beginning, and the end of everything reaches all who wait, once. */
	expectNoSlotLost(free: number): void {
		const from = this.clients.length;
		for (let each = 0; each < free; each++) this.#submit({ ...PLAIN, again: false });
		expect(this.gateway.withoutSlot, 'a slot is lost').toEqual([]);
		this.run();
		for (const client of this.clients.slice(from)) expect(client.heard).toBe('c');
		this.gateway.refuseAll(CLOSED);
		for (const { plan, heard, traced } of this.clients) {
			if (plan.worker === NOBODY) expect([heard, traced]).toEqual(['f', [503]]);
		}
	}

	recycle(): void {
		this.gateway.refuseAll(CLOSED);
		for (const thread of this.#threads) thread.recycle();
	}

	#byId(id: number): Client {
		return this.clients[id - 1] as Client;
	}

	#submit(plan: Plan): void {
		const number = this.clients.length;
		// Its place is taken at once: whoever hears of it looks there.
		this.clients.length++;
		this.clients[number] = new Client(number, plan, this.gateway, (client) => {
			if (client.plan.again) this.#submit({ ...client.plan, again: false });
		});
	}

	// ---- chance

	#wait(words: Int32Array, index: number, value: number): 'ok' | 'not-equal' | 'timed-out' {
		const turns = this.#turns;
		const running = turns.sleeper;
		if (words.buffer === running.ring) throw ASLEEP;
		const hasChanged = () => turns.asMain(() => Atomics.load(words, index) !== value);
		if (hasChanged()) return 'not-equal';
		for (;;) {
			const [action] = turns.actions;
			if (action === undefined) {
				// Nobody hears it any more: its end comes now.
				if (running.leftAtEnd !== undefined) throw KILLED;
				turns.asMain(() => this.#goOn());
				return hasChanged() ? 'ok' : 'timed-out';
			}
			if (action.do === 'nap' && this.#naps++ < MOST_NAPS) {
				turns.actions.shift();
				return 'timed-out';
			}
			turns.act();
			if (running.isDoomed) throw KILLED;
			if (hasChanged()) return 'ok';
		}
	}

	#perform(action: Action): void {
		if (action.do === 'submit') this.#submit(action.plan);
		else if (action.do === 'pass') this.#pass(action.milliseconds);
		else if (action.do === 'nap') return;
		else if ('client' in action) {
			const own = this.clients.filter(({ plan }) => plan.worker !== NOBODY);
			own[action.client % Math.max(1, own.length)]?.[action.do]();
		} else {
			const at = action.thread % this.#threads.length;
			const thread = this.#threads[at] as SimulatedThread;
			if (action.do === 'turn') this.#turn(thread);
			else if (action.do === 'hear') this.#hear(thread);
			else if (action.do === 'kill') this.#kill(thread);
			else if (action.do === 'end') this.#end(thread);
			else this.#notice(at);
		}
	}

	#pass(milliseconds: number): void {
		vi.advanceTimersByTime(milliseconds);
		if (this.#maxWaitTime === 0) return;
		const now = performance.now();
		for (const { heard, left, begun, submittedAt, exchange, plan } of this.clients) {
			// The refusal of a head that is too large comes a moment later.
			if (heard !== '' || left || begun || plan.tooLarge || now - submittedAt <= 2 * this.#maxWaitTime) continue;
			const { ticket, queue } = exchange as Exchange;
			// What a lost thread has taken waits until the loss is noticed.
			expect(ticket === 0 || queue.holds(ticket), 'it waits for too long').toBe(false);
		}
	}

	// ---- threads

	#turn(thread: SimulatedThread): boolean {
		return this.#turns.turn(thread, () => thread.serve(this.clients)) ?? false;
	}

	#hear(thread: SimulatedThread): void {
		if (thread.leftAtEnd === undefined) this.gateway.drain(thread);
	}

	#kill(thread: SimulatedThread): void {
		if (!thread.isInTurn) thread.isDead = true;
		else if (thread === this.#turns.innermost) thread.isDoomed = true;
	}

	/** Its end is asked for; it may live on for a moment. */
	#end(thread: SimulatedThread): void {
		if (thread.leftAtEnd !== undefined) return;
		this.gateway.drain(thread);
		thread.leftAtEnd = thread.left;
		thread.cell.retire();
	}

	/** A thread that is dead is given up and replaced. */
	#notice(at: number): void {
		const thread = this.#threads[at] as SimulatedThread;
		if (!thread.isDead) return;
		for (const client of this.clients) this.#mayFail(client, thread);
		this.#hear(thread);
		if (thread.leftAtEnd !== undefined) this.gateway.threadLost(thread.leftAtEnd, CRASHED);
		this.gateway.threadLost(thread.left, CRASHED);
		thread.recycle();
		this.#threads[at] = new SimulatedThread(slots, thread.ring, thread.worker);
	}

	/** What a thread had begun is lost with it; what it had only taken from its ring is not. */
	#mayFail(client: Client, thread: SimulatedThread): void {
		const { id, ticket } = client.exchange as Exchange;
		const wasLast = [thread.leftAtEnd?.request, thread.left.request].includes(id);
		if (wasLast && (client.begun || new RequestSlots(slots).isTaken(ticket))) this.#killed.add(client);
	}

	// ---- the rest

	/** What the main thread and the clients have to do. Returns whether that was anything. */
	#goOn(): boolean {
		let did = false;
		for (const thread of this.#threads) {
			const before = thread.responsePipe.readPosition;
			if (!thread.isDead) this.#hear(thread);
			did ||= before !== thread.responsePipe.readPosition;
		}
		for (const client of this.clients) {
			if (client.plan.worker === NOBODY) continue;
			if (client.feed()) did = true;
			if (client.read()) did = true;
		}
		return did;
	}

	#settle(): void {
		for (let did = true; did; ) {
			did = this.#goOn();
			for (const at of this.#threads.keys()) {
				const thread = this.#threads[at] as SimulatedThread;
				// Who is to end does.
				if (thread.leftAtEnd !== undefined) thread.isDead = true;
				if (thread.isDead) {
					this.#notice(at);
					did = true;
				} else if (this.#turn(thread)) did = true;
			}
		}
	}
}
