import type { BrowserContext, Page } from 'playwright-core';
import type {} from '../pages/page.ts';

/** How long a page may take up to its end or its start, ms. */
const DEADLINE = 20_000;

/** A tab with the page, which has come to an end: isolated, or a message. */
export interface Tab {
	readonly page: Page;
	/** What the console said that a visitor's developer would call an error. */
	readonly errors: string[];
	/** How often the document was loaded. */
	loads(): number;
}

/** Opens the page in a new tab and waits until it says how it went. */
export async function openTab(context: BrowserContext, url: string): Promise<Tab> {
	const page = await context.newPage();
	const errors: string[] = [];
	let loads = 0;
	page.on('console', (message) => {
		if (message.type() === 'error') errors.push(message.text());
	});
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('request', (request) => {
		if (request.isNavigationRequest() && request.frame() === page.mainFrame()) loads++;
	});
	await page.goto(url, { waitUntil: 'commit' });
	await settled(page);
	return { page, errors, loads: () => loads };
}

/** Waits until the page says how it went: also after a reload. */
export async function settled(page: Page): Promise<void> {
	await page.waitForFunction(() => window.page?.state !== undefined, undefined, { timeout: DEADLINE });
}

/** Stops all service workers, as the browser does with idle ones. */
export async function stopServiceWorkers(page: Page): Promise<void> {
	const session = await page.context().newCDPSession(page);
	await session.send('ServiceWorker.enable');
	await session.send('ServiceWorker.stopAllWorkers');
	await session.detach();
}
