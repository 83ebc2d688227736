import { expect } from 'vitest';
import { type BoardBuffers, createBoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';
import type { TaskBuffers } from '../../../src/shared-memory/task-layout.ts';
import { FREE, stateOf } from '../../../src/shared-memory/task-states.ts';
import type { RunOutcome, SidekickPorts } from '../../../src/sidekicks/ports.ts';
import { SidekickRegistry } from '../../../src/sidekicks/registry.ts';
import { BoardCells } from '../../../src/threads/sidekick-cells.ts';
import { Interleaving } from '../../support/interleaving/interleaving.ts';
import { hookSteps, KILLED } from '../../support/interleaving/steps.ts';
import { FakeClock, worker } from '../world.ts';
import { ABLE, type Action, follow } from './actions.ts';
import { NEVER, TaskLedger } from './ledger.ts';
import { SimulatedThread, type Surroundings } from './simulated-thread.ts';

export const NAMES = ['solo', 'pool', 'a', 'nobody'] as const;
const WORKERS = [worker('solo'), worker('pool', { num: 3, maxConsecutiveFailures: -1 })];
const SENDERS = 3;
const STOP_TIMEOUT = 3000;
/** How far the clock goes on each time that somebody reads it, milliseconds. */
const TICK = 0.01;
/** Naps without anything left to happen, after which a wait does not end by itself. */
const MOST_NAPS = 200;
/** The same when everybody does what there is to do. */
const MOST_ROUNDS = 5000;

/** Of a world that has ended as it should: memory for many of them at once is more than a process can have. */
let cleanBuffers: BoardBuffers | undefined;

/**
 * A registry, the shared memory of tasks, threads that send and threads that receive, all on this one thread; see
 * `Interleaving`.
 */
export class TaskWorld implements Surroundings {
	readonly ledger = new TaskLedger();
	readonly buffers: TaskBuffers;
	readonly board: SidekickBoard;
	readonly registry: SidekickRegistry;
	/** Those that are not gone. */
	readonly threads: SimulatedThread[] = [];
	readonly #buffers: BoardBuffers;
	readonly #clock = new FakeClock();
	readonly #turns: Interleaving<SimulatedThread, Action>;
	#kills = 0;
	#idleNaps = 0;
	#rounds = 0;
	#time = 1_000_000;

	constructor(actions: readonly Action[], gaps: readonly number[]) {
		const buffers = cleanBuffers ?? createBoardBuffers(12, 4096);
		cleanBuffers = undefined;
		this.#buffers = buffers;
		this.buffers = buffers.tasks;
		this.board = new SidekickBoard(buffers);
		this.#turns = new Interleaving(actions, gaps, (action) => this.#happens(action));
		const ports: SidekickPorts = {
			clock: this.#clock,
			cells: new BoardCells(this.board),
			log: () => {},
			readersWaiting: () => 0,
			entrypointProblem: () => undefined,
			threads: {
				start: (request, events) => {
					const thread = new SimulatedThread(this, this.board.tasks.seats.claim(), { request, events });
					this.threads.push(thread);
					events.began();
					return {
						threadId: thread.seat,
						raiseStop: () => {
							thread.stop();
							this.board.wakeWaiters();
						},
						terminate: () => this.#kill(thread),
					};
				},
			},
		};
		const options = { entrypoint: { path: '/app/bin/console' }, workers: WORKERS, stopTimeout: STOP_TIMEOUT };
		this.registry = new SidekickRegistry(options, ports);
		this.registry.startDeclared().catch(() => {});
		for (let sender = 0; sender < SENDERS; sender++) this.#addSender();
	}

	/** The clock of `performance`, as threads see it. */
	readonly time = (): number => {
		this.#time += TICK;
		return this.#time;
	};

	start(names: string[]): number[] | string {
		return this.#turns.asMain(() => {
			if (names.includes('nobody')) return 'unknown';
			const result = this.registry.ensure(names, undefined, 'task');
			return result.ok ? result.handles : result.error.message;
		});
	}

	/** Does all actions, then whatever there is left to do. */
	run(): void {
		const unhook = hookSteps({ step: () => this.#turns.step(), wait: (...args) => this.#wait(...args) });
		try {
			while (this.#turns.actions.length > 0) this.#turns.act();
			this.#settle();
			this.#expectNobodyWaits();
		} finally {
			unhook();
		}
	}

	/** The end of everything. */
	async close(): Promise<void> {
		const unhook = hookSteps({ step: () => this.#turns.step(), wait: (...args) => this.#wait(...args) });
		try {
			for (const thread of this.threads) if (thread.run === undefined) thread.cell.retire();
			const stopped = this.registry.stopAll();
			this.#settle();
			for (const thread of [...this.threads]) if (thread.run === undefined) this.#endThread(thread);
			await stopped;
			expect(this.threads).toEqual([]);
			expect(this.#clock.timers.size, 'a timer survived').toBe(0);
			const { slots } = this.board.tasks;
			const words = Array.from({ length: slots.used }, (_, slot) => slots.word(slot));
			expect(
				words.filter((word) => stateOf(word) !== FREE),
				'a slot is kept',
			).toEqual([]);
			expect(slots.memory.owned, 'memory is kept').toBe(0);
			this.#expectCounts();
			cleanBuffers = this.#buffers;
		} finally {
			unhook();
		}
	}

	/** Each task of a queue has ended in one way. */
	#expectCounts(): void {
		for (const queue of new Set(this.ledger.tasks.map((task) => task.queue))) {
			const { completed, aborted, abandoned, timeout } = this.board.tasks.counters.read(queue);
			const counted = completed + aborted + abandoned + timeout;
			const tasks = this.ledger.tasks.filter((task) => task.queue === queue);
			// A cell that another sidekick has got by now counts for that one.
			if (queue === -1 || this.board.handle(queue & 0xff) !== queue + 256) continue;
			expect(counted).toBeLessThanOrEqual(tasks.length);
			// A thread may die between the end of a task and its count.
			expect(counted).toBeGreaterThanOrEqual(tasks.length - this.#kills);
		}
	}

	/** After all has come to rest: what was sent has been picked up. */
	#expectNobodyWaits(): void {
		for (const info of this.registry.list()) expect(info.tasks?.depth, `tasks of "${info.name}" wait`).toBe(0);
		for (const { handle, refused, sender, worker } of this.ledger.tasks) {
			if (!sender.isDead) expect(handle ?? refused, `a task for "${worker}" was sent to no end`).toBeDefined();
		}
	}

	/** While nobody is in the middle of anything. */
	#expectNobodyOversleeps(): void {
		for (const task of this.ledger.tasks) {
			// Nobody has to wake up for what a dead thread has sent: it is withdrawn as soon as its death is noticed.
			if (task.sender.isDead || task.queuedBy === NEVER || this.board.tasks.state(task.ticket) !== 'open') continue;
			for (const thread of this.threads) {
				expect(thread.overslept(task), `"${task.worker}" was not woken for a task`).toBe(false);
			}
		}
	}

	// ---- chance

	#wait(words: Int32Array, index: number, value: number): 'ok' | 'not-equal' | 'timed-out' {
		const turns = this.#turns;
		const running = turns.sleeper;
		const hasChanged = () => turns.asMain(() => Atomics.load(words, index) !== value);
		if (hasChanged()) return 'not-equal';
		while (turns.actions.length > 0) {
			turns.act();
			if (running.isDoomed) throw KILLED;
			if (hasChanged()) return 'ok';
		}
		turns.asMain(() => {
			if (!this.#goOn()) this.#idleNaps++;
		});
		if (running.isDoomed) throw KILLED;
		if (hasChanged()) return 'ok';
		if (turns.depth === 1) {
			const isServed = turns.asMain(() => running.isServed?.());
			expect(isServed, 'what it waits for has happened, and nobody has woken it').not.toBe(true);
		}
		this.#pass(250);
		if (this.#idleNaps > MOST_NAPS) {
			// Who it waits for may be below it, and cannot go on before it has ended.
			expect(turns.depth, 'a thread waits for ever').toBeGreaterThan(1);
			this.#idleNaps = 0;
			this.#kills++;
			throw KILLED;
		}
		return 'timed-out';
	}
	report(happens: () => void): void {
		this.#turns.asMain(happens);
	}

	#happens(action: Action): void {
		this.#perform(action);
		if (this.#turns.depth === 0) this.#expectNobodyOversleeps();
	}

	#perform(action: Action): void {
		if ('name' in action) {
			if (action.do === 'restart') this.registry.restart(action.name);
			else void this.registry.stop(action.name);
		} else if (action.do === 'pass') this.#pass(action.milliseconds);
		else {
			const fit = this.threads.filter((each) => ABLE[action.do]?.(each) ?? true);
			const thread = fit[action.thread % Math.max(1, fit.length)];
			if (thread === undefined) return;
			if (action.do === 'kill') this.#kill(thread);
			else if (action.do === 'notice') this.#notice(thread);
			else if (action.do === 'retire') thread.cell.retire();
			else if (action.do === 'exit') this.#exit(thread, { kind: 'exit', status: action.status });
			else this.#turn(thread, () => follow(thread, action));
		}
	}

	#pass(milliseconds: number): void {
		this.#time += milliseconds;
		this.#turns.asMain(() => this.#clock.advance(milliseconds));
	}

	// ---- threads

	#addSender(): void {
		this.threads.push(new SimulatedThread(this, this.board.tasks.seats.claim()));
	}

	/** Returns whether it could run at all. */
	#turn(thread: SimulatedThread, act: () => void): boolean {
		const can = this.#turns.canTurn(thread);
		this.#turns.turn(thread, act);
		return can;
	}

	/** Its script ends by itself. */
	#exit(thread: SimulatedThread, outcome: RunOutcome): void {
		if (thread.run === undefined || !this.#turn(thread, () => thread.endScript()) || thread.isDead) return;
		this.#remove(thread);
		thread.run.events.ended(outcome);
	}

	#kill(thread: SimulatedThread): void {
		if (!thread.isDead && !thread.isDoomed) this.#kills++;
		if (thread.isInTurn) thread.isDoomed = true;
		else thread.isDead = true;
	}

	/** A thread that is dead is given up and, if it served requests, replaced. */
	#notice(thread: SimulatedThread): void {
		if (!thread.isDead || !this.threads.includes(thread)) return;
		this.board.releaseThread(thread.seat);
		this.board.tasks.threadLost(thread.seat);
		this.#remove(thread);
		if (thread.run === undefined) this.#addSender();
		else thread.run.events.ended({ kind: 'terminated' });
	}

	#endThread(thread: SimulatedThread): void {
		this.#turn(thread, () => thread.endScript());
		this.#remove(thread);
	}

	#remove(thread: SimulatedThread): void {
		this.threads.splice(this.threads.indexOf(thread), 1);
		this.board.tasks.seats.release(thread.seat);
	}

	// ---- the rest

	/** Everybody does what is to be done. Returns whether that was anything. */
	#goOn(): boolean {
		expect(++this.#rounds, 'it never comes to rest').toBeLessThan(MOST_ROUNDS);
		let did = false;
		for (const thread of [...this.threads]) {
			if (thread.isDead) {
				this.#notice(thread);
				did = true;
				continue;
			}
			let progress = 'nothing';
			const news = thread.sentTasks.find((task) => thread.hasNews(task));
			if (news !== undefined) did = this.#turn(thread, () => thread.read(news)) || did;
			else if (thread.run !== undefined) this.#turn(thread, () => (progress = thread.loop(true)));
			if (progress !== 'nothing') did = true;
			if (progress === 'done' && !thread.isDead) {
				this.#remove(thread);
				thread.run?.events.ended({ kind: 'exit', status: 0 });
			}
		}
		return did;
	}

	/** Until nothing happens any more, also not after the back-off of those that have crashed. */
	#settle(): void {
		for (let rounds = 0; rounds < 3; rounds++) {
			while (this.#goOn()) rounds = 0;
			this.#pass(STOP_TIMEOUT / 2);
		}
	}
}
