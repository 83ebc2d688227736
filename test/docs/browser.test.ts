import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HostedFile, openStaticHost } from '../platform/browser/service-worker/support/static-host.ts';
import { cleanUp, run, writeApp } from '../program/support/igor.ts';
import { launchChromium, noChromium } from '../support/browsers/chromium.ts';
import { lacking } from '../support/lacking.ts';

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

describe.skipIf(lacking(noChromium))('the page of the README', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	afterAll(() => browser.close());
	afterEach(cleanUp);

	test('runs an app with a sidekick, on a host that knows nothing of it', async () => {
		const [, page = ''] = /^```html\n([\s\S]*?)^```$/m.exec(README) ?? [];
		const folder = writeApp({});
		const [, build = ''] = /^npx igor (browser-build public\/igor)$/m.exec(README) ?? [];
		expect(await run(build.split(' '), folder)).toMatchObject({ status: 0, err: '' });
		const files = new Map<string, HostedFile>([['', { content: page }]]);
		for (const name of readdirSync(`${folder}/public/igor`)) {
			const content = readFileSync(`${folder}/public/igor/${name}`);
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
