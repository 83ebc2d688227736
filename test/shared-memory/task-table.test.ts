import { describe, expect, test } from 'vitest';
import { createTaskBuffers, UPDATES } from '../../src/shared-memory/task-layout.ts';
import { FREE, stateOf } from '../../src/shared-memory/task-states.ts';
import { TaskTable } from '../../src/shared-memory/task-table.ts';
import { interrupt, KILLED } from '../support/interleaving/steps.ts';

const QUEUE = 5;
/** More than one chunk. */
const PAYLOAD = Uint8Array.from({ length: 3000 }, (_, i) => i);

/** The tasks of a scope with the main thread, one that sends, and two that receive. */
function scope() {
	const buffers = createTaskBuffers(1024 * 1024);
	const main = new TaskTable(buffers);
	const threads = Array.from({ length: 3 }, () => new TaskTable(buffers, main.seats.claim()));
	const [sender, receiver, other] = threads as [TaskTable, TaskTable, TaskTable];
	for (const seat of [2, 3]) main.seats.serve(seat, QUEUE);
	main.counters.begin(QUEUE);
	const send = (payload = PAYLOAD): number => {
		const ticket = sender.open(payload);
		if (typeof ticket !== 'number') throw new Error('There is no room.');
		sender.queue(ticket, QUEUE);
		return ticket;
	};
	const readAll = (ticket: number): number[][] => {
		const read: number[][] = [];
		const target = (length: number): Uint8Array => {
			const bytes = new Uint8Array(length);
			read.push(bytes as unknown as number[]);
			return bytes;
		};
		while (sender.readUpdate(ticket, target));
		return read.map((bytes) => [...bytes]);
	};
	/** Nothing is left of any task. */
	const isClean = (): boolean => {
		const words = Array.from({ length: main.slots.used }, (_, slot) => main.slots.word(slot));
		return main.slots.memory.owned === 0 && words.every((word) => stateOf(word) === FREE);
	};
	const { data } = buffers;
	const grow = data.grow.bind(data);
	/** The machine has no memory, or has some again. */
	const deny = (isDenied: boolean): void => {
		data.grow = (length) => {
			if (isDenied) throw new RangeError('SharedArrayBuffer.prototype.grow failed');
			grow(length);
		};
	};
	return { main, sender, receiver, other, send, readAll, isClean, deny };
}

/** What a receiver does with a task. */
function work(receiver: TaskTable): void {
	const ticket = receiver.take(QUEUE);
	if (ticket === undefined) return;
	receiver.slots.takePayload(ticket, new Uint8Array(receiver.slots.payloadLength(ticket)));
	for (let i = 0; i < 3; i++) receiver.update(ticket, PAYLOAD.subarray(0, 1500));
	receiver.end(ticket, 'completed');
}

