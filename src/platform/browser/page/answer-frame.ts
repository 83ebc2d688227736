import type {
	FrameError,
	FrameHead,
	FrameRequestMessage,
	FromFrameServer,
	ToFrameServer,
} from '../service-worker/worker-messages.ts';
import { CookieJar } from './cookie-jar.ts';

/** A frame's request. Also usable as `RequestInit`; a `Request` would lose `Cookie` and `Referer` in a browser. */
export type FrameRequest = {
	readonly method: string;
	/** As the app sees it: the origin of the page, and the path below the app's root. */
	readonly url: string;
	readonly headers: Headers;
	readonly body: ArrayBuffer | null;
	/** Aborts when nobody waits for the answer any more. */
	readonly signal: AbortSignal;
};

/** An app's answer. A `Response` is one, but a `Response` made by a script cannot hold `Set-Cookie`. */
export type FrameAnswer = {
	readonly status: number;
	readonly statusText?: string;
	readonly headers: Headers;
	readonly body: ReadableStream<Uint8Array> | null;
};

/** What answers the requests of frames. Rejects when there is no answer; the message is shown in the frame. */
export type FrameFetch = (request: FrameRequest) => Promise<FrameAnswer>;

/**
 * Answers one request of a frame, in the page or in a web worker of it: wherever the port from `forwardFrames()` is.
 *
 * @param port comes with the request, and is closed by the other side
 * @param cookies of the app; pass the same jar with each request
 */
export function answerFrame(port: MessagePort, fetch: FrameFetch, cookies: CookieJar = new CookieJar()): void {
	const abort = new AbortController();
	port.onmessage = ({ data }: MessageEvent<ToFrameServer>) => {
		if (data.type === 'abort') abort.abort();
		else
			answer(data, port, fetch, cookies, abort.signal).catch((error: unknown) => {
				const message = error instanceof Error ? error.message : String(error);
				port.postMessage({ type: 'error', message } satisfies FrameError);
			});
	};
}

async function answer(
	message: FrameRequestMessage,
	port: MessagePort,
	fetch: FrameFetch,
	cookies: CookieJar,
	signal: AbortSignal,
): Promise<void> {
	const { method, url, body } = message;
	const headers = new Headers(message.headers.map(([name, value]): [string, string] => [name, value]));
	const cookie = cookies.header(url);
	if (cookie !== undefined) headers.set('Cookie', cookie);
	const answered = await fetch({ method, url, headers, body, signal });
	cookies.store(url, answered.headers.getSetCookie());
	const tell = (event: FromFrameServer, transfer: Transferable[] = []) => port.postMessage(event, transfer);
	const head = {
		type: 'head',
		status: answered.status,
		statusText: answered.statusText ?? '',
		headers: [...answered.headers].filter(([name]) => name !== 'set-cookie'),
	} satisfies Omit<FrameHead, 'body'>;
	const end = () => tell({ type: 'end' });
	if (answered.body === null) {
		tell({ ...head, body: null });
		end();
	} else if (streamsTravel()) {
		const stream = watched(answered.body, end);
		tell({ ...head, body: stream }, [stream]);
	} else {
		const whole = await new Response(answered.body).arrayBuffer();
		tell({ ...head, body: whole }, [whole]);
		end();
	}
}

/** The same stream; `ended` is called once, when it has been read to its end or cancelled. */
function watched(body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					const { done, value } = await reader.read();
					if (!done) return controller.enqueue(value);
					controller.close();
				} catch (error) {
					controller.error(error);
				}
				ended();
			},
			async cancel(reason) {
				ended();
				await reader.cancel(reason);
			},
		},
		// Only on demand: PHP feels the reader's back-pressure.
		{ highWaterMark: 0 },
	);
}

let travels: boolean | undefined;

/** Whether streams can be transferred: since Chromium 87 and Firefox 103, in Safari not everywhere. */
function streamsTravel(): boolean {
	if (travels !== undefined) return travels;
	const { port1, port2 } = new MessageChannel();
	try {
		const stream = new ReadableStream();
		port1.postMessage(stream, [stream]);
		travels = true;
	} catch {
		travels = false;
	} finally {
		port1.close();
		port2.close();
	}
	return travels;
}
