// How fast the playground starts, and how much it downloads: `npx node test/bench/playground-start.mjs` after
// `npm run playground:build`. Prints the median of several visits, each with a profile of its own; asserts nothing.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../support/browsers/chromium.ts';

const folder = fileURLToPath(new URL('../../dist/playground/', import.meta.url));
const ROUNDS = 5;
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css', '.html': 'text/html' };

/** Bytes sent, by path; compressed where the build has a compressed copy. */
let sent = new Map();
const server = createServer((request, response) => {
	const { pathname } = new URL(request.url, 'http://host');
	const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
	if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
	const isCompressed = existsSync(`${file}.br`);
	const content = readFileSync(isCompressed ? `${file}.br` : file);
	sent.set(pathname, (sent.get(pathname) ?? 0) + content.length);
	response.writeHead(200, {
		'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
		'Content-Length': content.length,
		...(isCompressed && { 'Content-Encoding': 'br' }),
		...(pathname.startsWith('/assets/') && { 'Cache-Control': 'public, max-age=31536000, immutable' }),
	});
	response.end(content);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://localhost:${server.address().port}/`;
const browser = await launchChromium();

const figures = {};
const note = (name, value) => {
	figures[name] ??= [];
	figures[name].push(value);
};
for (let round = 0; round < ROUNDS; round++) {
	for (const scenario of ['without-sidekicks', 'feature-flags']) {
		const context = await browser.newContext();
		sent = new Map();
		await noteVisit('first visit', context, scenario);
		note(
			`${scenario}: first visit, bytes`,
			[...sent.values()].reduce((sum, bytes) => sum + bytes, 0),
		);
		sent = new Map();
		await noteVisit('second visit', context, scenario);
		note(
			`${scenario}: second visit, bytes`,
			[...sent.values()].reduce((sum, bytes) => sum + bytes, 0),
		);
		await context.close();
	}
}
for (const [name, values] of Object.entries(figures)) {
	values.sort((a, b) => a - b);
	console.log(`${name.padEnd(66)} ${Math.round(values[values.length >> 1])}   (${values.map(Math.round).join(' ')})`);
}
const compressed = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.br')).length;
if (compressed === 0) console.log('Nothing was compressed: run `npm run playground:build` before.');
await browser.close();
server.close();

async function noteVisit(name, context, scenario) {
	const { output, painted } = await visit(context, scenario);
	note(`${scenario}: ${name}, PHP's output in the frame, ms`, output);
	note(`${scenario}: ${name}, painted with its styles, ms`, painted);
}

/**
 * Milliseconds from the call for the page (its reload for the isolation included) to when the frame has received what PHP
 * printed, and to when it has painted that; the app's style sheet is loaded in between.
 */
async function visit(context, scenario) {
	const page = await context.newPage();
	// A browser that has just opened a window is busy with itself; a visitor's is open already.
	await page.waitForTimeout(2000);
	const started = performance.timeOrigin + performance.now();
	await page.goto(`${url}#${scenario}`, { waitUntil: 'commit' });
	const heading = page.frameLocator('iframe[title="The app"]').locator('h1').first();
	await heading.waitFor();
	const { received, painted } = await heading.evaluate(async () => ({
		received: performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseEnd,
		painted: await new Promise((resolve) => {
			new PerformanceObserver((list) => {
				for (const { name, startTime } of list.getEntries())
					if (name === 'first-contentful-paint') resolve(performance.timeOrigin + startTime);
			}).observe({ type: 'paint', buffered: true });
		}),
	}));
	// Time to store what the next visit needs.
	await page.waitForFunction(
		async () => (await caches.keys()).length > 0 && (await caches.match(location.pathname)) !== undefined,
	);
	await page.waitForTimeout(3000);
	await page.close();
	return { output: received - started, painted: painted - started };
}
