// Screenshots of the timeline, to look at: npx node test/playground/timeline/screenshots.mjs FOLDER
import { openBenchBrowser } from './support/bench-page.ts';

const folder = process.argv[2] ?? '.';
const browser = await openBenchBrowser();
const nextFrames = (page) =>
	page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

for (const colorScheme of ['light', 'dark']) {
	for (const [size, viewport, deviceScaleFactor] of [
		['wide', { width: 1200, height: 640 }, 1],
		['360', { width: 360, height: 760 }, 2],
	]) {
		const shoot = async (name, query, act) => {
			const page = await browser.open(query, { colorScheme, viewport, deviceScaleFactor });
			await nextFrames(page);
			await act?.(page);
			await nextFrames(page);
			await page.screenshot({ path: `${folder}/timeline-${name}-${size}-${colorScheme}.png` });
			await page.context().close();
		};
		await shoot('waiting', '?show=waiting&age=6000&span=6500');
		await shoot('woken', '?show=waiting&age=6000', async (page) => {
			await page.evaluate(() => {
				const { model } = globalThis.bench;
				const lane = model.lanes.find(({ label }) => label === 'exchange-rates');
				globalThis.bench.view().focusOn(lane.marks.at(0));
			});
		});
		await shoot('crashing', '?show=crashing&age=9500');
		await shoot('load', '?rate=1000', (page) =>
			page.waitForFunction(() => globalThis.bench.model.newest - globalThis.bench.model.origin > 6_000),
		);
		await shoot('empty', '');
	}
}
await browser.close();
