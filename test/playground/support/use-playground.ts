import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { StaticHost } from '../../platform/browser/service-worker/support/static-host.ts';
import { launchChromium, noChromium } from '../../support/browsers/chromium.ts';
import { hostPlayground, Visitor } from './playground.ts';

/** What a test works with. */
export interface PlaygroundSetting {
	host: StaticHost;
	browser: Browser;
	/** A new visitor, who leaves when the test ends. */
	visitor(options?: BrowserContextOptions, before?: (context: BrowserContext) => Promise<unknown>): Promise<Visitor>;
}

/** Registers the hooks: one browser and one host for the tests of a file. */
export function usePlayground(): PlaygroundSetting {
	const visitors: Visitor[] = [];
	const setting = {
		async visitor(options, before) {
			const visitor = await Visitor.arrive(setting.browser, setting.host, options, before);
			visitors.push(visitor);
			return visitor;
		},
	} as PlaygroundSetting;
	beforeAll(async () => {
		if (noChromium !== undefined) return;
		[setting.browser, setting.host] = await Promise.all([launchChromium(), hostPlayground()]);
	});
	afterEach(async () => {
		await Promise.all(visitors.splice(0).map((visitor) => visitor[Symbol.asyncDispose]()));
	});
	afterAll(async () => {
		await setting.browser?.close();
		await setting.host?.[Symbol.asyncDispose]();
	});
	return setting;
}
