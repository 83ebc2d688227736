import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TimelineModel, TimelineView } from '../../../../playground/src/timeline/index.ts';
import { launchChromium } from '../../../support/browsers/chromium.ts';

const folder = fileURLToPath(new URL('../../../../playground/src/timeline-bench/', import.meta.url));
const styles = fileURLToPath(new URL('../../../../playground/src/timeline/timeline.css', import.meta.url));
const origin = 'http://timeline.test/';

/** What the page has in `bench`. */
export type Bench = { readonly model: TimelineModel; readonly view: () => TimelineView };

export interface BenchBrowser {
	/** A page with nothing but the timeline; `query` as in `?show=waiting`. Its errors are thrown by `close()`. */
	open(query: string, options?: BrowserContextOptions): Promise<Page>;
	close(): Promise<void>;
}

/** Builds the page that shows only the timeline, and starts a browser for it. There is no server. */
export async function openBenchBrowser(): Promise<BenchBrowser> {
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
	const files: Record<string, readonly [string, Buffer]> = {
		'': ['text/html', await readFile(`${folder}index.html`)],
		'main.js': ['text/javascript', Buffer.from(built.outputFiles[0]?.contents ?? [])],
		'main.css': ['text/css', await readFile(styles)],
	};
	const errors: string[] = [];
	const browser = await launchChromium();
	return {
		async open(query, options = {}) {
			const context = await browser.newContext(options);
			const page = await context.newPage();
			page.on('pageerror', (error) => errors.push(String(error)));
			page.on('console', (message) => {
				if (message.type() === 'error') errors.push(message.text());
			});
			await page.route(`${origin}**`, (route) => {
				const [contentType, body] = files[new URL(route.request().url()).pathname.slice(1)] ?? [];
				if (body === undefined || contentType === undefined) return route.fulfill({ status: 204 });
				return route.fulfill({ contentType, body });
			});
			await page.goto(origin + query);
			await page.waitForFunction(() => (globalThis as unknown as { bench: Bench }).bench.view() !== undefined);
			return page;
		},
		async close() {
			await browser.close();
			if (errors.length > 0) throw new Error(`The page had errors:\n${errors.join('\n')}`);
		},
	};
}
