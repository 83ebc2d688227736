import { describe, expect, test } from 'vitest';
import { createTaskBuffers } from '../../src/shared-memory/task-layout.ts';
import { TaskLoans } from '../../src/shared-memory/task-loans.ts';
import { FREE, stateOf } from '../../src/shared-memory/task-states.ts';
import { TaskTable } from '../../src/shared-memory/task-table.ts';
import { interrupt } from '../support/interleaving/steps.ts';

const QUEUE = 256;

/** The main thread with a helper's seat, a thread that sends, and one that receives. */
function start() {
	const buffers = createTaskBuffers(4096);
	const main = new TaskTable(buffers);
	main.counters.begin(QUEUE);
	const [helper, sender, receiver] = [main.seats.claim(true), main.seats.claim(), main.seats.claim()];
	main.seats.help(QUEUE, helper);
	main.seats.serve(receiver, QUEUE);
	const loans = new TaskLoans(new TaskTable(buffers, helper), helper);
	const here = { sender: new TaskTable(buffers, sender), receiver: new TaskTable(buffers, receiver) };
	const send = (payload = 'task'): number => {
		const ticket = here.sender.open(new TextEncoder().encode(payload)) as number;
		here.sender.queue(ticket, QUEUE);
		return ticket;
	};
	return { main, loans, helper, sender, receiver, here, send };
}

test('a helper is woken for a task that no thread waits for, and when a thread begins to wait', () => {
	const { main, helper, receiver, send, loans } = start();
	const before = main.seats.wakes(helper);
	const ticket = send();
	expect(main.seats.wakes(helper)).not.toBe(before);
	expect(loans.waiting(QUEUE, 10)).toEqual([ticket]);
	const then = main.seats.wakes(helper);
	main.seats.setIdle(receiver, true);
	expect(main.seats.wakes(helper)).not.toBe(then);
	// This one is offered to that thread alone.
	const wakes = main.seats.wakes(helper);
	send();
	expect(main.seats.wakes(helper)).toBe(wakes);
	expect(loans.waiting(QUEUE, 10)).toEqual([ticket]);
});

test('what is on loan is neither received nor withdrawn, until it is given back', () => {
	const { main, loans, here, send } = start();
	const ticket = send('payload');
	expect(new TextDecoder().decode(loans.lend(ticket))).toBe('payload');
	expect(loans.lend(ticket)).toBeUndefined();
	expect(here.receiver.take(QUEUE)).toBeUndefined();
	expect(here.sender.withdraw(ticket, 'timeout')).toBe(false);
	expect(here.sender.isLent(ticket)).toBe(true);
	expect(main.load(QUEUE)).toEqual({ depth: 1, busy: 0 });
	loans.giveBack(ticket);
	expect(here.receiver.take(QUEUE)).toBe(ticket);
	expect(loans.receive(ticket)).toBe(false);
});

test('when its sender dies, a task on loan is over, and a next one in its place is none of it', () => {
	const { main, loans, sender, here, send } = start();
	const ticket = send();
	loans.lend(ticket);
	main.threadLost(sender);
	const next = send();
	expect(loans.receive(ticket)).toBe(false);
	loans.giveBack(ticket);
	expect(here.sender.state(next)).toBe('open');
	expect(here.receiver.take(QUEUE)).toBe(next);
	here.receiver.end(next, 'completed');
	here.sender.abandon(next);
	expect(main.slots.memory.owned).toBe(0);
});

test('a task that came from another server does not go on to a third one', () => {
	const { loans, here, send } = start();
	const borrowed = loans.table.open(new Uint8Array(10)) as number;
	loans.table.queue(borrowed, QUEUE);
	const own = send();
	expect(loans.waiting(QUEUE, 10)).toEqual([own]);
	expect(here.receiver.take(QUEUE)).toBe(borrowed);
});

test('once a thread elsewhere has it, its payload needs no memory here', () => {
	const { main, loans, here, send } = start();
	const ticket = send('p'.repeat(4000));
	loans.lend(ticket);
	loans.giveBack(ticket);
	loans.lend(ticket);
	expect(main.slots.memory.owned).toBe(4);
	loans.receive(ticket);
	expect(main.slots.memory.owned).toBe(0);
	loans.table.end(ticket, 'completed');
	here.sender.abandon(ticket);
	expect(main.slots.memory.owned).toBe(0);
});

describe('whatever the sender does between two steps of a loan, nothing is left of the task, and a next one is none of it:', () => {
	type World = ReturnType<typeof start>;
	/** The main thread, from the loan to the end. */
	const lendOn = ({ loans }: World, ticket: number, isWanted: boolean): void => {
		if (loans.lend(ticket) === undefined) return;
		if (!isWanted) {
			loans.giveBack(ticket);
			return;
		}
		const isReceived = loans.receive(ticket);
		if (isReceived) loans.table.update(ticket, new Uint8Array(2000));
		loans.table.end(ticket, isReceived ? 'completed' : 'aborted');
	};
	const expectClean = ({ main }: World, when: string): void => {
		const words = Array.from({ length: main.slots.used }, (_, slot) => main.slots.word(slot));
		expect(words.map(stateOf), when).toEqual(words.map(() => FREE));
		expect(main.slots.memory.owned, when).toBe(0);
	};
	const payload = 'p'.repeat(3000);

	for (const isWanted of [true, false]) {
		for (const act of ['abandons', 'withdraws'] as const) {
			test(`it ${act} one that is ${isWanted ? 'received' : 'given back'}`, () => {
				const dry = start();
				const once = dry.send(payload);
				const steps = interrupt({}, () => lendOn(dry, once, isWanted));
				for (let at = 0; at <= steps; at++) {
					const world = start();
					const { here, send } = world;
					const ticket = send(payload);
					let next: number | undefined;
					const ends = (): void => {
						if (act === 'abandons') here.sender.abandon(ticket);
						else if (!here.sender.withdraw(ticket, 'timeout')) return;
						next = send('next');
					};
					interrupt({ [at]: ends }, () => lendOn(world, ticket, isWanted));
					const when = `before step ${at}`;
					here.sender.abandon(ticket);
					if (next !== undefined) {
						expect(here.sender.state(next), when).toBe('open');
						expect(here.receiver.take(QUEUE), when).toBe(next);
						here.receiver.end(next, 'completed');
						here.sender.abandon(next);
					}
					expectClean(world, when);
				}
			});
		}
	}

	test('the loan ends while the sender abandons it', () => {
		const dry = start();
		const once = dry.send(payload);
		dry.loans.lend(once);
		const steps = interrupt({}, () => dry.here.sender.abandon(once));
		for (let at = 0; at < steps; at++) {
			for (const isWanted of [true, false]) {
				const world = start();
				const { loans, here, send, main } = world;
				const ticket = send(payload);
				loans.lend(ticket);
				const goOn = (): void => {
					if (isWanted) loans.receive(ticket);
					else loans.giveBack(ticket);
					if (isWanted || main.state(ticket) !== 'open') loans.table.end(ticket, 'aborted');
				};
				interrupt({ [at]: goOn }, () => here.sender.abandon(ticket));
				expectClean(world, `before step ${at}`);
			}
		}
	});
});
