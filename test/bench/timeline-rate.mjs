// How fast the timeline draws: npx node test/bench/timeline-rate.mjs [EVENTS-PER-SECOND] [SECONDS]
// Prints frames per second, and how long the main thread works for one frame.
import { openBenchBrowser } from '../playground/timeline/support/bench-page.ts';

const rate = Number(process.argv[2] ?? 1_000);
const seconds = Number(process.argv[3] ?? 10);
/** Before measuring: as long as it takes until the picture is full. */
const warmUp = 11;

const browser = await openBenchBrowser();
for (const [name, options, query] of [
	['1200 px', { viewport: { width: 1200, height: 700 } }, ''],
	['1200 px at 2x', { viewport: { width: 1200, height: 700 }, deviceScaleFactor: 2 }, ''],
	['1200 px, 60 s shown', { viewport: { width: 1200, height: 700 } }, '&span=60000'],
]) {
	const page = await browser.open(`?rate=0${query}`, options);
	await page.addInitScript(() => {
		const original = globalThis.requestAnimationFrame;
		globalThis.work = [];
		globalThis.requestAnimationFrame = (callback) =>
			original((time) => {
				const began = performance.now();
				callback(time);
				globalThis.work.push(performance.now() - began);
			});
	});
	await page.goto(page.url().replace('rate=0', `rate=${rate}`));
	await page.waitForFunction(
		(most) => globalThis.bench.model.newest - globalThis.bench.model.origin > most,
		warmUp * 1000,
		{ timeout: (warmUp + 30) * 1000 },
	);
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable');
	const tasks = async () =>
		Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
	const before = await tasks();
	const { frames, gaps, work, events } = await page.evaluate(async (milliseconds) => {
		globalThis.work.length = 0;
		const revision = globalThis.bench.model.revision;
		const gaps = [];
		let last = 0;
		const began = performance.now();
		// The page's own frames: what a visitor sees.
		await new Promise((done) => {
			const frame = (time) => {
				if (last > 0) gaps.push(time - last);
				last = time;
				if (performance.now() - began < milliseconds) original(frame);
				else done();
			};
			const original = requestAnimationFrame;
			original(frame);
		});
		return { frames: gaps.length, gaps, work: globalThis.work, events: globalThis.bench.model.revision - revision };
	}, seconds * 1000);
	const after = await tasks();
	// A frame in which nothing is drawn takes next to no time.
	const pictures = work.filter((took) => took > 0.3);
	const at = (list, part) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * part)]?.toFixed(1);
	console.log(
		`${name}: ${(frames / (gaps.reduce((sum, gap) => sum + gap, 0) / 1000)).toFixed(1)} frames/s at ${rate} events/s ` +
			`(${events} batches), ${(pictures.length / seconds).toFixed(1)} pictures/s; from frame to frame p50 ${at(gaps, 0.5)}, p99 ${at(gaps, 0.99)}, max ${at(gaps, 1)} ms; ` +
			`drawing p50 ${at(
				work.filter((took) => took > 0.2),
				0.5,
			)}, p99 ${at(work, 0.99)}, max ${at(work, 1)} ms; ` +
			`all of the main thread ${(((after.TaskDuration - before.TaskDuration) * 1000) / frames).toFixed(1)} ms per frame; ` +
			`heap ${(after.JSHeapUsedSize / 2 ** 20).toFixed(1)} MB`,
	);
	await page.context().close();
}
await browser.close();
