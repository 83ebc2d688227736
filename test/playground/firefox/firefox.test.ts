import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import scenarios from '../../../playground/scenarios/order.json' with { type: 'json' };
import type { StaticHost } from '../../platform/browser/service-worker/support/static-host.ts';
import { cleanUp } from '../../program/support/igor.ts';
import { launchFirefox, noFirefox } from '../../support/browsers/firefox.ts';
import { lacking } from '../../support/lacking.ts';
import { hostPlayground, START } from '../support/playground.ts';
import { SHOP_ZIP, shopZipFile } from '../support/shop.ts';

describe.skipIf(lacking(noFirefox))('the playground in Firefox', () => {
	let host: StaticHost;
	let browser: Browser;
	let page: Page;
	let errors: string[] = [];

	beforeAll(async () => {
		[browser, host] = await Promise.all([launchFirefox(), hostPlayground()]);
	});
	afterEach(async () => {
		host.hangs = false;
		errors = [];
		await page?.close();
		await cleanUp();
	});
	afterAll(async () => {
		await browser?.close();
		await host?.[Symbol.asyncDispose]();
	});

	/** Opens a scenario in a new tab; the headline of its app. */
	async function open(scenario: string): Promise<string> {
		page = await browser.newPage();
		await page.setViewport({ width: 1440, height: 900 });
		page.on('console', (message) => {
			if (message.type() === 'error') errors.push(message.text());
		});
		page.on('pageerror', (error) => errors.push(String(error)));
		await page.goto(`${host.url}#${scenario}`);
		return text(() => document.querySelector<HTMLIFrameElement>('iframe[title="The app"]')?.contentDocument, 'h1');
	}

	/** The text of the first element that `selector` finds, once it is there; `root` runs in the page. */
	async function text(root: () => ParentNode | null | undefined, selector: string): Promise<string> {
		const find = `(${root})()?.querySelector(${JSON.stringify(selector)})?.innerText`;
		const found = await page.waitForFunction(find, { timeout: START });
		return String(await found.jsonValue());
	}

	test.each(scenarios)('%s: shows its app, and no error in the console', async (scenario) => {
		expect(await open(scenario)).toMatch(/\w/);
		expect(errors).toEqual([]);
	});

	test('a request by hand is answered, and the sidekick that it needed is shown', async () => {
		await open('feature-flags');
		await page.locator('[data-panel="requests"] button[type="submit"]').click();
		expect(await text(() => document, '[data-panel="requests"] .answer .status[data-class="2"]')).toBe('200');
		await page.waitForFunction(
			() => document.querySelector('[aria-label="Sidekick feature-flags"] .state')?.textContent?.includes('ready'),
			{ timeout: START },
		);
		expect(errors).toEqual([]);
	});

	/** The page of the visitor's project is there. */
	const shop = () =>
		page.waitForFunction(
			() =>
				document
					.querySelector<HTMLIFrameElement>('iframe[title="The app"]')
					?.contentDocument?.querySelector('body')
					?.innerText.includes('4 bytes'),
			{ timeout: START },
		);

	// A folder cannot be chosen by WebDriver BiDi; that is tested in Chromium.
	test('a zip that is chosen is opened', async () => {
		await open('blank');
		await page.locator('button ::-p-text(Open)').click();
		const input = (await page.waitForSelector('dialog input[accept]')) as ElementHandle<HTMLInputElement>;
		await input.uploadFile(shopZipFile());
		await shop();
		expect(errors).toEqual([]);
	});

	test('a zip that is dropped is opened', async () => {
		await open('blank');
		await page.evaluate(
			(bytes) => {
				const dataTransfer = new DataTransfer();
				dataTransfer.items.add(new File([Uint8Array.from(bytes)], 'shop.zip', { type: 'application/zip' }));
				document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
			},
			[...SHOP_ZIP],
		);
		await shop();
		expect(errors).toEqual([]);
	});

	test('the second visit needs no network', async () => {
		await open('feature-flags');
		await page.waitForFunction(() => performance.getEntriesByName('igor-kept').length > 0, { timeout: START });
		await page.close();
		host.hangs = true;
		expect(await open('crash-recovery')).toBe('Crash and recovery');
		expect(errors).toEqual([]);
	});
});
