import { within } from '../../../time/within.ts';
import { errorPage } from './error-page.ts';
import { type FrameRoute, seenLocation } from './frame-route.ts';
import { setIsolation } from './isolation-headers.ts';
import { PageCall } from './page-call.ts';
import type { FrameHead, FrameRequestMessage } from './worker-messages.ts';
import type { ServiceWorkerScope } from './worker-scope.ts';

/** How long a page may take to respond, ms: it can be busy starting. */
const PAGE_DEADLINE = 10_000;

/** A `Response` with one of these refuses a body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Answers a request of a frame, by the page whose id the route has. Never rejects.
 *
 * @param keepAlive hears the promise of the whole exchange; the service worker must run that long
 */
export async function answerRoute(
	worker: ServiceWorkerScope,
	route: FrameRoute,
	request: Request,
	keepAlive: (exchange: Promise<unknown>) => void,
): Promise<Response> {
	const back = worker.registration.scope;
	const call = new PageCall(worker, route.pageId);
	keepAlive(call.ended);
	// Firefox reports it. Chromium does not before the answer has begun; from then on it cancels the body.
	request.signal.addEventListener('abort', () => call.abort());
	try {
		const message = await requestMessage(request, route);
		const timeout = await call.connect(PAGE_DEADLINE);
		if (timeout === 'gone') {
			return errorPage(404, 'This app is not open', 'The page that ran it has been closed or reloaded.', back);
		}
		if (timeout === 'silent') {
			const seconds = `${PAGE_DEADLINE / 1000} seconds`;
			return errorPage(504, 'The page does not answer', `It has been busy for ${seconds}. Reload it.`, back);
		}
		call.send(message);
		const head = call.head();
		if (!(await within(timeout, head))) {
			call.abort();
			const sentence = `It has sent nothing for ${timeout / 1000} seconds. Check its threads and its log, or run it again.`;
			return errorPage(504, 'The app does not answer', sentence, back);
		}
		return toResponse(await head, route);
	} catch (error) {
		call.abort();
		return errorPage(502, 'The app has not answered', error instanceof Error ? error.message : String(error), back);
	}
}

/** The request as the app sees it. The browser hides some headers from a service worker: those that apps need are added. */
async function requestMessage(request: Request, route: FrameRoute): Promise<FrameRequestMessage> {
	const headers = new Headers(request.headers);
	headers.set('X-Forwarded-Prefix', route.prefix.slice(0, -1));
	if (!headers.has('Accept-Language')) headers.set('Accept-Language', languages());
	if (request.referrer.startsWith('http')) headers.set('Referer', seenReferrer(request.referrer, route));
	const safe = request.method === 'GET' || request.method === 'HEAD';
	if (!safe) headers.set('Origin', new URL(route.appUrl).origin);
	const body = safe ? null : await request.arrayBuffer();
	if (body !== null) headers.set('Content-Length', String(body.byteLength));
	return { type: 'request', method: request.method, url: route.appUrl, headers: [...headers], body };
}

/** What the browser would have said: `de,en;q=0.9`. */
function languages(): string {
	return navigator.languages
		.map((language, at) => (at === 0 ? language : `${language};q=${1 - Math.min(at, 9) / 10}`))
		.join(',');
}

/** The URL of the page that asked, without the route in front. */
function seenReferrer(referrer: string, route: FrameRoute): string {
	const url = new URL(referrer);
	if (url.pathname.startsWith(route.prefix)) url.pathname = url.pathname.slice(route.prefix.length - 1);
	return url.href;
}

function toResponse(head: FrameHead, route: FrameRoute): Response {
	const headers = new Headers(head.headers.map(([name, value]): [string, string] => [name, value]));
	const location = headers.get('Location');
	if (location !== null) headers.set('Location', seenLocation(location, route));
	setIsolation(headers);
	const { status, statusText } = head;
	return new Response(WITHOUT_BODY.has(status) ? null : head.body, { status, statusText, headers });
}
