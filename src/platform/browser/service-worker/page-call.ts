import { within } from '../../../time/within.ts';
import { ROUTES } from './frame-route.ts';
import {
	type FrameCall,
	type FrameHead,
	type FromFrameServer,
	pageLock,
	type ToFrameServer,
} from './worker-messages.ts';
import type { ServiceWorkerScope } from './worker-scope.ts';

/** How long a page may listen before it holds its lock, ms. */
const LOCK_GRACE = 1_000;

/**
 * One exchange with the page that has an id. The service worker keeps nothing between two of them: browsers stop it
 * whenever it is idle, so it looks for the page each time.
 */
export class PageCall {
	/** Resolves when the exchange is over for both sides, or the page is gone. Never rejects. */
	readonly ended: Promise<void>;
	readonly #worker: ServiceWorkerScope;
	readonly #pageId: string;
	readonly #here = Promise.withResolvers<void>();
	readonly #head = Promise.withResolvers<FrameHead>();
	readonly #end = Promise.withResolvers<void>();
	/** Ends the wait for the page's end. */
	readonly #over = new AbortController();
	/** To the page that was found. */
	#port: MessagePort | undefined;
	#timeout = 0;

	constructor(worker: ServiceWorkerScope, pageId: string) {
		this.#worker = worker;
		this.#pageId = pageId;
		this.ended = this.#end.promise.finally(() => {
			this.#over.abort();
			this.#port?.close();
		});
		// Nobody hears of it who gave up earlier.
		this.#head.promise.catch(() => {});
	}

	/**
	 * Finds the page.
	 *
	 * @param deadline milliseconds
	 * @returns the milliseconds that its app may take; `gone` = there is no such page; `silent` = it exists, but is busy
	 */
	async connect(deadline: number): Promise<number | 'gone' | 'silent'> {
		let gone = false;
		const end = this.#pageEnd().then(() => {
			gone = true;
		});
		const ports = await this.#callPages();
		const absent = end.then(() => within(LOCK_GRACE, this.#here.promise)).then((listens) => !listens);
		const found = this.#here.promise.then(() => false);
		await within(deadline, Promise.race([found, absent]));
		for (const port of ports) if (port !== this.#port) port.close();
		if (this.#port === undefined) {
			this.#end.resolve();
			return gone ? 'gone' : 'silent';
		}
		// Before the page had its lock, this was not its end. It has the lock now.
		void (gone ? this.#pageEnd() : end).then(() => this.#lose());
		return this.#timeout;
	}

	/** Asks every page of the origin; returns the ports on which they may answer. */
	async #callPages(): Promise<MessagePort[]> {
		const clients = await this.#worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
		const folder = this.#worker.registration.scope + ROUTES;
		return clients
			.filter(({ url }) => !url.startsWith(folder))
			.map((client) => {
				const { port1, port2 } = new MessageChannel();
				port1.onmessage = ({ data }: MessageEvent<FromFrameServer>) => this.#hear(port1, data);
				client.postMessage({ igor: 'frame', pageId: this.#pageId } satisfies FrameCall, [port2]);
				return port1;
			});
	}

	/** Passes the request to the page. Its body is moved, not copied. */
	send(message: ToFrameServer): void {
		const body = message.type === 'request' ? message.body : null;
		this.#port?.postMessage(message, body === null ? [] : [body]);
	}

	/** The start of the answer. Rejects with a sentence when there is none. */
	head(): Promise<FrameHead> {
		return this.#head.promise;
	}

	/** Tells the app that nobody waits for its answer any longer. Harmless when it has answered. */
	abort(): void {
		this.send({ type: 'abort' });
		this.#end.resolve();
	}

	#hear(port: MessagePort, message: FromFrameServer): void {
		if (message.type === 'here') {
			this.#port ??= port;
			this.#timeout = message.timeout;
			this.#here.resolve();
		} else if (message.type === 'head') {
			this.#head.resolve(message);
		} else {
			if (message.type === 'error') this.#head.reject(new Error(message.message));
			this.#end.resolve();
		}
	}

	/** Resolves when no page with this id exists; never when the exchange is over first. */
	#pageEnd(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		// A page holds its lock exclusively. Getting it means that the page is gone.
		this.#worker.navigator.locks
			.request(pageLock(this.#pageId), { mode: 'shared', signal: this.#over.signal }, () => resolve())
			.catch(() => {});
		return promise;
	}

	#lose(): void {
		this.#head.reject(new Error('The page that ran this app was closed or reloaded before the app had answered.'));
		this.#end.resolve();
	}
}
