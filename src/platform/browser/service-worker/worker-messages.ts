/**
 * What the service worker, the page and its web worker say to each other about one request of a frame:
 *
 * ```
 * service worker                      page                                  where PHP is
 *   FrameCall, with a port  ───────►  is it mine?
 *                           ◄───────  FrameHere
 *   FrameRequest            ────────────────────────── the same port ─────► fetch()
 *                           ◄────────────────────────────────────────────── FrameHead, with the body
 *                           ◄────────────────────────────────────────────── FrameEnd, once the body is through
 * ```
 *
 * A page of an older version may talk with a newer service worker: add to these types, do not change them.
 */

/** Goes to every page of the origin; the one that has this id answers on the port that comes with it. */
export type FrameCall = { readonly igor: 'frame'; readonly pageId: string };

/** The page exists. `timeout`: milliseconds within which the head of the app's answer has to come. */
export type FrameHere = { readonly type: 'here'; readonly timeout: number };

/** The request. `url` is what the app sees: its own origin and path, without the route. */
export type FrameRequestMessage = {
	readonly type: 'request';
	readonly method: string;
	readonly url: string;
	readonly headers: readonly HeaderPair[];
	readonly body: ArrayBuffer | null;
};

/** Nobody waits for the answer any more. */
export type FrameAbort = { readonly type: 'abort' };

export type FrameHead = {
	readonly type: 'head';
	readonly status: number;
	readonly statusText: string;
	readonly headers: readonly HeaderPair[];
	/** A stream where the browser can transfer one. */
	readonly body: ReadableStream<Uint8Array> | ArrayBuffer | null;
};

/** The body has been read to its end, or cancelled: the service worker may stop. */
export type FrameEnd = { readonly type: 'end' };

/** There is no answer; a sentence. */
export type FrameError = { readonly type: 'error'; readonly message: string };

export type HeaderPair = readonly [name: string, value: string];

export type ToFrameServer = FrameRequestMessage | FrameAbort;
export type FromFrameServer = FrameHere | FrameHead | FrameEnd | FrameError;

/** From a page: store what it has loaded, so that it starts without a network. The port hears a `KeepResult`. */
export type KeepCall = { readonly igor: 'keep'; readonly document: string; readonly urls: readonly string[] };

/** How many files are stored now, and how many could not be (no space, no network, no such file). */
export type KeepResult = { readonly kept: number; readonly failed: number };

/** The Web Lock that a page with this id holds while it lives: so others see its end, whatever ended it. */
export function pageLock(pageId: string): string {
	return `igor-page:${pageId}`;
}
