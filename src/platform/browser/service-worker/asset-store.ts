import { within } from '../../../time/within.ts';
import { isHashed } from '../threads/asset-names.ts';
import { errorPage } from './error-page.ts';
import { ROUTES } from './frame-route.ts';
import type { KeepResult } from './worker-messages.ts';

/** How long the network may take for a file that is also stored, ms. */
const NETWORK_DEADLINE = 2_500;

/** How long the network counts as slow after it was too slow once, ms: the next files do not wait for it. */
const SLOW_FOR = 20_000;

/** How long a fetch just for storing may take, ms. */
const KEEP_DEADLINE = 120_000;

/** Looks like a file by its name, not like a response of a program on the server. */
const FILE = /\.(?!php$)\w+$/;

/** PHP's files: `loadPhp()` looks into the stores itself, and 20 MB arrive sooner without a service worker. */
const PHP_BINARY = /\/(franken)?php-[^/]*\.(wasm|so|ini)$/;

/** What pages and web workers load by themselves; `''` is `fetch()`. */
const KINDS = new Set(['', 'script', 'style', 'image', 'font', 'manifest', 'worker', 'sharedworker']);

const DOCUMENTS = new Set(['document', 'iframe', 'frame']);

/**
 * The files of the page, stored as they are loaded: the second visit needs no network. One store per version of the
 * service worker. It is no error when nothing can be stored (no space left, a private window).
 */
export class AssetStore {
	readonly #caches: CacheStorage;
	readonly #scope: URL;
	readonly #prefix: string;
	readonly #name: string;
	/** By `performance.now()`. Only a hint: it may be lost with the service worker at any time. */
	#slowUntil = 0;

	/** @param version changes with each build of the page */
	constructor(caches: CacheStorage, scope: URL, version: string) {
		this.#caches = caches;
		this.#scope = scope;
		this.#prefix = `igor:${scope.pathname}:`;
		this.#name = this.#prefix + version;
	}

	/** Whether a request is for a file of the page that goes through the store. */
	handles(request: Request): boolean {
		if (request.method !== 'GET' || request.headers.has('Range') || request.cache === 'no-store') return false;
		if (request.cache === 'only-if-cached') return false;
		const url = new URL(request.url);
		if (request.destination === '' && isHashed(url) && PHP_BINARY.test(url.pathname)) return false;
		return this.#isFile(url, request.destination);
	}

	/**
	 * Answers a request for a file of the page: from the store if its name contains a hash, else from the network if that
	 * answers in time.
	 *
	 * @param keepAlive hears what goes on after the answer
	 */
	async answer(request: Request, keepAlive: (work: Promise<unknown>) => void): Promise<Response> {
		const isDocument = DOCUMENTS.has(request.destination);
		const stored = this.#find(request.url);
		if (!isDocument && isHashed(new URL(request.url))) {
			const hit = await stored;
			if (hit !== undefined) return hit;
		}
		const network = fetch(request);
		// Big files come by fetch(). To store them while they arrive costs the first visit 100 ms: `keep()` does it later.
		// Cloned first, before anybody reads.
		const copied = network.then((response) => {
			return request.destination !== '' && isStorable(response) && this.#put(request.url, response.clone());
		});
		keepAlive(Promise.allSettled([network, copied]));
		if (!(await this.#arrivesInTime(network))) {
			const hit = await stored;
			if (hit !== undefined) return hit;
		}
		return network.catch((error: unknown) => {
			if (!isDocument) throw error;
			const sentence = 'There is no network, and this page has not been stored by an earlier visit.';
			return errorPage(503, 'No network', sentence, this.#scope.href);
		});
	}

	/** Stores what a page says it has loaded. Most of it comes from the HTTP cache of the browser. */
	async keep(document: string, urls: readonly string[]): Promise<KeepResult> {
		const files = urls.filter((url) => FILE.test(URL.parse(url)?.pathname ?? ''));
		const wanted = new Set([document, ...files].map(storedUrl).filter((url) => this.#belongs(new URL(url))));
		let kept = 0;
		for (const url of wanted) if ((await this.#find(url)) !== undefined || (await this.#fetchAndPut(url))) kept++;
		return { kept, failed: wanted.size - kept };
	}

	/** Removes what older versions have stored. */
	async removeOldVersions(): Promise<void> {
		const names = await this.#caches.keys().catch(() => []);
		const old = names.filter((name) => name.startsWith(this.#prefix) && name !== this.#name);
		await Promise.allSettled(old.map((name) => this.#caches.delete(name)));
	}

	async #arrivesInTime(network: Promise<Response>): Promise<boolean> {
		try {
			const slow = performance.now() < this.#slowUntil;
			if (await within(slow ? 0 : NETWORK_DEADLINE, network)) return true;
			this.#slowUntil = performance.now() + SLOW_FOR;
			return false;
		} catch {
			return false;
		}
	}

	#isFile(url: URL, destination: RequestDestination): boolean {
		if (!this.#belongs(url)) return false;
		return DOCUMENTS.has(destination) || (KINDS.has(destination) && (destination !== '' || FILE.test(url.pathname)));
	}

	#belongs(url: URL): boolean {
		const { origin, pathname } = this.#scope;
		return url.origin === origin && url.pathname.startsWith(pathname) && !url.pathname.startsWith(pathname + ROUTES);
	}

	async #find(url: string): Promise<Response | undefined> {
		try {
			// Not `open()`: that would recreate the store of a version that is gone.
			return await this.#caches.match(storedUrl(url), { cacheName: this.#name, ignoreVary: true });
		} catch {
			return undefined;
		}
	}

	async #fetchAndPut(url: string): Promise<boolean> {
		try {
			// A file that never changes is not requested again, however old the browser's copy is.
			const cache = isHashed(new URL(url)) ? 'force-cache' : 'default';
			return await this.#put(url, await fetch(url, { cache, signal: AbortSignal.timeout(KEEP_DEADLINE) }));
		} catch {
			return false;
		}
	}

	/** @returns whether it is stored now */
	async #put(url: string, response: Response): Promise<boolean> {
		try {
			if (!isStorable(response)) return false;
			const cache = await this.#caches.open(this.#name);
			await cache.put(storedUrl(url), response);
			return true;
		} catch {
			return false;
		}
	}
}

function isStorable({ status, type, headers }: Response): boolean {
	return status === 200 && type === 'basic' && !/\bno-store\b/i.test(headers.get('Cache-Control') ?? '');
}

/** A page's query is for its scripts: the file is the same. */
function storedUrl(href: string): string {
	const url = new URL(href);
	url.hash = '';
	if (!FILE.test(url.pathname) || url.pathname.endsWith('.html')) url.search = '';
	return url.href;
}
