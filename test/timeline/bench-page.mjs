import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../../playground/src/timeline-bench/', import.meta.url));
const styles = fileURLToPath(new URL('../../playground/src/timeline/timeline.css', import.meta.url));
const origin = 'http://timeline.test/';

/**
 * Builds the page that shows only the timeline, and opens it in a browser, without any server.
 * Close the browser with `close()`.
 */
export async function openBenchBrowser() {
	const built = await build({
		entryPoints: [`${folder}main.tsx`],
		bundle: true,
		write: false,
		minify: true,
		format: 'esm',
		target: 'es2024',
		jsx: 'automatic',
		jsxImportSource: 'preact',
	});
	const files = {
		'': ['text/html', await readFile(`${folder}index.html`)],
		'main.js': ['text/javascript', Buffer.from(built.outputFiles[0].contents)],
		'main.css': ['text/css', await readFile(styles)],
	};
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
	});
	return {
		close: () => browser.close(),
		/** A page of it; `query` as in `?rate=1000`. Errors of the page go to `onError`. */
		async open(query, { onError = console.error, ...options } = {}) {
			const context = await browser.newContext(options);
			const page = await context.newPage();
			page.on('pageerror', onError);
			page.on('console', (message) => message.type() === 'error' && onError(message.text()));
			await page.route(`${origin}**`, (route) => {
				const file = files[new URL(route.request().url()).pathname.slice(1)];
				if (file === undefined) return route.fulfill({ status: 404 });
				return route.fulfill({ contentType: file[0], body: file[1] });
			});
			await page.goto(origin + query);
			return page;
		},
	};
}
