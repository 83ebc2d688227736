import { expect } from 'vitest';
import { FleetTasks } from '../../../src/cluster/fleet-tasks.ts';
import { createTaskBuffers, type TaskBuffers } from '../../../src/shared-memory/task-layout.ts';
import { TaskLoans } from '../../../src/shared-memory/task-loans.ts';
import { FREE, stateOf } from '../../../src/shared-memory/task-states.ts';
import { TaskTable } from '../../../src/shared-memory/task-table.ts';
import { FleetWorld, ServerClock } from './fleet-world.ts';
import { MemoryEngine } from './memory-engine.ts';

const QUEUE = 256;
const LARGEST = 4096;
const OFFER = 20;

/** A task from its sender's point of view. */
export type Sending = {
	readonly id: string;
	readonly from: TaskServer;
	readonly ticket: number;
	/** When the sender withdraws it, by the clock of the world. */
	readonly until: number;
	state: 'waits' | 'withdrawn' | 'pickedUp' | 'completed' | 'aborted' | 'abandoned';
	/** What has come, in order. */
	readonly updates: string[];
};

/** A task that a thread has received. */
export type Receiving = {
	readonly id: string;
	readonly by: string;
	sent: number;
	state: 'open' | 'completed' | 'gone';
};

/** A thread of the background worker: it sends as many updates as a task asks for, and completes it. */
class WorkerThread {
	readonly #server: TaskServer;
	readonly #table: TaskTable;
	readonly #seat: number;
	#held: { ticket: number; updates: number; log: Receiving } | undefined;

	constructor(server: TaskServer, seat: number) {
		this.#server = server;
		this.#table = new TaskTable(server.buffers, seat);
		this.#seat = seat;
		this.#table.seats.serve(seat, QUEUE);
	}

