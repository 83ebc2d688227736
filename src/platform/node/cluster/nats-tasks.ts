import { errors, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { type SharedKey, type TaskEngine, UnheardError } from '../../../cluster/engine.ts';
import type { Cancel } from '../../../sidekicks/ports.ts';
import { keyOf, taskSubjects } from './nats-keys.ts';

/** All servers that take offers are one of these: NATS gives each offer to one of them. */
const QUEUE_GROUP = 'igor';

/** What is subscribed to, on whatever connection there is. */
type Wish = {
	readonly subject: string;
	readonly queue: string | undefined;
	readonly heard: (bytes: Uint8Array, respond: (bytes: Uint8Array) => void) => void;
	subscription: Subscription | undefined;
};

/** Tasks as messages of NATS itself: JetStream keeps none of them. Main thread. */
export class NatsTasks implements TaskEngine {
	readonly #subjects: ReturnType<typeof taskSubjects>;
	readonly #wishes = new Set<Wish>();
	#nats: NatsConnection | undefined;

	constructor(fleet: string) {
		this.#subjects = taskSubjects(fleet);
	}

	/** There is a connection. A former one that has reconnected keeps its subscriptions. */
	attach(nats: NatsConnection): void {
		if (nats === this.#nats) return;
		this.#nats = nats;
		for (const wish of this.#wishes) this.#subscribe(wish);
	}

	offer(key: SharedKey, bytes: Uint8Array): void {
		this.#publish(this.#subjects.offers(keyOf(key)), bytes);
	}

	takeOffers(key: SharedKey, heard: (bytes: Uint8Array) => void): Cancel {
		return this.#wish(this.#subjects.offers(keyOf(key)), heard, QUEUE_GROUP);
	}

	announce(key: SharedKey): void {
		this.#publish(this.#subjects.free(keyOf(key)), new Uint8Array());
	}

	hear(key: SharedKey, announced: () => void): Cancel {
		return this.#wish(this.#subjects.free(keyOf(key)), announced);
	}

	async ask(holder: string, bytes: Uint8Array, patience: number): Promise<Uint8Array> {
		if (this.#nats === undefined) throw new Error('there is no connection');
		try {
			const { data } = await this.#nats.request(this.#subjects.at(holder), bytes, { timeout: Math.max(1, patience) });
			return data;
		} catch (error) {
			const isUnheard = error instanceof errors.RequestError && error.isNoResponders();
			throw isUnheard ? new UnheardError(error.message, { cause: error }) : error;
		}
	}

	answer(holder: string, reply: (bytes: Uint8Array) => Promise<Uint8Array | undefined>): Cancel {
		return this.#wish(this.#subjects.at(holder), (bytes, respond) => {
			reply(bytes).then(
				(answer) => answer && respond(answer),
				// Who gets no answer asks again.
				() => {},
			);
		});
	}

	#publish(subject: string, bytes: Uint8Array): void {
		try {
			this.#nats?.publish(subject, bytes);
		} catch {
			// The connection is closed: what is offered gets lost, and is offered again.
		}
	}

	#wish(subject: string, heard: Wish['heard'], queue?: string): Cancel {
		const wish: Wish = { subject, queue, heard, subscription: undefined };
		this.#wishes.add(wish);
		this.#subscribe(wish);
		return () => {
			this.#wishes.delete(wish);
			wish.subscription?.unsubscribe();
		};
	}

	#subscribe(wish: Wish): void {
		if (this.#nats === undefined || this.#nats.isClosed()) return;
		wish.subscription = this.#nats.subscribe(wish.subject, {
			...(wish.queue !== undefined && { queue: wish.queue }),
			callback: (error, message) => {
				if (error !== null) return;
				wish.heard(message.data, (bytes) => {
					try {
						message.respond(bytes);
					} catch {
						// The connection is closed.
					}
				});
			},
		});
	}
}
