import { describe, expect, test } from 'vitest';
import { noChromium } from '../../../support/browsers/chromium.ts';
import { lacking } from '../../../support/lacking.ts';
import { openTab, settled } from './support/tab.ts';
import { useSite } from './support/use-site.ts';

describe.skipIf(lacking(noChromium))('isolation on a plain static host', () => {
	const site = useSite();

	test('the first visit loads the page twice, then memory is shared with workers', async () => {
		const { page, errors, loads } = await openTab(site.context, site.host.url);
		expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(loads()).toBe(2);
		expect(errors).toEqual([]);
	});

	test('a further visit loads it once', async () => {
		await openTab(site.context, site.host.url);
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(loads()).toBe(1);
	});

	test('a reload with the shift key, which goes past the service worker, ends isolated', async () => {
		const { page, loads } = await openTab(site.context, site.host.url);
		const session = await site.context.newCDPSession(page);
		for (const times of [4, 6]) {
			await Promise.all([page.waitForEvent('framenavigated'), session.send('Page.reload', { ignoreCache: true })]);
			await settled(page);
			expect(await page.evaluate(() => window.page.share())).toBe(42);
			expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
			expect(loads()).toBe(times);
		}
	});

	test('where the host sends the headers itself, nothing is loaded twice', async () => {
		site.host.headers = {
			'Cross-Origin-Opener-Policy': 'same-origin',
			'Cross-Origin-Embedder-Policy': 'require-corp',
		};
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(loads()).toBe(1);
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
	});

	test('a page that stays unisolated says so after one reload, and does not go round in circles', async () => {
		// A service worker that adds nothing stands for an extension that takes headers away.
		site.host.files.set('service-worker.js', {
			content: "addEventListener('activate', (event) => event.waitUntil(clients.claim()));",
		});
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(await page.innerText('body')).toMatch(/something removes its headers\. Turn off extensions/);
		expect(loads()).toBe(2);
	});

	test('inside a page of others it asks for a tab of its own', async () => {
		site.host.files.set('outside.html', { content: '<!doctype html><iframe src="./"></iframe>' });
		const page = await site.context.newPage();
		await page.goto(`${site.host.url}outside.html`);
		await expect.poll(() => page.frames()[1]?.innerText('body')).toMatch(/Open it in a tab of its own/);
	});

	test('a browser without JSPI gets a sentence, and no reload', async () => {
		await site.context.addInitScript('delete WebAssembly.Suspending');
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(await page.innerText('body')).toMatch(/JSPI is missing.*Chrome or Edge from 137, Firefox from 153/);
		expect(loads()).toBe(1);
	});

	test('a window without service workers gets a sentence', async () => {
		await site.context.addInitScript('delete Navigator.prototype.serviceWorker');
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(await page.innerText('body')).toMatch(/no service workers here.*Open the page in a normal window/);
		expect(loads()).toBe(1);
	});

	test('a service worker that cannot be installed gets a sentence with the cause', async () => {
		site.host.files.delete('service-worker.js');
		const { page, loads } = await openTab(site.context, site.host.url);
		expect(await page.innerText('body')).toMatch(/The service worker cannot be installed \(.*404/);
		expect(loads()).toBe(1);
	});
});
