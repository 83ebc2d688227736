/**
 * The service worker of the playground, and of any page that runs apps in frames. It adds the headers that a plain host
 * cannot send, lets the page answer `<scope>php/<pageId>/…`, and stores the files of the page.
 *
 * It has no state: browsers stop it whenever it is idle.
 */

import { answerRoute } from './answer-route.ts';
import { AssetStore } from './asset-store.ts';
import { routeByReferrer, routeOf } from './frame-route.ts';
import { isolated } from './isolation-headers.ts';
import type { KeepCall } from './worker-messages.ts';
import type { FetchEvent, ServiceWorkerScope } from './worker-scope.ts';

/** Set by the build: it changes with each build of the page. */
declare const IGOR_BUILD: string | undefined;

const worker = globalThis as unknown as ServiceWorkerScope;
const scope = new URL(worker.registration.scope);
const store = new AssetStore(worker.caches, scope, typeof IGOR_BUILD === 'string' ? IGOR_BUILD : 'unversioned');

/** Frames and scripts of web workers need the headers, too, or an isolated page may not load them. */
const ISOLATED = new Set(['document', 'iframe', 'frame', 'worker', 'sharedworker']);

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener('activate', (event) =>
	event.waitUntil(Promise.all([worker.clients.claim(), store.removeOldVersions()])),
);

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== scope.origin) return;
	const route = routeOf(url, scope);
	if (route !== undefined) {
		event.respondWith(answerRoute(worker, route, request, (exchange) => event.waitUntil(exchange)));
	} else if (!leadsIntoApp(event, url) && store.handles(request)) {
		const answer = store.answer(request, (work) => event.waitUntil(work));
		event.respondWith(ISOLATED.has(request.destination) ? answer.then(isolated) : answer);
	}
});

worker.addEventListener('message', (event) => {
	const message = event.data as KeepCall | null;
	if (message?.igor !== 'keep') return;
	const [port] = event.ports;
	const kept = store.keep(message.document, message.urls);
	event.waitUntil(kept.then((result) => port?.postMessage(result)));
});

/** An app's page requests `/logo.png`, or links to `/cart`: it does not know that it is below a route. */
function leadsIntoApp(event: FetchEvent, url: URL): boolean {
	const { request } = event;
	const route = request.destination === 'document' ? undefined : routeByReferrer(url, request.referrer, scope);
	if (route === undefined) return false;
	if (request.mode === 'navigate') {
		const seen = route.prefix + url.pathname.slice(1) + url.search;
		// 307 keeps the method and the body.
		event.respondWith(new Response(null, { status: 307, headers: { Location: seen } }));
	} else {
		event.respondWith(answerRoute(worker, route, request, (exchange) => event.waitUntil(exchange)));
	}
	return true;
}
