import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HostedFile, openStaticHost } from '../platform/browser/service-worker/support/static-host.ts';
import { launchChromium, noChromium } from '../support/browsers/chromium.ts';
import { lacking } from '../support/lacking.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe.skipIf(lacking(noChromium))('the page of the README', { timeout: 60_000 }, () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	afterAll(() => browser.close());

	test('runs an app with a sidekick, on a host that knows nothing of it', async () => {
		const [, page = ''] = /^```html\n([\s\S]*?)^```$/m.exec(readFileSync(at('README.md'), 'utf8')) ?? [];
		const files = new Map<string, HostedFile>([['', { content: page }]]);
		for (const name of readdirSync(at('dist/browser'))) {
			const content = readFileSync(at(`dist/browser/${name}`));
			files.set(name === 'service-worker.js' ? name : `igor/${name}`, { content });
		}
		await using host = await openStaticHost(files);
		const tab = await browser.newPage();
		const errors: string[] = [];
		tab.on('pageerror', (error) => errors.push(error.message));
		await tab.goto(host.url);
		const said = (): Promise<string> => tab.frameLocator('iframe').locator('body').innerText({ timeout: 20_000 });
		await expect.poll(said, { timeout: 20_000 }).toMatch(/^It is \d\d:\d\d:\d\d\.$/);
		expect(errors).toEqual([]);
	});
});
