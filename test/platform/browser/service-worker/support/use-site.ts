import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchChromium, noChromium } from '../../../../support/browsers/chromium.ts';
import { buildSite } from './site.ts';
import { openStaticHost, type StaticHost } from './static-host.ts';

/** For each test a new host with the built page, and a new profile of one Chromium. */
export interface Site {
	host: StaticHost;
	context: BrowserContext;
}

/** Registers the hooks; the fields are set while a test runs. */
export function useSite(): Site {
	const site = {} as Site;
	let browser: Browser;
	let files: Awaited<ReturnType<typeof buildSite>>;
	beforeAll(async () => {
		if (noChromium !== undefined) return console.info(noChromium);
		[browser, files] = await Promise.all([launchChromium(), buildSite()]);
	});
	beforeEach(async () => {
		site.host = await openStaticHost(new Map(files));
		site.context = await browser.newContext();
	});
	afterEach(async () => {
		await site.context?.close();
		await site.host?.[Symbol.asyncDispose]();
	});
	afterAll(() => browser?.close());
	return site;
}
