import { describe, expect, test } from 'vitest';
import { noChromium } from '../../../support/browsers/chromium.ts';
import { lacking } from '../../../support/lacking.ts';
import { buildSite } from './support/site.ts';
import { openTab, settled, stopServiceWorkers } from './support/tab.ts';
import { useSite } from './support/use-site.ts';

describe.skipIf(lacking(noChromium))('whatever happens to the service worker and the pages', () => {
	const site = useSite();

	test('frames load after the browser has stopped the service worker', async () => {
		const { page } = await openTab(site.context, site.host.url);
		for (let time = 0; time < 3; time++) {
			await stopServiceWorkers(page);
			expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
		}
	});

	test('two tabs have their own apps and cookies', async () => {
		const [a, b] = await Promise.all([
			openTab(site.context, `${site.host.url}?id=a`),
			openTab(site.context, `${site.host.url}?id=b`),
		]);
		expect(await a.page.evaluate(() => window.page.show('/login'))).toContain('user=Ada');
		expect(await b.page.evaluate(() => window.page.show('/account'))).toContain('cookie: null');
		await a.page.close();
		expect(await b.page.evaluate(() => window.page.show('/'))).toBe('The app');
	});

	test('a reload while frames load and the app works ends in a page that works', async () => {
		const { page } = await openTab(site.context, `${site.host.url}?id=same`);
		for (let time = 0; time < 3; time++) {
			await page.evaluate(() => {
				void window.page.show('/never');
				void window.page.show('/endless');
				void window.page.fetch('/never');
			});
			await page.reload();
			await settled(page);
			expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
		}
	});

	test('a new version of the service worker takes over while the page is open', async () => {
		const { page, errors, loads } = await openTab(site.context, site.host.url);
		const before = loads();
		site.host.files.set('service-worker.js', (await buildSite('2')).get('service-worker.js')!);
		await page.evaluate(async () => {
			const changed = new Promise((resolve) =>
				navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
			);
			await (await navigator.serviceWorker.ready).update();
			await changed;
		});
		expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
		expect(await page.evaluate(() => window.page.share())).toBe(42);
		expect(loads()).toBe(before);
		expect(errors).toEqual([]);
	});
});