	/** Goes on. Returns whether there was anything to do. */
	go(): boolean {
		const held = this.#held;
		if (held === undefined) return this.#receive();
		const { ticket, log } = held;
		if (this.#table.state(ticket) !== 'taken') {
			this.#end('gone', 'aborted');
			return true;
		}
		if (log.sent === held.updates) {
			if (this.#server.isHeld) return false;
			this.#end('completed', 'completed');
			return true;
		}
		const text = new TextEncoder().encode(`${log.id}#${log.sent}`.padEnd(this.#server.updateSize, '.'));
		if (this.#table.update(ticket, text) !== 'done') return false;
		log.sent++;
		return true;
	}

	/** Returns its seat. */
	end(): number {
		if (this.#held !== undefined) this.#held.log.state = 'gone';
		return this.#seat;
	}

	#receive(): boolean {
		const { seats } = this.#table;
		seats.setIdle(this.#seat, false);
		const ticket = this.#table.take(QUEUE);
		if (ticket === undefined) {
			seats.setIdle(this.#seat, true);
			return false;
		}
		const payload = new Uint8Array(this.#table.slots.payloadLength(ticket));
		this.#table.slots.takePayload(ticket, payload);
		const [id, updates] = new TextDecoder().decode(payload).split(' ') as [string, string];
		const log: Receiving = { id, by: this.#server.label, sent: 0, state: 'open' };
		this.#server.world.received.push(log);
		this.#held = { ticket, updates: Number(updates), log };
		return true;
	}

	#end(state: Receiving['state'], outcome: 'completed' | 'aborted'): void {
		if (this.#held === undefined) return;
		this.#held.log.state = state;
		this.#table.end(this.#held.ticket, outcome);
		this.#held = undefined;
	}
}

/** One server: its shared memory and its main thread are real, its PHP threads are simulated. */
export class TaskServer {
	readonly label: string;
	readonly world: TaskFleet;
	readonly clock: ServerClock;
	readonly engine: MemoryEngine;
	readonly buffers: TaskBuffers;
	readonly tasks: FleetTasks;
	readonly table: TaskTable;
	/** Its threads do not complete what they have. */
	isHeld = false;
	updateSize = 0;
	readonly #main: TaskTable;
	readonly #threads: WorkerThread[];
	readonly #sender: { seat: number; table: TaskTable };

	constructor(label: string, world: TaskFleet, threads: number, largest: number) {
		this.label = label;
		this.buffers = createTaskBuffers(largest);
		this.#main = new TaskTable(this.buffers);
		this.world = world;
		this.clock = new ServerClock(world.fleet.clock);
		const isGone = () => this.clock.dead;
		const { buckets, clock, tasks } = world.fleet;
		this.engine = new MemoryEngine(buckets, clock, this.clock, () => world.fleet.fate(), tasks, isGone);
		this.#main.counters.begin(QUEUE);
		const seat = this.#main.seats.claim(true);
		this.table = new TaskTable(this.buffers, seat);
		let ids = 0;
		this.tasks = new FleetTasks({
			scope: 'web',
			engine: this.engine,
			clock: this.clock,
			holder: label,
			loans: new TaskLoans(this.table, seat),
			newId: () => `${label}/${++ids}`,
		});
		this.tasks.serve('mailer', QUEUE);
		this.#threads = Array.from({ length: threads }, () => new WorkerThread(this, this.#main.seats.claim()));
		const own = this.#main.seats.claim();
		this.#sender = { seat: own, table: new TaskTable(this.buffers, own) };
	}

	get counts() {
		return this.#main.counters.read(QUEUE);
	}

	get load() {
		return this.#main.load(QUEUE);
	}

	send(id: string, updates: number, patience: number): Sending {
		const { table } = this.#sender;
		const ticket = table.open(new TextEncoder().encode(`${id} ${updates} ${'p'.repeat(this.updateSize)}`)) as number;
		expect(table.queue(ticket, QUEUE)).toBeTypeOf('boolean');
		const now = this.world.fleet.clock.now();
		const sending: Sending = { id, from: this, ticket, until: now + patience, state: 'waits', updates: [] };
		this.world.fleet.clock.after(OFFER, () => {
			if (!this.clock.dead && sending.state === 'waits') table.offerToAll(ticket, QUEUE);
		});
		this.world.fleet.clock.after(patience, () => {});
		this.world.sent.push(sending);
		return sending;
	}

	/** The sender drops its handle, or has to stop while it waits. */
	abandon(sending: Sending): void {
		if (sending.state !== 'pickedUp' && sending.state !== 'waits') return;
		sending.state = 'abandoned';
		this.#sender.table.abandon(sending.ticket);
	}

	/** All threads go on for as long as they can. PHP runs also while the main thread stands still. */
	go(): boolean {
		if (this.clock.dead) return false;
		let did = false;
		for (const thread of this.#threads) while (thread.go()) did = true;
		for (const sending of this.world.sent) if (sending.from === this && this.#goOn(sending)) did = true;
		return did;
	}

	/** Nothing is kept of tasks that are over. */
	expectNothingKept(): void {
		const { slots } = this.#main;
		const words = Array.from({ length: slots.used }, (_, slot) => slots.word(slot));
		expect(words.filter((word) => stateOf(word) !== FREE)).toEqual([]);
		expect(slots.memory.owned).toBe(0);
	}

	/** Its threads end, with whatever they have. */
	end(): void {
		for (const thread of this.#threads.splice(0)) this.#main.threadLost(thread.end());
	}

	kill(): void {
		this.clock.dead = true;
	}

	#goOn(sending: Sending): boolean {
		const { table } = this.#sender;
		const { ticket } = sending;
		const state = table.state(ticket);
		if (sending.state === 'waits') {
			if (state !== 'open') sending.state = 'pickedUp';
			else if (this.world.fleet.clock.now() < sending.until || !table.withdraw(ticket, 'timeout')) return false;
			else sending.state = 'withdrawn';
			return true;
		}
		if (sending.state !== 'pickedUp' || this.world.isUnread) return false;
		let text = new Uint8Array();
		const hasUpdate = table.readUpdate(ticket, (length) => {
			text = new Uint8Array(length);
			return text;
		});
		if (hasUpdate) sending.updates.push(new TextDecoder().decode(text).replaceAll('.', ''));
		else if (state === 'taken') return false;
		else {
			sending.state = state === 'completed' ? 'completed' : 'aborted';
			table.abandon(ticket);
		}
		return true;
	}
}

/** A fleet whose servers send tasks to each other. */
export class TaskFleet {
	readonly fleet: FleetWorld;
	readonly servers: TaskServer[] = [];
	readonly sent: Sending[] = [];
	readonly received: Receiving[] = [];
	/** Senders do not read. */
	isUnread = false;

	constructor(lease: number) {
		this.fleet = new FleetWorld(lease);
	}

	add(label: string, threads = 1, largest = LARGEST): TaskServer {
		const server = new TaskServer(label, this, threads, largest);
		this.servers.push(server);
		return server;
	}

	/** Time goes on; in between, everybody does what there is to do. */
	async pass(milliseconds: number): Promise<void> {
		const { clock } = this.fleet;
		const end = clock.time + milliseconds;
		await this.#settle();
		for (;;) {
			const next = Math.min(...[...clock.timers].map(({ at }) => at));
			if (!(next <= end)) break;
			clock.advance(Math.max(0, next - clock.time));
			await this.#settle();
		}
		clock.advance(end - clock.time);
		await this.#settle();
	}

	/** Until nobody has anything to do: threads go on, and main threads hear of it. */
	async #settle(): Promise<void> {
		for (let quiet = 0; quiet < 2; quiet++) {
			let did = false;
			for (const server of this.servers) if (server.go()) did = true;
			if (did) quiet = 0;
			await new Promise((resolve) => setImmediate(resolve));
		}
	}
}