describe('the tasks of a scope', () => {
	test('a payload and updates travel whole, and nothing of them is left', () => {
		const { sender, receiver, send, readAll, isClean } = scope();
		const ticket = send();
		expect(sender.state(ticket)).toBe('open');
		expect(receiver.take(QUEUE)).toBe(ticket);
		const payload = new Uint8Array(receiver.slots.payloadLength(ticket));
		receiver.slots.takePayload(ticket, payload);
		expect(payload).toEqual(PAYLOAD);
		for (let i = 0; i < UPDATES; i++) expect(receiver.update(ticket, Uint8Array.of(i))).toBe('done');
		expect(receiver.update(ticket, PAYLOAD)).toBe('full');
		receiver.end(ticket, 'completed');
		expect(sender.state(ticket)).toBe('completed');
		expect(readAll(ticket)).toEqual(Array.from({ length: UPDATES }, (_, i) => [i]));
		sender.abandon(ticket);
		expect(isClean()).toBe(true);
	});

	test('a queue is first in, first out, and a task is taken once', () => {
		const { receiver, other, send } = scope();
		const tickets = [send(), send(), send()];
		expect([receiver.take(QUEUE), other.take(QUEUE), receiver.take(QUEUE)]).toEqual(tickets);
		expect(other.take(QUEUE)).toBeUndefined();
		expect(receiver.take(QUEUE + 256)).toBeUndefined();
	});

	test('a task is offered to the thread that waits and has received the fewest; then to all', () => {
		const { main, sender, receiver, other, send } = scope();
		send();
		expect(receiver.take(QUEUE)).toBeDefined();
		for (const seat of [2, 3]) main.seats.setIdle(seat, true);
		const ticket = send();
		expect(receiver.newest(QUEUE)).toBeUndefined();
		expect(receiver.take(QUEUE)).toBeUndefined();
		sender.offerToAll(ticket, QUEUE);
		expect(receiver.newest(QUEUE)).toBeDefined();
		const next = send();
		expect(other.take(QUEUE)).toBe(ticket);
		expect(other.take(QUEUE)).toBe(next);
	});

	test('a task that was withdrawn is never taken', () => {
		const { sender, receiver, send, isClean } = scope();
		const ticket = send();
		expect(sender.withdraw(ticket, 'timeout')).toBe(true);
		expect(receiver.take(QUEUE)).toBeUndefined();
		expect(isClean()).toBe(true);
		expect(sender.counters.read(QUEUE)).toMatchObject({ timeout: 1, completed: 0 });
	});

	test('a sender that lets go with the last update in its hands leaves a complete task', () => {
		const { main, sender, receiver, send, readAll, isClean } = scope();
		for (const reads of [true, false]) {
			const ticket = send();
			receiver.take(QUEUE);
			receiver.update(ticket, SMALL, true);
			if (reads) readAll(ticket);
			sender.abandon(ticket);
			receiver.end(ticket, 'completed');
		}
		expect(main.counters.read(QUEUE)).toMatchObject({ completed: 1, abandoned: 1, aborted: 0 });
		expect(isClean()).toBe(true);
	});

	test('when memory is full, nothing of what did not fit is kept', () => {
		const { sender, isClean } = scope();
		const large = new Uint8Array(24 * 1024 * 1024);
		const tickets = [sender.open(large), sender.open(large)];
		expect(sender.open(large)).toBe(false);
		for (const ticket of tickets) sender.abandon(ticket as number);
		expect(isClean()).toBe(true);
	});

	test('when the machine has no memory left, neither, and what is there can be read', () => {
		const { sender, receiver, send, readAll, isClean, deny } = scope();
		const ticket = send();
		receiver.take(QUEUE);
		expect(receiver.update(ticket, PAYLOAD)).toBe('done');
		deny(true);
		const large = new Uint8Array(200_000);
		expect(sender.open(large)).toBe(false);
		expect(receiver.update(ticket, large)).toBe('noRoom');
		deny(false);
		expect(receiver.update(ticket, large)).toBe('done');
		expect(readAll(ticket).map(({ length }) => length)).toEqual([PAYLOAD.length, large.length]);
		receiver.end(ticket, 'completed');
		sender.abandon(ticket);
		expect(isClean()).toBe(true);
	});

	test('so many tasks that tickets come again take no more memory than one', { timeout: 120_000 }, () => {
		const { main, sender, receiver, send, isClean } = scope();
		for (let i = 0; i < MANY; i++) {
			const ticket = send(SMALL);
			receiver.take(QUEUE);
			receiver.update(ticket, SMALL);
			receiver.end(ticket, 'completed');
			sender.abandon(ticket);
		}
		expect(main.slots.used).toBe(1);
		expect(isClean()).toBe(true);
		expect(main.counters.read(QUEUE).completed).toBe(MANY);
	});
});

const SMALL = new Uint8Array(200);
/** A slot has 2¹⁸ − 1 turns. */
const MANY = 300_000;

/** Steps of a thread on shared memory, which an act that comes before none of them does not change. */
function stepsOf(thread: () => void): number {
	return interrupt({}, thread);
}

const kill = () => {
	throw KILLED;
};

