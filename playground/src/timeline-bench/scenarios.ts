import type { SidekickEvent, TraceEvent } from '../../../src/browser.ts';

/** What a server could have told: to look at the timeline, and to measure it, without a server. */
export type Scenario = (start: number) => TraceEvent[];

const WORKER = '/app/public/index.php';

/** Eight requests wait for one slow sidekick; its first publication wakes them all. */
export const waiting: Scenario = (start) => {
	const events = threads(start, 8);
	const at = (after: number) => start + 800 + after;
	const sidekick = lifeOf('exchange-rates', 20);
	events.push(sidekick(at(31), { type: 'starting', attempt: 1 }));
	events.push({ type: 'thread', at: at(33), thread: 20, role: 'sidekick', label: 'sidekick exchange-rates' });
	for (let i = 0; i < 8; i++) {
		const request = i + 1;
		const thread = i + 1;
		const came = i * 90 + (i % 3) * 20;
		events.push(
			{ type: 'submitted', at: at(came), request, method: 'GET', url: `/rates?page=${request}` },
			{ type: 'requestBegan', at: at(came + 0.4), thread, request },
			{ type: 'waitBegan', at: at(came + 30), thread, request, names: ['exchange-rates'] },
		);
		const woke = 2400 + 0.08 + i * 0.06 + (i % 4) * 0.3;
		events.push(
			{ type: 'waitEnded', at: at(woke), thread, request, ok: true },
			{ type: 'seen', at: at(woke + 0.01), thread, request, name: 'exchange-rates', version: 1 },
			{ type: 'requestEnded', at: at(woke + 4 + i * 9), thread, request },
			{ type: 'answered', at: at(woke + 5 + i * 9), request, status: 200 },
		);
	}
	events.push(
		{ type: 'published', at: at(2400), thread: 20, name: 'exchange-rates', version: 1, first: true },
		sidekick(at(2400.3), { type: 'ready', attempt: 1, after: 2369 }),
	);
	for (let version = 2; version < 8; version++) {
		const published = at(2400 + (version - 1) * 600);
		events.push({ type: 'published', at: published, thread: 20, name: 'exchange-rates', version, first: false });
		const thread = (version * 3) % 8;
		events.push(...answer(published + 140, 100 + version, thread + 1, 35, 'exchange-rates', version));
	}
	return events.sort((a, b) => a.at - b.at);
};

/** A sidekick crashes three times, is started again after longer and longer back-offs, and is stopped in the end. */
export const crashing: Scenario = (start) => {
	const events = threads(start, 5);
	const sidekick = lifeOf('redis-sentinel', 21);
	const other = lifeOf('feature-flags', 20);
	events.push(
		other(start + 300, { type: 'starting', attempt: 1 }),
		{ type: 'published', at: start + 480, thread: 20, name: 'feature-flags', version: 1, first: true },
		other(start + 480.4, { type: 'ready', attempt: 1, after: 180 }),
		sidekick(start + 320, { type: 'starting', attempt: 1 }),
		{ type: 'published', at: start + 700, thread: 21, name: 'redis-sentinel', version: 1, first: true },
		sidekick(start + 700.3, { type: 'ready', attempt: 1, after: 380 }),
	);
	let at = start + 2400;
	for (const [failures, delay] of [
		[1, 250],
		[2, 500],
		[3, 1000],
	] as const) {
		events.push(
			sidekick(at, { type: 'crashed', attempt: failures, failures, reason: 'RuntimeException: connection refused' }),
			sidekick(at + 1, { type: 'backing-off', delay, failures }),
			sidekick(at + 1 + delay, { type: 'starting', attempt: failures + 1 }),
		);
		at += delay + 380;
	}
	events.push(
		{ type: 'published', at, thread: 21, name: 'redis-sentinel', version: 2, first: false },
		sidekick(at + 0.3, { type: 'ready', attempt: 4, after: 380 }),
		sidekick(at + 1800, { type: 'stopping', cause: 'restart' }),
		sidekick(at + 2600, { type: 'ignored-stop', stopTimeout: 800 }),
		sidekick(at + 2602, { type: 'starting', attempt: 5 }),
		{ type: 'published', at: at + 2950, thread: 21, name: 'redis-sentinel', version: 3, first: false },
		sidekick(at + 2951, { type: 'ready', attempt: 5, after: 349 }),
	);
	for (let i = 0; i < 60; i++) {
		const began = start + 900 + i * 140 + ((i * 37) % 90);
		const version = began > at + 2951 ? 3 : began > at ? 2 : 1;
		events.push(
			...answer(began, 100 + i, (i % 4) + 1, 20 + ((i * 53) % 120), 'redis-sentinel', version, i < 4 || i % 20 === 0),
		);
	}
	events.push(
		{ type: 'submitted', at: start + 8199, request: 900, method: 'GET', url: '/unknown' },
		{ type: 'requestBegan', at: start + 8200, thread: 6, request: 900 },
		{ type: 'waitBegan', at: start + 8202, thread: 6, request: 900, names: ['nobody'] },
		{ type: 'waitEnded', at: start + 8600, thread: 6, request: 900, ok: false },
		{ type: 'requestEnded', at: start + 8640, thread: 6, request: 900 },
		{ type: 'answered', at: start + 8641, request: 900, status: 500 },
		{ type: 'requestBegan', at: start + 4000, thread: 5, request: 901 },
		{ type: 'thread', at: start + 4700, thread: 5, role: 'ended', label: 'classic' },
		{ type: 'thread', at: start + 5000, thread: 6, role: 'classic', label: 'classic' },
	);
	events.push({ type: 'thread', at: start + 6050, thread: 3, role: 'ended', label: WORKER });
	events.push({ type: 'thread', at: start + 6300, thread: 33, role: 'worker', label: WORKER });
	return events.sort((a, b) => a.at - b.at);
};

