import { browserFacts, type Obstacle, obstacleAfter, obstacleBefore, obstacleOfWorker } from './environment.ts';

const RELOADS = 'igor.playground.reloads';
/** Milliseconds that the service worker gets to take over. */
const TAKE_OVER = 5000;

/**
 * Makes the page ready for PHP: a service worker that isolates it and brings requests. On a first visit that takes one
 * reload, and then the promise stays pending: the page goes away.
 * @returns what is in the way; undefined = nothing
 */
export async function prepareBrowser(): Promise<Obstacle | undefined> {
	const facts = browserFacts();
	const before = obstacleBefore(facts);
	if (before !== undefined) return before;
	const container = navigator.serviceWorker;
	if (container.controller !== null && facts.isolated) {
		forgetReloads();
		// Later, and not awaited: registering waits for the browser's own look at the script, more than a second.
		setTimeout(() => container.register('service-worker.js').catch(() => {}), 3000);
		return obstacleAfter(facts);
	}
	try {
		const registration = await container.register('service-worker.js');
		if (container.controller === null && registration.active === null) await controlled(container);
	} catch (error) {
		return obstacleOfWorker(error instanceof Error ? error.message : String(error));
	}
	if (facts.isolated && container.controller !== null) return obstacleAfter(facts);
	if (reloads() >= 2) {
		forgetReloads();
		return obstacleAfter(facts) ?? obstacleOfWorker('it does not take over the page');
	}
	countReload();
	location.reload();
	return new Promise(() => {});
}

/** Resolves when the service worker has taken over, or after a while: a reload helps then. */
function controlled(container: ServiceWorkerContainer): Promise<void> {
	return new Promise((resolve) => {
		container.addEventListener('controllerchange', () => resolve(), { once: true });
		setTimeout(resolve, TAKE_OVER);
	});
}

function reloads(): number {
	try {
		return Number(sessionStorage.getItem(RELOADS) ?? 0);
	} catch {
		// Without memory nobody could count: rather no reload than one after another.
		return 2;
	}
}

function countReload(): void {
	sessionStorage.setItem(RELOADS, `${reloads() + 1}`);
}

function forgetReloads(): void {
	try {
		sessionStorage.removeItem(RELOADS);
	} catch {
		// Nothing was counted then.
	}
}
