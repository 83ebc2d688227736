/**
 * The globals of a service worker, as far as ours uses them. TypeScript has them in `lib: webworker`, which cannot be
 * loaded beside `lib: dom` in one program.
 */
export interface ServiceWorkerScope {
	readonly registration: ServiceWorkerRegistration;
	readonly clients: Clients;
	readonly caches: CacheStorage;
	readonly navigator: { readonly locks: LockManager };
	readonly location: { readonly origin: string };
	skipWaiting(): Promise<void>;
	addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
	addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
	addEventListener(type: 'message', listener: (event: ExtendableMessageEvent) => void): void;
}

/** An event that keeps the service worker running. */
export interface ExtendableEvent {
	waitUntil(promise: Promise<unknown>): void;
}

export interface ExtendableMessageEvent extends ExtendableEvent {
	readonly data: unknown;
	readonly ports: readonly MessagePort[];
}

export interface FetchEvent extends ExtendableEvent {
	readonly request: Request;
	respondWith(response: Promise<Response> | Response): void;
}

export interface Clients {
	claim(): Promise<void>;
	matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowClient[]>;
}

/** A tab or a frame of our origin. */
export interface WindowClient {
	readonly url: string;
	postMessage(message: unknown, transfer: Transferable[]): void;
}
