import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HostedFile, openStaticHost } from '../platform/browser/service-worker/support/static-host.ts';
import { cleanUp, run, writeApp } from '../program/support/igor.ts';
import { launchChromium, noChromium } from '../support/browsers/chromium.ts';
import { lacking } from '../support/lacking.ts';
import { openPage } from './support/pages.ts';
import { igorWords } from './support/shell.ts';

describe.skipIf(lacking(noChromium))('the page of the browser API', () => {
	const page = openPage('docs/reference/browser.md');
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	afterAll(() => browser.close());
	afterEach(cleanUp);

	test('runs an app with a sidekick, on a host that knows nothing of it', async () => {
		const folder = writeApp({});
		const build = igorWords(page.take('sh'));
		expect(build).toEqual(['browser-build', 'public/igor']);
		expect(await run(build, folder)).toMatchObject({ status: 0, err: '' });
		const files = new Map<string, HostedFile>([['', { content: page.take('html', 'index.html') }]]);
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

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
