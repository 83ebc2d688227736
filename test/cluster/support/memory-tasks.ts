import { type SharedKey, type TaskEngine, UnheardError } from '../../../src/cluster/engine.ts';
import type { Cancel, Clock } from '../../../src/sidekicks/ports.ts';
import type { Fate } from './memory-engine.ts';

/** One server's place in the network of tasks. */
export interface TaskPlace {
	/** Its clock: what arrives while it stands still waits. */
	readonly clock: Clock;
	/** It is connected. */
	isConnected(): boolean;
	/** Its process is gone, and with it what it has subscribed to. */
	isGone(): boolean;
}

type Subscription = {
	subject: string;
	place: TaskPlace;
	heard(bytes: Uint8Array, respond: (answer: Uint8Array) => void): void;
};

/** What carries tasks between all servers of a fleet, as NATS does: nothing is kept. */
export class TaskNetwork {
	readonly subscriptions = new Set<Subscription>();
	readonly clock: Clock;
	readonly fate: () => Fate;
	readonly random: () => number;
	/** Changes what arrives, or adds to it. */
	tamper: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;

	constructor(clock: Clock, fate: () => Fate, random: () => number) {
		this.clock = clock;
		this.fate = fate;
		this.random = random;
	}

	to(subject: string): Subscription[] {
		return [...this.subscriptions].filter((each) => each.subject === subject && !each.place.isGone());
	}
}

export class MemoryTasks implements TaskEngine {
	readonly #network: TaskNetwork;
	readonly #place: TaskPlace;

	constructor(network: TaskNetwork, place: TaskPlace) {
		this.#network = network;
		this.#place = place;
	}

	offer(key: SharedKey, bytes: Uint8Array): void {
		const members = this.#network.to(subjectOf('offers', key));
		const chosen = members[Math.floor(this.#network.random() * members.length)];
		if (chosen !== undefined) this.#send(chosen, bytes);
	}

	takeOffers(key: SharedKey, heard: (bytes: Uint8Array) => void): Cancel {
		return this.#subscribe(subjectOf('offers', key), heard);
	}

	announce(key: SharedKey): void {
		for (const each of this.#network.to(subjectOf('free', key))) this.#send(each, new Uint8Array());
	}

	hear(key: SharedKey, announced: () => void): Cancel {
		return this.#subscribe(subjectOf('free', key), announced);
	}

	ask(holder: string, bytes: Uint8Array, patience: number): Promise<Uint8Array> {
		return new Promise((resolve, reject) => {
			const [asked] = this.#network.to(`at ${holder}`);
			// NATS says so at once.
			if (asked === undefined) this.#place.clock.after(0, () => reject(new UnheardError('no responders')));
			this.#place.clock.after(patience, () => reject(new Error('timeout')));
			if (asked !== undefined) this.#send(asked, bytes, resolve);
		});
	}

	answer(holder: string, reply: (bytes: Uint8Array) => Promise<Uint8Array | undefined>): Cancel {
		return this.#subscribe(`at ${holder}`, (bytes, respond) => {
			void reply(bytes).then((answer) => answer && respond(answer));
		});
	}

	#subscribe(subject: string, heard: Subscription['heard']): Cancel {
		const subscription: Subscription = { subject, place: this.#place, heard };
		this.#network.subscriptions.add(subscription);
		return () => this.#network.subscriptions.delete(subscription);
	}

	#send({ place, heard }: Subscription, bytes: Uint8Array, answered?: (answer: Uint8Array) => void): void {
		const network = this.#network;
		const { there, back, lost } = network.fate();
		if (!this.#place.isConnected() || lost === 'there') return;
		this.#after(place, there, () => {
			heard(network.tamper(bytes.slice()), (answer) => {
				if (lost !== 'no' || !place.isConnected()) return;
				this.#after(this.#place, back, () => answered?.(network.tamper(answer.slice())));
			});
		});
	}

	/** Arrives there, if that server is connected then. */
	#after(place: TaskPlace, milliseconds: number, arrives: () => void): void {
		this.#network.clock.after(milliseconds, () => {
			if (place.isConnected()) place.clock.after(0, arrives);
		});
	}
}

function subjectOf(what: string, key: SharedKey): string {
	return JSON.stringify([what, key.scope, key.name]);
}
