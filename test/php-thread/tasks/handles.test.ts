import { expect, test } from 'vitest';
import { WasmMemory } from '../../../src/php-thread/abi/wasm-memory.ts';
import { ThreadTasks } from '../../../src/php-thread/tasks/thread-tasks.ts';
import { createBoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';
import { FREE, stateOf } from '../../../src/shared-memory/task-states.ts';
import { createThreadCellBuffer, ThreadCell } from '../../../src/shared-memory/thread-cell.ts';

const EACH = 5000;
const PAYLOAD_AT = 1024;
const BYTES = 3000;
const LENGTH_AT = 16;
const TARGET_AT = 8192;

/** A cell that lets the other thread go on whenever its own looks at it. */
class YieldingCell extends ThreadCell {
	other = (): void => {};

	override get mustRetire(): boolean {
		this.other();
		return false;
	}
}

/** Two threads of a scope in one: one sends, the other receives. */
function twoThreads() {
	const buffers = createBoardBuffers(1, 1 << 20);
	const board = new SidekickBoard(buffers);
	const queue = board.handle(0);
	const errors: string[] = [];
	const thread = (ownHandle: number) => {
		const memory = new WasmMemory(new WebAssembly.Memory({ initial: 1 }));
		const cell = new YieldingCell(createThreadCellBuffer());
		const tasks = new ThreadTasks(board.tasks, board.tasks.seats.claim(), {
			board,
			cell,
			reading: { start: () => [queue] },
			memory: () => memory,
			ownHandle: () => ownHandle,
			ticked: () => {},
			rests: () => {},
		});
		return { memory, cell, tasks, host: tasks.handles.imports((message) => errors.push(message)) };
	};
	const [sender, receiver] = [thread(-1), thread(queue)];
	receiver.tasks.serve(queue);
	return { board, buffers, sender, receiver, errors };
}

type Threads = ReturnType<typeof twoThreads>;

/** The receiver's handle of one that is being sent. */
function send({ sender, receiver }: Threads): { mine: number; theirs: number } {
	let theirs = 0;
	sender.cell.other = () => {
		if (theirs === 0) theirs = receiver.host.igor_host_task_receive(LENGTH_AT);
	};
	const mine = sender.host.igor_host_task_send(0, 1, 30, PAYLOAD_AT, BYTES);
	receiver.host.igor_host_task_payload(theirs, TARGET_AT, BYTES);
	return { mine, theirs };
}

function read({ sender }: Threads, task: number): number {
	sender.memory.view.setUint32(LENGTH_AT, BYTES, true);
	return sender.host.igor_host_task_read(task, TARGET_AT, LENGTH_AT);
}

const ENDS: Record<string, (threads: Threads, mine: number, theirs: number) => void> = {
	'read to the end': (threads, mine, theirs) => {
		const { receiver } = threads;
		receiver.host.igor_host_task_update(theirs, PAYLOAD_AT, BYTES, 0);
		read(threads, mine);
		receiver.host.igor_host_task_update(theirs, PAYLOAD_AT, BYTES, 1);
		receiver.host.igor_host_task_complete(theirs);
		read(threads, mine);
		read(threads, mine);
	},
	'completed, and not read': ({ receiver }, _mine, theirs) => {
		receiver.host.igor_host_task_update(theirs, PAYLOAD_AT, BYTES, 0);
		receiver.host.igor_host_task_complete(theirs);
	},
	'given up': ({ sender, receiver }, mine, theirs) => {
		receiver.host.igor_host_task_update(theirs, PAYLOAD_AT, BYTES, 0);
		sender.host.igor_host_task_abandon(mine);
		receiver.host.igor_host_task_update(theirs, PAYLOAD_AT, BYTES, 0);
	},
	'closed on both sides': ({ sender, receiver }, mine, theirs) => {
		sender.tasks.signals.task(mine)?.closed();
		receiver.tasks.signals.tick();
		receiver.tasks.signals.task(theirs)?.closed();
	},
	dropped: ({ sender }, mine) => sender.host.igor_host_task_release(mine),
	'aborted, and read': (threads, mine, theirs) => {
		threads.receiver.host.igor_host_task_release(theirs);
		read(threads, mine);
	},
	'over with their scripts': ({ sender, receiver }) => {
		sender.host.igor_host_tasks_end(0);
		receiver.host.igor_host_tasks_end(0);
	},
};

test('of tens of thousands of tasks nothing is left, however they ended', () => {
	const threads = twoThreads();
	const { sender, receiver, board, buffers, errors } = threads;
	const { slots } = board.tasks;
	for (const [how, end] of Object.entries(ENDS)) {
		for (let i = 0; i < EACH; i++) {
			const { mine, theirs } = send(threads);
			expect(Math.min(mine, theirs), errors.at(-1)).toBeGreaterThan(0);
			end(threads, mine, theirs);
			sender.host.igor_host_task_release(mine);
			receiver.host.igor_host_task_release(theirs);
		}
		expect({ how, sender: sender.tasks.handles.held, receiver: receiver.tasks.handles.held }).toEqual({
			how,
			sender: 0,
			receiver: 0,
		});
		expect(slots.memory.owned).toBe(0);
		expect(slots.used).toBe(1);
		expect(stateOf(slots.word(0))).toBe(FREE);
	}
	// Never more than at first: chunks that were given back are used again.
	expect(buffers.tasks.data.byteLength).toBeLessThan(1 << 20);
});
