import {
	AckPolicy,
	DeliverPolicy,
	JetStreamApiCodes,
	JetStreamApiError,
	type JetStreamManager,
	ReplayPolicy,
} from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node';

/** NATS says so often that there is nothing new, milliseconds; after so much silence the watch is lost. */
const HEARTBEAT = 500;
const SILENCE = 3 * HEARTBEAT;
/** Without a client NATS forgets a watch after so long, milliseconds. */
const FORGOTTEN = 30_000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/** A key's new value; undefined = it was deleted. */
export type BucketChange = { key: string; revision: number; value: Uint8Array | undefined };

/** What a watch tells. */
export interface BucketListener {
	/** What comes next is from the bucket that was made then: another one than before, if it was deleted meanwhile. */
	begins(created: string): void;
	heard(change: BucketChange): void;
	/** The bucket was deleted: the watch has stopped. */
	gone(): void;
}

/**
 * Tells the latest value of each key of a bucket, then every change. The client's own watch notices only after a minute that
 * the NATS server which fed it is gone; this one begins anew after SILENCE, and with whatever is the latest then. Revisions
 * of a key may come twice. Main thread.
 */
export class BucketWatch {
	readonly #nats: NatsConnection;
	readonly #manager: JetStreamManager;
	readonly #bucket: string;
	readonly #pattern: string;
	readonly #listener: BucketListener;
	readonly #watchdog: NodeJS.Timeout;
	#subscription: Subscription | undefined;
	/** Of the last message of the consumer; they count without gaps. */
	#sequence = 0;
	#lastHeard = performance.now();
	#isStarting = false;
	#stopped = false;

	/** @param pattern of keys */
	constructor(
		nats: NatsConnection,
		manager: JetStreamManager,
		bucket: string,
		pattern: string,
		listener: BucketListener,
	) {
		this.#nats = nats;
		this.#manager = manager;
		this.#bucket = bucket;
		this.#pattern = pattern;
		this.#listener = listener;
		this.#watchdog = setInterval(() => {
			if (performance.now() - this.#lastHeard > SILENCE) void this.#start();
		}, HEARTBEAT).unref();
		void this.#start();
	}

	stop(): void {
		this.#stopped = true;
		clearInterval(this.#watchdog);
		this.#subscription?.unsubscribe();
	}

	async #start(): Promise<void> {
		if (this.#isStarting) return;
		this.#isStarting = true;
		let pause = FIRST_PAUSE;
		while (!this.#stopped && !this.#nats.isClosed()) {
			try {
				await this.#subscribe();
				break;
			} catch (error) {
				if (isMissing(error) && !this.#stopped) {
					this.stop();
					this.#listener.gone();
					return;
				}
				await new Promise((resolve) => setTimeout(resolve, pause).unref());
				pause = Math.min(LONGEST_PAUSE, pause * 2);
			}
		}
		this.#lastHeard = performance.now();
		this.#isStarting = false;
	}

	async #subscribe(): Promise<void> {
		this.#subscription?.unsubscribe();
		this.#subscription = undefined;
		const created = await this.#created();
		if (this.#stopped) return;
		this.#listener.begins(created);
		const inbox = createInbox();
		this.#sequence = 0;
		const subscription = this.#nats.subscribe(inbox, {
			callback: (error, message) => {
				if (error === null && subscription === this.#subscription && !this.#stopped) this.#take(message);
			},
		});
		this.#subscription = subscription;
		await this.#manager.consumers.add(`KV_${this.#bucket}`, {
			deliver_subject: inbox,
			deliver_policy: DeliverPolicy.LastPerSubject,
			filter_subject: `$KV.${this.#bucket}.${this.#pattern}`,
			ack_policy: AckPolicy.None,
			replay_policy: ReplayPolicy.Instant,
			flow_control: true,
			idle_heartbeat: nanos(HEARTBEAT),
			inactive_threshold: nanos(FORGOTTEN),
			max_deliver: 1,
			mem_storage: true,
			num_replicas: 1,
		});
		if ((await this.#created()) !== created) throw new Error('the bucket was made anew meanwhile');
	}

	async #created(): Promise<string> {
		return (await this.#manager.streams.info(`KV_${this.#bucket}`)).created;
	}

	#take(message: Msg): void {
		this.#lastHeard = performance.now();
		if (message.headers?.code === 100) {
			// It waits for an answer once much is on its way.
			const stalled = message.headers.get('Nats-Consumer-Stalled');
			if (message.reply) message.respond();
			else if (stalled !== '') this.#nats.publish(stalled);
			return;
		}
		const { stream, consumer } = sequencesOf(message.reply ?? '');
		if (consumer !== this.#sequence + 1) {
			void this.#start();
			return;
		}
		this.#sequence = consumer;
		this.#listener.heard({
			key: message.subject.slice(`$KV.${this.#bucket}.`.length),
			revision: stream,
			value: message.headers?.get('KV-Operation') ? undefined : message.data,
		});
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** Where a message stands in the stream and among those of its consumer. NATS writes it into the subject for the answer. */
function sequencesOf(reply: string): { stream: number; consumer: number } {
	const parts = reply.split('.');
	// $JS.ACK.STREAM.CONSUMER.DELIVERED.…; later servers have the domain and the account before the stream.
	const at = parts.length > 9 ? 7 : 5;
	return { stream: Number(parts[at]), consumer: Number(parts[at + 1]) };
}
