import { describe, expect, test } from 'vitest';
import { noChromium } from '../../../support/browsers/chromium.ts';
import { lacking } from '../../../support/lacking.ts';
import { openStaticHost } from './support/static-host.ts';
import { openTab } from './support/tab.ts';
import { useSite } from './support/use-site.ts';

const DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>';
const SVG = { 'Content-Type': 'image/svg+xml' };

describe.skipIf(lacking(noChromium))('frames', () => {
	const site = useSite();

	describe.each([
		['answered by the page', ''],
		['answered by a worker of the page', '?worker'],
	])('%s', (_where, query) => {
		const open = () => openTab(site.context, site.host.url + query);

		test('show what the app prints', async () => {
			const { page, errors } = await open();
			expect(await page.evaluate(() => window.page.show('/'))).toBe('The app');
			expect(errors).toEqual([]);
		});

		test('a request goes to the app with its method, path, query, headers and body', async () => {
			const { page } = await open();
			const { body } = await page.evaluate(() =>
				window.page.fetch('/echo?a=1&b=%20', {
					method: 'REPORT',
					headers: { 'X-Test': 'yes', 'Content-Type': 'text/plain' },
					body: 'grüße',
				}),
			);
			const { origin } = new URL(site.host.url);
			const pageId = await page.evaluate(() => window.page.pageId);
			expect(JSON.parse(body)).toMatchObject({
				method: 'REPORT',
				url: `${origin}/echo?a=1&b=%20`,
				body: 'grüße',
				headers: {
					'x-test': 'yes',
					'content-type': 'text/plain',
					'content-length': '7',
					origin,
					'x-forwarded-prefix': `/some/path/php/${pageId}`,
				},
			});
		});

		test('a redirect stays in the app, and its cookie comes back', async () => {
			const { page } = await open();
			expect(await page.evaluate(() => window.page.show('/login'))).toBe('cookie: user=Ada ?x=1');
			const seen = await page.evaluate(() => document.querySelector('iframe')?.contentWindow?.location.href);
			expect(seen).toBe(await page.evaluate(() => window.page.url('/account?x=1')));
		});

		test('what an app asks for by an absolute path comes from the app', async () => {
			const { page } = await open();
			await page.evaluate(() => window.page.show('/page-with-style'));
			const colour = await page.frames()[1]?.evaluate(() => getComputedStyle(document.querySelector('p')!).color);
			expect(colour).toBe('rgb(1, 2, 3)');
		});

		test('an app may show pictures of other sites', async () => {
			await using other = await openStaticHost(new Map([['dot.svg', { content: DOT, headers: SVG }]]));
			const { page } = await open();
			await page.evaluate((src) => window.page.show(`/page-with-foreign-image?src=${src}`), `${other.url}dot.svg`);
			expect(await page.frames()[1]?.evaluate(() => document.querySelector('img')?.naturalWidth)).toBe(7);
		});

		test('a body arrives piece by piece', async () => {
			const { page } = await open();
			const seen = await page.evaluate(async () => {
				const { body } = await fetch(window.page.url('/parts'));
				const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
				const first = (await reader.read()).value;
				await fetch(window.page.url('/next-part'));
				const second = (await reader.read()).value;
				return { first, second, end: (await reader.read()).done };
			});
			expect(seen).toEqual({ first: 'part 1\n', second: 'part 2\n', end: true });
		});

		test('the app hears that nobody reads its answer any more', async () => {
			const { page } = await open();
			await page.evaluate(async () => {
				const { body } = await fetch(window.page.url('/endless'));
				const reader = body!.getReader();
				await reader.read();
				await reader.cancel();
			});
			const aborted = () => page.evaluate(async () => (await window.page.fetch('/aborted')).body);
			await expect.poll(aborted).toBe('["/endless body"]');
		});

		test('bytes, other statuses and answers without a body come through', async () => {
			const { page } = await open();
			const seen = await page.evaluate(async () => {
				const bytes = new Uint8Array(await (await fetch(window.page.url('/bytes'))).arrayBuffer());
				const empty = await fetch(window.page.url('/no-content'));
				const missing = await window.page.fetch('/nowhere');
				return {
					bytes: [...bytes],
					empty: [empty.status, empty.headers.get('x-seen')],
					missing: [missing.status, missing.body],
				};
			});
			expect(seen).toEqual({
				bytes: [0, 255, 128, 10],
				empty: [204, 'yes'],
				missing: [404, 'the app has no /nowhere'],
			});
		});

		test('an app that fails is a 502 page that says why', async () => {
			const { page } = await open();
			expect((await page.evaluate(() => window.page.fetch('/fails'))).status).toBe(502);
			const text = await page.evaluate(() => window.page.show('/fails'));
			expect(text).toMatch(/The app has not answered\s+PHP has run out of memory\.\s+Open the playground/);
		});

		test('an app that does not answer is a 504 page after the deadline, and hears of it', async () => {
			const { page } = await openTab(site.context, `${site.host.url}?timeout=300${query && '&worker'}`);
			const { status, body } = await page.evaluate(() => window.page.fetch('/never'));
			expect(status).toBe(504);
			expect(body).toContain('It has sent nothing for 0.3 seconds.');
			const aborted = () => page.evaluate(async () => (await window.page.fetch('/aborted')).body);
			await expect.poll(aborted).toBe('["/never"]');
		});
	});

	test('a page that is gone is a 404 page that leads back', async () => {
		const { page } = await openTab(site.context, site.host.url);
		const url = await page.evaluate(() => window.page.url('/'));
		const alone = await site.context.newPage();
		await alone.goto(url);
		expect(await alone.innerText('body')).toBe('The app');
		await page.close();
		const response = await alone.reload();
		expect(response?.status()).toBe(404);
		expect(await alone.innerText('p')).toBe('The page that ran it has been closed or reloaded.');
		await alone.click('a');
		expect(alone.url()).toBe(site.host.url);
	});

	test('a page that goes while the app works is told at once', async () => {
		const { page } = await openTab(site.context, site.host.url);
		const url = await page.evaluate(() => window.page.url('/never'));
		const alone = await site.context.newPage();
		const loaded = alone.goto(url);
		await expect.poll(() => page.evaluate(() => window.page.fetch('/').then(({ status }) => status))).toBe(200);
		await page.close();
		expect((await loaded)?.status()).toBe(502);
		expect(await alone.innerText('p')).toMatch(/closed or reloaded before the app had answered/);
	});

	test('a page that has stopped serving is a 404 page', async () => {
		const { page } = await openTab(site.context, site.host.url);
		await page.evaluate(() => window.page.close());
		expect((await page.evaluate(() => window.page.fetch('/'))).status).toBe(404);
	});
});
