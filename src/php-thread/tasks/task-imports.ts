import type { TaskImports } from '../abi/host-imports.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { Signal } from '../sockets/signal.ts';
import type { ReceivedTask, ReceivedTasks } from './received-tasks.ts';
import type { SentTask, SentTasks } from './sent-tasks.ts';
import { IS_OVER, tooLarge } from './task-texts.ts';

const FAILED = -1;
/** What igor_host_task_read() returns. */
const UPDATE = 0;
const TOO_SMALL = 1;
const COMPLETED = 2;
const NO_TASK = 0;

/** What the imports work on. */
export type TaskImportsContext = {
	memory(): WasmMemory;
	sent: SentTasks;
	received: ReceivedTasks;
	/** Bytes of the largest payload, or update. */
	largest: number;
	payloadLength(ticket: number): number;
	takePayload(ticket: number, target: Uint8Array): void;
	/** The request that is being served, or 0. */
	currentRequest(): number;
};

/** Handles of tasks by the numbers that C knows them by. PHP thread. */
export class TaskHandles {
	readonly #context: TaskImportsContext;
	readonly #sent = new Map<number, SentTask>();
	readonly #received = new Map<number, ReceivedTask>();
	#last = 0;

	constructor(context: TaskImportsContext) {
		this.#context = context;
	}

	/** Handles that PHP has, and tasks that are not over. For tests. */
	get held(): number {
		return this.#sent.size + this.#received.size + this.#context.received.open;
	}

	/** What the stream of a task tells; undefined = there is no such task. */
	signal(id: number): Signal | undefined {
		const { sent, received } = this.#context;
		const mine = this.#sent.get(id);
		const theirs = this.#received.get(id);
		if (mine !== undefined) return mine.end === 'abandoned' ? undefined : sent.signal(mine);
		return theirs === undefined || theirs.end === 'over' ? undefined : received.signal(theirs);
	}

	/**
	 * A script is over: its tasks are, too. Nobody asks for them any more, but by handles that throw then.
	 * @param request only what that request has sent; undefined = all
	 */
	end(request?: number): void {
		// Most scripts have none, and emptying an empty map would make a new table.
		if (this.#sent.size + this.#received.size === 0) return;
		for (const task of this.#sent.values()) {
			if (request === undefined || task.request === request) this.#context.sent.abandon(task);
		}
		if (request !== undefined) return;
		for (const task of this.#received.values()) this.#context.received.end(task, 'aborted');
		this.#sent.clear();
		this.#received.clear();
	}

	/** @param fail takes the sentence of an exception */
	imports(fail: (message: string) => void): Omit<TaskImports, 'igor_host_task_open'> {
		const { memory, sent, received, largest } = this.#context;
		const failed = (message: string): number => {
			fail(message);
			return FAILED;
		};
		const bytesAt = (pointer: number, length: number) => () => memory().bytes.subarray(pointer, pointer + length);
		return {
			igor_host_task_send: (name, nameLength, timeout, payload, length) => {
				if (length > largest && largest > 0) return failed(tooLarge('payload', length, largest));
				const task = sent.send(memory().text(name, nameLength), bytesAt(payload, length), timeout);
				if (typeof task === 'string') return failed(task);
				const id = this.#next();
				this.#sent.set(id, task);
				return id;
			},
			igor_host_task_read: (id, destination, lengthAt) => {
				const task = this.#sent.get(id);
				if (task === undefined) return failed(IS_OVER);
				let result = UPDATE;
				const read = sent.read(task, (length) => {
					const { bytes, view } = memory();
					const capacity = view.getUint32(lengthAt, true);
					view.setUint32(lengthAt, length, true);
					if (length <= capacity) return bytes.subarray(destination, destination + length);
					result = TOO_SMALL;
					return undefined;
				});
				if (typeof read === 'string') return failed(read);
				return read ? result : COMPLETED;
			},
			igor_host_task_abandon: (id) => {
				const task = this.#sent.get(id);
				if (task !== undefined) sent.abandon(task);
			},
			igor_host_task_receive: (lengthAt) => {
				const task = received.receive();
				if (task === undefined) return NO_TASK;
				const id = this.#next();
				this.#received.set(id, task);
				memory().view.setUint32(lengthAt, this.#context.payloadLength(task.ticket), true);
				return id;
			},
			igor_host_task_payload: (id, destination, length) => {
				const task = this.#received.get(id);
				if (task !== undefined) this.#context.takePayload(task.ticket, bytesAt(destination, length)());
			},
			igor_host_task_update: (id, bytes, length, isLast) => {
				const task = this.#received.get(id);
				if (task === undefined) return failed(IS_OVER);
				if (length > largest) return failed(tooLarge('update', length, largest));
				const problem = received.update(task, bytesAt(bytes, length), isLast !== 0);
				return problem === undefined ? 0 : failed(problem);
			},
			igor_host_task_complete: (id) => {
				const task = this.#received.get(id);
				if (task !== undefined) received.end(task, 'completed');
			},
			igor_host_task_release: (id) => {
				const mine = this.#sent.get(id);
				const theirs = this.#received.get(id);
				if (mine !== undefined) sent.abandon(mine);
				if (theirs !== undefined) received.end(theirs, 'aborted');
				this.#sent.delete(id);
				this.#received.delete(id);
			},
			igor_host_tasks_end: (onlyRequest) => {
				const request = this.#context.currentRequest();
				if (onlyRequest === 0) this.end();
				else if (request !== 0) this.end(request);
			},
		};
	}

	#next(): number {
		// Positive, and not one that is in use.
		do this.#last = this.#last >= 0x7fffffff ? 1 : this.#last + 1;
		while (this.#sent.has(this.#last) || this.#received.has(this.#last));
		return this.#last;
	}
}
