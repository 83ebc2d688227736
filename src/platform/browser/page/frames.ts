import { PAGE_ID, ROUTES } from '../service-worker/frame-route.ts';
import { type FrameCall, type FrameHere, pageLock } from '../service-worker/worker-messages.ts';
import { answerFrame, type FrameFetch } from './answer-frame.ts';
import { CookieJar } from './cookie-jar.ts';

/** The frames of a page, as long as it serves them. */
export interface Frames {
	/** URL of a path of the app (`/cart?x=1`), for the `src` of a frame, or for a tab. */
	url(path: string): string;
	/** Serves no more requests: frames get a 404 page. */
	close(): void;
}

/** Common options of `serveFrames()` and `forwardFrames()`. */
export type FramesOptions = {
	/** Letters, digits, `-`, `_`; a new one for each load of the page, such as `crypto.randomUUID()`. */
	readonly pageId: string;
	/** The scope that `prepareIsolation()` had. Default: the folder of the page. */
	readonly scope?: string | URL;
	/** Milliseconds within which the head of the answer has to come; then the frame gets a 504 page. Default 120,000. */
	readonly timeout?: number;
};

/**
 * Answers the requests of frames below `<scope>php/<pageId>/` in the page itself, by `fetch`. The app's cookies are kept
 * in memory. Requests get this far when the service worker is active; see `Isolated.frames`.
 *
 * @throws TypeError for a page id with other characters
 */
export function serveFrames(options: FramesOptions & { readonly fetch: FrameFetch }): Frames {
	const cookies = new CookieJar();
	return forwardFrames(options, (port) => answerFrame(port, options.fetch, cookies));
}

/**
 * Like `serveFrames()`, but passes each request on, as a port: transfer it to the web worker where the app runs, and call
 * `answerFrame()` there.
 *
 * @throws TypeError for a page id with other characters
 */
export function forwardFrames(options: FramesOptions, forward: (port: MessagePort) => void): Frames {
	const { pageId, timeout = 120_000 } = options;
	if (!PAGE_ID.test(pageId)) {
		throw new TypeError(
			`Page ids have up to 64 letters, digits, "-" and "_", but not what is in ${JSON.stringify(pageId)}`,
		);
	}
	const base = new URL(`${ROUTES}${pageId}/`, new URL(options.scope ?? './', document.baseURI));
	const closed = Promise.withResolvers<void>();
	const closing = new AbortController();
	const locked = holdLock(pageId, closing.signal, closed.promise);

	const hear = async ({ data, ports: [port] }: MessageEvent<Partial<FrameCall> | null>) => {
		if (data?.igor !== 'frame' || data.pageId !== pageId || port === undefined) return;
		// Others can only see the end of a page that holds its lock, so the lock comes first.
		await locked;
		if (closing.signal.aborted) return;
		port.postMessage({ type: 'here', timeout } satisfies FrameHere);
		forward(port);
	};
	navigator.serviceWorker?.addEventListener('message', hear);
	// Otherwise messages wait until the document is parsed.
	navigator.serviceWorker?.startMessages();
	return {
		url: (path) => base.href + path.replace(/^\/+/, ''),
		close() {
			navigator.serviceWorker?.removeEventListener('message', hear);
			closing.abort();
			closed.resolve();
		},
	};
}

/** Holds the lock of the page until `until`. Resolves once it has it; never when another page has this id. */
function holdLock(pageId: string, signal: AbortSignal, until: Promise<void>): Promise<void> {
	const locked = Promise.withResolvers<void>();
	navigator.locks
		.request(pageLock(pageId), { signal }, () => {
			locked.resolve();
			return until;
		})
		.catch(() => {
			// Closed before it got the lock.
		});
	return locked.promise;
}
