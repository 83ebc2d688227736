import { within } from '../../../time/within.ts';
import { missingInBrowser, type Unsupported, unsupported } from './browser-support.ts';

/** The page shares memory with its workers. */
export type Isolated = {
	readonly state: 'isolated';
	/**
	 * Resolves when frames can be loaded: the service worker is active. Rejects with a sentence when there will be none;
	 * everything else works without one.
	 */
	readonly frames: Promise<void>;
};

/** How long the service worker may take to be installed, ms. */
const INSTALL_DEADLINE = 15_000;

/** How long a page may go on after it was told to reload, ms. */
const RELOAD_DEADLINE = 10_000;

/** Set while the reload that we asked for is under way. */
const RELOADED = 'igorReloaded';

/**
 * Makes the page cross-origin isolated: only then can PHP threads share memory. Where the host does not send the headers
 * for that, a service worker adds them, and the page reloads once: then this never returns. Call it before anything else
 * starts.
 *
 * @param serviceWorkerUrl the script that is built from `service-worker/service-worker.ts`
 * @param scope the folder whose pages and frames it serves; default: the one that the script lies in
 */
export async function prepareIsolation(
	serviceWorkerUrl: string | URL,
	scope: string | URL = new URL('./', new URL(serviceWorkerUrl, document.baseURI)),
): Promise<Isolated | Unsupported> {
	const missing = missingInBrowser();
	if (missing !== undefined) return missing;
	const script = new URL(serviceWorkerUrl, document.baseURI);
	const folder = new URL(scope, document.baseURI);
	if (crossOriginIsolated) {
		reloadMark.remove();
		const frames = install(script, folder);
		frames.catch(() => {});
		// Looks for a new version, without waiting: if one is already active, this takes more than a second.
		if (navigator.serviceWorker?.controller) void register(script, folder).catch(() => {});
		return { state: 'isolated', frames };
	}
	return isolateByReload(script, folder);
}

async function isolateByReload(script: URL, folder: URL): Promise<Unsupported> {
	if (window.top !== window) {
		return unsupported(
			'not-isolated',
			'This page is shown inside another page that does not share memory. Open it in a tab of its own.',
		);
	}
	if (reloadMark.has()) {
		// So that the visitor's own reload tries again.
		reloadMark.remove();
		return unsupported(
			'not-isolated',
			'This page could not be isolated from others, which shared memory needs: something removes its headers. ' +
				'Turn off extensions that change headers, or try another browser.',
		);
	}
	reloadMark.set();
	try {
		await install(script, folder);
	} catch (error) {
		reloadMark.remove();
		return unsupported('no-service-worker', error instanceof Error ? error.message : String(error));
	}
	location.reload();
	// The page ends here. When it does not, something holds it back: a dialog, or a sandbox.
	await within(RELOAD_DEADLINE, new Promise(() => {}));
	return unsupported('not-isolated', 'This page has to be loaded again before it can run PHP. Reload it.');
}

/** Resolves as soon as there is a service worker for the folder. Rejects with a sentence. */
async function install(script: URL, folder: URL): Promise<void> {
	const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
	if (container === undefined) {
		throw new Error(
			'This browser offers no service workers here, as in some private windows. Open the page in a normal window.',
		);
	}
	const known = await container.getRegistration(folder).catch(() => undefined);
	// A page that was reloaded with the shift key has no service worker, although there is one.
	if (known?.scope === folder.href && known.active) return;
	const registration = await register(script, folder).catch((cause: unknown) => {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Error(
			`The service worker cannot be installed (${why}). In a private window, open the page in a normal one; else reload it.`,
			{ cause },
		);
	});
	if (!(await within(INSTALL_DEADLINE, active(registration)))) {
		throw new Error('The service worker has not started within 15 seconds. Reload the page.');
	}
}

function register(script: URL, folder: URL): Promise<ServiceWorkerRegistration> {
	return navigator.serviceWorker.register(script, { scope: folder.pathname });
}

/** Resolves once the service worker gets requests. It may still be activating; requests wait for that. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
	const worker = registration.installing ?? registration.waiting ?? registration.active;
	if (worker === null || registration.active) return;
	await new Promise<void>((resolve, reject) => {
		worker.addEventListener('statechange', () => {
			if (worker.state === 'activating' || worker.state === 'activated') resolve();
			if (worker.state === 'redundant')
				reject(new Error('The service worker could not be installed. Reload the page.'));
		});
	});
}

/**
 * Marks the entry in the tab's history, which survives the reload. Session storage may not: the page comes back in another
 * process, and Chromium's processes do not always see each other's last changes.
 */
const reloadMark = {
	has: () => RELOADED in historyState(),
	set: () => history.replaceState({ ...historyState(), [RELOADED]: true }, ''),
	remove(): void {
		const { [RELOADED]: mark, ...others } = historyState();
		if (mark !== undefined) history.replaceState(Object.keys(others).length > 0 ? others : null, '');
	},
};

function historyState(): Record<string, unknown> {
	const state: unknown = history.state;
	return typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {};
}
