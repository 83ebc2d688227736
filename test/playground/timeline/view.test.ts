import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type BenchBrowser, openBenchBrowser } from './support/bench-page.ts';

declare const bench: Bench;

describe('the timeline on a page', () => {
	let browser: BenchBrowser;
	let page: Page;

	beforeAll(async () => {
		browser = await openBenchBrowser();
	});
	afterAll(async () => browser?.close());

	/** A story that has happened: eight requests wait for one sidekick. */
	async function open(query = '?show=waiting&age=6000'): Promise<Page> {
		await page?.context().close();
		page = await browser.open(query, { viewport: { width: 1000, height: 700 } });
		return page;
	}

	/** Where an item of that kind is on the canvas, CSS pixels. */
	const placeOf = (kind: string, label: string) =>
		page.evaluate(
			([kind, label]) => {
				const { width, height } = document.querySelector('canvas')!.getBoundingClientRect();
				for (let y = 2; y < height; y += 4) {
					for (let x = 0; x < width; x++) {
						const item = bench.view().itemAt(x, y, 4);
						if (item?.kind === kind && item.lane?.label.endsWith(label)) return { x: x + 2, y: y + 6 };
					}
				}
				throw new Error(`Nothing of kind ${kind} is to be seen on ${label}`);
			},
			[kind, label] as const,
		);
	const timeShown = () => page.getByTitle('How much time is shown').textContent();
	const details = () => page.getByRole('complementary');
	const spoken = () => page.locator('[aria-live]');
	const canvas = () => page.getByRole('application');
	const picture = () => page.evaluate(() => document.querySelector('canvas')!.toDataURL());
	const frames = (count: number) =>
		page.evaluate(
			(count) =>
				new Promise<void>((done) => {
					const next = () => (count-- > 0 ? requestAnimationFrame(next) : done());
					next();
				}),
			count,
		);

	it('shows the details of a publication that is clicked, and whom it woke', async () => {
		await open();
		await canvas().click({ position: await placeOf('publication', 'exchange-rates') });

		await expect.poll(() => details().innerText()).toContain('exchange-rates published version 1');
		expect(await details().innerText()).toContain('woke 8 readers');
		expect(await spoken().textContent()).toBe(
			'exchange-rates published version 1, at 3.200 s, on exchange-rates, woke 8 readers',
		);
	});

	it('shows the request that waits, its path, and what for', async () => {
		await open();
		await canvas().click({ position: await placeOf('wait', 'index.php') });

		await expect.poll(() => details().innerText()).toContain('waited for exchange-rates');
		await details().getByRole('button', { name: 'GET /rates?page=1' }).click();
		await expect.poll(() => details().innerText()).toContain('GET /rates?page=1 → 200');
		await details().getByRole('button', { name: 'woken by exchange-rates v1' }).click();
		await expect.poll(() => details().innerText()).toContain('woke 8 readers');
		await details().getByRole('button', { name: 'Close' }).click();
		await expect.poll(() => details().count()).toBe(0);
	});

	it('is used by keys alone', async () => {
		await open();
		await page.keyboard.press('Tab');
		while (!(await canvas().evaluate((one) => one === document.activeElement))) await page.keyboard.press('Tab');

		await page.keyboard.press('ArrowDown');
		await expect.poll(() => spoken().textContent()).toContain('on exchange-rates');
		const first = await spoken().textContent();
		await page.keyboard.press('ArrowLeft');
		await expect.poll(() => spoken().textContent()).not.toBe(first);
		await page.keyboard.press('ArrowRight');
		await expect.poll(() => spoken().textContent()).toBe(first);
		await page.keyboard.press('ArrowDown');
		await expect.poll(() => spoken().textContent()).toContain('on index.php (thread 1)');

		await page.keyboard.press('Enter');
		await expect.poll(() => details().evaluate((one) => one === document.activeElement)).toBe(true);
		await canvas().focus();
		await page.keyboard.press('Escape');
		await expect.poll(() => details().count()).toBe(0);

		await page.keyboard.press('End');
		await expect.poll(() => page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
		await page.keyboard.press(' ');
		await expect.poll(() => page.getByRole('button', { name: 'Go live' }).count()).toBe(1);
		await page.keyboard.press('+');
		await expect.poll(timeShown).toBe('6.67 s');
		await page.keyboard.press('-');
		await expect.poll(timeShown).toBe('10 s');
	});

	it('leaves the wheel to the page until it is clicked into, but for Ctrl + wheel', async () => {
		await open();
		const box = (await canvas().boundingBox())!;
		await page.mouse.move(box.x + 600, box.y + 100);
		await page.mouse.wheel(0, -200);
		await frames(3);
		expect(await timeShown()).toBe('10 s');

		await page.keyboard.down('Control');
		await page.mouse.wheel(0, -50);
		await page.keyboard.up('Control');
		await expect.poll(timeShown).not.toBe('10 s');

		const closer = await timeShown();
		await page.mouse.click(box.x + 600, box.y + 100);
		await page.mouse.wheel(0, -200);
		await expect.poll(timeShown).not.toBe(closer);
	});

	it('is dragged into the past, and comes back to the present', async () => {
		await open('?rate=200');
		await page.waitForFunction(() => bench.model.newest - bench.model.origin > 1500);
		const box = (await canvas().boundingBox())!;
		await page.mouse.move(box.x + 500, box.y + 100);
		await page.mouse.down();
		await page.mouse.move(box.x + 560, box.y + 100, { steps: 3 });
		await page.mouse.up();

		await expect.poll(() => page.getByText('Paused').count()).toBe(1);
		expect(await details().count()).toBe(0);
		await page.getByRole('button', { name: 'Go live' }).click();
		await expect.poll(() => page.getByText('Live', { exact: true }).count()).toBe(1);
	});

	it('stands still while it is paused, and records all the same', async () => {
		await open('?rate=400&span=1000');
		await page.waitForFunction(() => bench.model.newest - bench.model.origin > 1000);
		await page.getByRole('button', { name: 'Pause' }).click();
		const pausedAt = await page.evaluate(() => bench.view().now);
		// What is late has come by then, and the axis has its last height.
		await page.waitForFunction((at) => bench.model.newest > at + 2500, pausedAt);
		await frames(2);
		const before = await picture();
		const { revision } = await page.evaluate(() => ({ revision: bench.model.revision }));
		await page.waitForFunction((revision) => bench.model.revision > revision + 20, revision);
		await frames(2);

		expect(await picture()).toBe(before);
	});

	it('draws nothing when nothing changes', async () => {
		await open();
		await page.getByRole('button', { name: 'Pause' }).click();
		await frames(3);
		await page.evaluate(() => {
			const drawn = { count: 0 };
			const { fillRect } = CanvasRenderingContext2D.prototype;
			CanvasRenderingContext2D.prototype.fillRect = function (...box) {
				drawn.count++;
				fillRect.apply(this, box);
			};
			Object.assign(globalThis, { drawn });
		});
		const drawn = () => page.evaluate(() => (globalThis as unknown as { drawn: { count: number } }).drawn.count);
		await frames(20);
		expect(await drawn()).toBe(0);

		await page.evaluate(() => bench.view().zoom(0.5));
		await frames(2);
		expect(await drawn()).toBeGreaterThan(0);
	});

	it('takes the colours of the theme when that changes', async () => {
		await open();
		await page.getByRole('button', { name: 'Pause' }).click();
		const ground = () =>
			page.evaluate(() => {
				const data = document.querySelector('canvas')!.getContext('2d')!.getImageData(2, 2, 1, 1).data;
				return data[0]! + data[1]! + data[2]!;
			});
		await page.emulateMedia({ colorScheme: 'light' });
		await expect.poll(ground).toBeGreaterThan(600);
		await page.emulateMedia({ colorScheme: 'dark' });
		await expect.poll(ground).toBeLessThan(150);
	});

	it('fits a phone: nothing is wider than the page', async () => {
		await page?.context().close();
		page = await browser.open('?show=waiting&age=6000', { viewport: { width: 360, height: 740 }, hasTouch: true });
		await frames(2);
		await canvas().tap({ position: await placeOf('wait', 'index.php') });

		await expect.poll(() => details().innerText()).toContain('waited for exchange-rates');
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
	});
});
