import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noChromium } from '../../../support/browsers/chromium.ts';
import { lacking } from '../../../support/lacking.ts';
import { addPhp, buildSite } from './support/site.ts';
import { openTab, settled } from './support/tab.ts';
import { useSite } from './support/use-site.ts';

/** The smallest module. */
const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const compile = (page: Page) =>
	page.evaluate(async () => {
		const module = await WebAssembly.compileStreaming(fetch('big-0A1B2C3D.wasm'));
		return module instanceof WebAssembly.Module;
	});

describe.skipIf(lacking(noChromium))('the files of the page', () => {
	const site = useSite();

	test('are stored: the next visit needs no network', async () => {
		site.host.files.set('big-0A1B2C3D.wasm', { content: WASM });
		const first = await openTab(site.context, site.host.url);
		expect(await compile(first.page)).toBe(true);
		await first.page.evaluate(() => window.page.share());
		expect(await first.page.evaluate(() => window.page.keep())).toMatchObject({ failed: 0 });
		await first.page.close();
		await site.context.setOffline(true);
		const { page, errors } = await openTab(site.context, `${site.host.url}?id=later`);
		expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(await compile(page)).toBe(true);
		expect(errors).toEqual([]);
	});

	test('with a hash in their name are asked for once', async () => {
		site.host.files.set('big-0A1B2C3D.wasm', { content: WASM, headers: { 'Cache-Control': 'no-cache' } });
		const { page } = await openTab(site.context, site.host.url);
		await compile(page);
		await page.evaluate(() => window.page.keep());
		const before = site.host.asked.length;
		await page.reload();
		await settled(page);
		await compile(page);
		expect(site.host.asked.slice(before)).not.toContain('big-0A1B2C3D.wasm');
	});

	test('without one are the newest that the network has', async () => {
		const { page } = await openTab(site.context, site.host.url);
		await page.evaluate(() => window.page.keep());
		site.host.files.set('', { content: '<!doctype html><title>new</title>' });
		await page.reload();
		expect(await page.title()).toBe('new');
	});

	test('with a date in their name are no different', async () => {
		const { page } = await openTab(site.context, site.host.url);
		const ask = () => page.evaluate(async () => (await fetch('news-20260101.json')).text());
		site.host.files.set('news-20260101.json', { content: 'one' });
		expect(await ask()).toBe('one');
		await page.evaluate(() => window.page.keep());
		site.host.files.set('news-20260101.json', { content: 'two' });
		expect(await ask()).toBe('two');
	});

	test('come from the store when the network hangs', async () => {
		const { page } = await openTab(site.context, site.host.url);
		await page.evaluate(() => window.page.keep());
		site.host.hangs = true;
		await page.reload();
		await settled(page);
		expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
	});

	test('of an older version are removed', async () => {
		const { page } = await openTab(site.context, site.host.url);
		await page.evaluate(() => window.page.keep());
		expect(await page.evaluate(() => caches.keys())).toEqual(['igor:/some/path/:1']);
		site.host.files.set('service-worker.js', (await buildSite('2')).get('service-worker.js')!);
		await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
		// The page is told again what to store.
		await expect.poll(() => page.evaluate(() => caches.keys()), { timeout: 10_000 }).toEqual(['igor:/some/path/:2']);
		await expect
			.poll(() => page.evaluate(async () => (await caches.match('page.js'))?.status), { timeout: 10_000 })
			.toBe(200);
	});

	test('with PHP among them are stored, by a newer version once more, and PHP comes from the store', async () => {
		addPhp(site.host.files);
		const names = [...site.host.files.keys()].filter((name) => /^(franken)?php-/.test(name));
		expect(names).toHaveLength(3);
		const storedBy = async (version: string) =>
			page.evaluate(
				async ({ names, cacheName }) => {
					const found = await Promise.all(names.map((name) => caches.match(name, { cacheName })));
					return found.filter((response) => response?.status === 200).length;
				},
				{ names, cacheName: `igor:/some/path/:${version}` },
			);
		let { page, errors } = await openTab(site.context, site.host.url);
		expect(await page.evaluate(() => window.page.php())).toBe('8.4');
		await page.evaluate(() => window.page.keep());
		expect(await storedBy('1')).toBe(3);
		await page.close();
		site.host.files.set('service-worker.js', (await buildSite('2')).get('service-worker.js')!);
		const before = site.host.asked.length;
		({ page, errors } = await openTab(site.context, site.host.url));
		expect(await page.evaluate(() => window.page.php())).toBe('8.4');
		expect(site.host.asked.slice(before).filter((name) => names.includes(name))).toEqual([]);
		await page.evaluate(() => window.page.keep());
		await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
		await expect.poll(() => storedBy('2'), { timeout: 20_000 }).toBe(3);
		expect(errors).toEqual([]);
	});

	test('are not stored when there is no space, and that is no error', async () => {
		const { page, errors } = await openTab(site.context, site.host.url);
		const session = await site.context.newCDPSession(page);
		const { origin } = new URL(site.host.url);
		await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
		await page.reload();
		await settled(page);
		expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(await page.evaluate(() => window.page.keep())).toMatchObject({ failed: expect.any(Number) });
		expect(errors).toEqual([]);
	});

	test('a page that was never stored says so without a network', async () => {
		const { page } = await openTab(site.context, site.host.url);
		await site.context.setOffline(true);
		const response = await page.goto(`${site.host.url}other.html`);
		expect(response?.status()).toBe(503);
		expect(await page.innerText('p')).toMatch(/There is no network/);
	});

	test('what is not a file of the page is left alone', async () => {
		const { page } = await openTab(site.context, site.host.url);
		site.host.files.set('api/things', { content: 'one' });
		const ask = () => page.evaluate(async () => (await fetch('api/things')).text());
		expect(await ask()).toBe('one');
		site.host.files.set('api/things', { content: 'two' });
		expect(await ask()).toBe('two');
		await page.evaluate(() => window.page.keep());
		expect(await page.evaluate(async () => (await caches.match('api/things')) === undefined)).toBe(true);
	});
});