/** `rate` events a second, of eight busy threads and three sidekicks. Calls for one millisecond after the other. */
export class Load {
	readonly #rate: number;
	readonly #busyUntil: number[] = new Array(8).fill(0);
	#owed = 0;
	#request = 0;
	#versions = [1, 1, 1];
	#seed = 42;
	readonly #later: TraceEvent[] = [];

	constructor(rate: number) {
		this.#rate = rate;
	}

	/** What comes first. */
	begin(start: number): TraceEvent[] {
		const events = threads(start, 8);
		NAMES.forEach((name, i) => {
			const sidekick = lifeOf(name, 20 + i);
			events.push(
				sidekick(start, { type: 'starting', attempt: 1 }),
				{ type: 'published', at: start + 150 + i * 60, thread: 20 + i, name, version: 1, first: true },
				sidekick(start + 151 + i * 60, { type: 'ready', attempt: 1, after: 150 }),
			);
		});
		return events.sort((a, b) => a.at - b.at);
	}

	/** What happens in this time. */
	next(from: number, to: number): TraceEvent[] {
		this.#owed += ((to - from) / 1000) * this.#rate;
		while (this.#owed > 0) {
			const at = from + this.#random() * (to - from);
			if (this.#random() < 0.12) {
				const i = Math.floor(this.#random() * 3);
				const version = ++this.#versions[i]!;
				this.#add({ type: 'published', at, thread: 20 + i, name: NAMES[i]!, version, first: false });
				continue;
			}
			const thread = this.#busyUntil.findIndex((until) => until < at);
			if (thread === -1) {
				this.#owed -= 0.1;
				continue;
			}
			const took = 1 + this.#random() ** 3 * 60;
			this.#busyUntil[thread] = at + took;
			const i = Math.floor(this.#random() * 3);
			for (const event of answer(
				at,
				++this.#request,
				thread + 1,
				took,
				NAMES[i]!,
				this.#versions[i]!,
				this.#random() < 0.4,
			)) {
				this.#add(event);
			}
		}
		const due = this.#later.filter((event) => event.at <= to);
		this.#later.splice(0, Infinity, ...this.#later.filter((event) => event.at > to));
		return due;
	}

	#add(event: TraceEvent): void {
		this.#later.push(event);
		this.#owed--;
	}

	#random(): number {
		this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
		return this.#seed / 2 ** 31;
	}
}

const NAMES = ['feature-flags', 'machine-load', 'redis-sentinel'];

function threads(start: number, count: number): TraceEvent[] {
	const events: TraceEvent[] = [];
	for (let thread = 1; thread <= count; thread++) {
		const role = thread <= count * 0.75 ? 'worker' : 'classic';
		events.push({ type: 'thread', at: start, thread, role, label: role === 'worker' ? WORKER : 'classic' });
	}
	events.push({ type: 'thread', at: start, thread: 20, role: 'spare', label: 'spare' });
	events.push({ type: 'thread', at: start, thread: 21, role: 'spare', label: 'spare' });
	return events;
}

type WithoutName<T> = T extends { name: string } ? Omit<T, 'name'> : never;

function lifeOf(name: string, thread: number): (at: number, event: WithoutName<SidekickEvent>) => TraceEvent {
	return (at, event) => ({
		type: 'sidekick',
		at,
		thread: event.type === 'starting' || event.type === 'backing-off' ? undefined : thread,
		event: { ...event, name } as SidekickEvent,
	});
}

function answer(
	at: number,
	request: number,
	thread: number,
	took: number,
	name: string,
	version: number,
	sees = true,
): TraceEvent[] {
	const url = ['/', '/checkout', '/cart/42', '/?json'][request % 4]!;
	const events: TraceEvent[] = [
		{ type: 'submitted', at: at - 0.3, request, method: request % 5 === 0 ? 'POST' : 'GET', url },
		{ type: 'requestBegan', at, thread, request },
	];
	if (sees) events.push({ type: 'seen', at: at + took * 0.1, thread, request, name, version });
	events.push(
		{ type: 'requestEnded', at: at + took, thread, request },
		{ type: 'answered', at: at + took + 0.4, request, status: request % 17 === 0 ? 500 : 200 },
	);
	return events;
}
