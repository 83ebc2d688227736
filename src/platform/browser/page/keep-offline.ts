import { within } from '../../../time/within.ts';
import type { KeepCall, KeepResult } from '../service-worker/worker-messages.ts';
import { broughtFiles } from '../threads/browser-binaries.ts';

/** How long storing may take, ms: it fetches what the HTTP cache lacks. */
const DEADLINE = 180_000;

/** How long a busy browser may delay it, ms. */
const IDLE_DEADLINE = 5_000;

/**
 * Has the service worker store all that the page has loaded so far, so that the next visit needs no network. Call it when
 * everything runs. It waits for an idle moment; big files come from the HTTP cache. Tells a new version of the service
 * worker again.
 *
 * @param more URLs that the page does not load by itself: what its workers fetch
 * @returns how many are stored; undefined when there is no service worker, or it does not answer
 */
export async function keepOffline(more: readonly (string | URL)[] = []): Promise<KeepResult | undefined> {
	const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
	if (container === undefined) return undefined;
	const urls = () => loadedUrls().concat(more.map((url) => new URL(url, document.baseURI).href));
	container.addEventListener('controllerchange', () => {
		void whenIdle().then(() => keep(container.controller, urls()));
	});
	await whenIdle();
	const registration = await container.getRegistration();
	return keep(container.controller ?? registration?.active, urls());
}

async function keep(worker: ServiceWorker | null | undefined, urls: string[]): Promise<KeepResult | undefined> {
	if (!worker) return undefined;
	const { port1, port2 } = new MessageChannel();
	const answered = new Promise<KeepResult>((resolve) => {
		port1.onmessage = ({ data }: MessageEvent<KeepResult>) => resolve(data);
	});
	worker.postMessage({ igor: 'keep', document: location.href, urls } satisfies KeepCall, [port2]);
	const inTime = await within(DEADLINE, answered);
	port1.close();
	return inTime ? answered : undefined;
}

/** What the page has loaded from its origin. */
function loadedUrls(): string[] {
	// PHP's files do not come from the network when an older version of the page has stored them.
	const urls = [...performance.getEntriesByType('resource').map(({ name }) => name), ...broughtFiles()];
	return urls.filter((url) => URL.parse(url)?.origin === location.origin);
}

function whenIdle(): Promise<void> {
	return new Promise((resolve) => {
		if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: IDLE_DEADLINE });
		else setTimeout(resolve, 200);
	});
}