describe('a thread that dies before any of its steps leaves nothing behind, and nobody waits for it:', () => {
	test('a sender that sends', () => {
		const steps = stepsOf(() => scope().send());
		for (let at = 0; at < steps; at++) {
			const { main, receiver, send, isClean } = scope();
			interrupt({ [at]: kill }, send);
			main.threadLost(1);
			work(receiver);
			expect(isClean(), `before step ${at}`).toBe(true);
		}
	});

	test('a receiver that works', () => {
		const dry = scope();
		dry.send();
		const steps = stepsOf(() => work(dry.receiver));
		const seen = new Set<string>();
		for (let at = 0; at < steps; at++) {
			const { main, sender, receiver, other, send, readAll, isClean } = scope();
			const ticket = send();
			interrupt({ [at]: kill }, () => work(receiver));
			main.threadLost(2);
			const state = sender.state(ticket);
			seen.add(state);
			if (state === 'open') work(other);
			else expect(['aborted', 'completed']).toContain(state);
			readAll(ticket);
			sender.abandon(ticket);
			expect(isClean(), `before step ${at}`).toBe(true);
		}
		expect([...seen].sort()).toEqual(['aborted', 'completed', 'open']);
	});

	test('a sender that reads, and lets go', () => {
		const prepare = () => {
			const world = scope();
			const ticket = world.send();
			world.receiver.take(QUEUE);
			for (let i = 0; i < 3; i++) world.receiver.update(ticket, PAYLOAD);
			const thread = () => {
				world.readAll(ticket);
				world.sender.abandon(ticket);
			};
			return { ...world, ticket, thread };
		};
		const steps = stepsOf(prepare().thread);
		for (let at = 0; at < steps; at++) {
			const { main, receiver, ticket, thread, isClean } = prepare();
			interrupt({ [at]: kill }, thread);
			main.threadLost(1);
			expect(receiver.state(ticket)).toBe('abandoned');
			expect(receiver.update(ticket, PAYLOAD)).toBe('abandoned');
			receiver.end(ticket, 'completed');
			expect(isClean(), `before step ${at}`).toBe(true);
		}
	});

	test('whoever gives the memory back', () => {
		const prepare = () => {
			const world = scope();
			const ticket = world.send();
			world.receiver.take(QUEUE);
			for (let i = 0; i < 3; i++) world.receiver.update(ticket, PAYLOAD);
			world.receiver.end(ticket, 'completed');
			return { ...world, thread: () => world.sender.abandon(ticket) };
		};
		const steps = stepsOf(prepare().thread);
		for (let at = 0; at < steps; at++) {
			const { main, thread, isClean } = prepare();
			interrupt({ [at]: kill }, thread);
			main.threadLost(1);
			expect(isClean(), `before step ${at}`).toBe(true);
		}
	});
});

describe('two threads that meet at any step agree on what became of the task:', () => {
	test('a receiver takes it while the sender withdraws it', () => {
		const dry = scope();
		const first = dry.send();
		const steps = stepsOf(() => dry.sender.withdraw(first, 'timeout'));
		for (let at = 0; at < steps; at++) {
			const { sender, receiver, send, isClean } = scope();
			const ticket = send();
			let taken: number | undefined;
			let withdrawn = false;
			interrupt({ [at]: () => (taken = receiver.take(QUEUE)) }, () => {
				withdrawn = sender.withdraw(ticket, 'timeout');
			});
			expect(withdrawn, `before step ${at}`).toBe(taken === undefined);
			if (taken !== undefined) receiver.end(taken, 'completed');
			sender.abandon(ticket);
			expect(isClean(), `before step ${at}`).toBe(true);
		}
	});

	test.each(['completed', 'aborted'] as const)('the receiver ends it (%s) while the sender gives up', (outcome) => {
		const prepare = () => {
			const world = scope();
			const ticket = world.send();
			world.receiver.take(QUEUE);
			world.receiver.update(ticket, PAYLOAD);
			return { ...world, ticket };
		};
		const dry = prepare();
		const steps = stepsOf(() => dry.sender.abandon(dry.ticket));
		for (let at = 0; at < steps; at++) {
			const { sender, receiver, ticket, isClean } = prepare();
			interrupt({ [at]: () => receiver.end(ticket, outcome) }, () => sender.abandon(ticket));
			expect(isClean(), `before step ${at}`).toBe(true);
			const { completed, aborted, abandoned } = sender.counters.read(QUEUE);
			expect(completed + aborted + abandoned).toBe(1);
		}
	});

	test('two receivers take two tasks', () => {
		const dry = scope();
		dry.send();
		dry.send();
		const steps = stepsOf(() => dry.receiver.take(QUEUE));
		for (let at = 0; at < steps; at++) {
			const { receiver, other, send } = scope();
			const tickets = [send(), send()];
			const taken: (number | undefined)[] = [];
			interrupt({ [at]: () => taken.push(other.take(QUEUE)) }, () => taken.push(receiver.take(QUEUE)));
			expect(taken.sort(), `before step ${at}`).toEqual(tickets.sort());
		}
	});

	test('a receiver looks for a task, and its slot gets one of another queue', () => {
		const ELSEWHERE = QUEUE + 1;
		const dry = scope();
		dry.send();
		const steps = stepsOf(() => dry.receiver.take(QUEUE));
		for (let at = 0; at < steps; at++) {
			const { sender, receiver, other, send } = scope();
			const first = send();
			let next: number | undefined;
			let taken: number | undefined;
			const replace = () => {
				if (!sender.withdraw(first, 'timeout')) return;
				next = sender.open(PAYLOAD) as number;
				sender.queue(next, ELSEWHERE);
			};
			interrupt({ [at]: replace }, () => {
				taken = receiver.take(QUEUE);
			});
			expect(taken, `before step ${at}`).toBe(next === undefined ? first : undefined);
			if (next !== undefined) expect(other.take(ELSEWHERE), `before step ${at}`).toBe(next);
		}
	});
});
