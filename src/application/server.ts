import type { SidekickControl } from '../sidekicks/control.ts';

/** `fetch()` was called on a server that is closed or closing. */
export class ServerClosedError extends Error {
	override readonly name = 'ServerClosedError';
	readonly code = 'server_closed';

	constructor() {
		super('The server is closed and answers no more requests; call fetch() before close().');
	}
}

/** A running server: PHP threads, sidekicks, and a socket if one was asked for. */
export interface Server extends AsyncDisposable {
	/** Such as `http://127.0.0.1:8080`, without a final slash; `undefined` with `listen: false`. */
	readonly url: string | undefined;
	/** What the sidekicks of this server do; see `SidekickControl`. */
	readonly sidekicks: SidekickControl;
	/**
	 * Answers a request without a socket, through the same code as requests from the network. Both bodies stream; redirects
	 * are not followed, and cookies are not kept.
	 *
	 * @param input a path (`/page?x=1`), an absolute URL (its host becomes the Host header), or a web `Request`
	 * @throws ServerClosedError after `close()`; the request's abort reason; an error when the response breaks off
	 */
	fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
	/**
	 * Takes no more connections, finishes the running requests, stops the sidekicks and the PHP threads. What still
	 * runs after the stop timeout is terminated. May be called more than once.
	 */
	close(): Promise<void>;
}
