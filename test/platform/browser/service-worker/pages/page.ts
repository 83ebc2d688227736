/** The page of these tests: what a page that runs apps does, with a function in place of PHP. Asked by the tests. */

import { loadPhp } from '../../../../../src/platform/browser/load-php.ts';
import { forwardFrames, serveFrames } from '../../../../../src/platform/browser/page/frames.ts';
import { keepOffline } from '../../../../../src/platform/browser/page/keep-offline.ts';
import { prepareIsolation } from '../../../../../src/platform/browser/page/prepare-isolation.ts';
import { app } from './app.ts';

declare global {
	interface Window {
		page: {
			/** Set when the page has come to its end: with a message, or with an app that is served. */
			state?: string;
			message?: string;
			pageId: string;
			url(path: string): string;
			/** Shows a path of the app in a frame; its text. */
			show(path: string): Promise<string>;
			/** Fetches a path of the app as a script of a frame does. */
			fetch(path: string, init?: RequestInit): Promise<{ status: number; url: string; headers: object; body: string }>;
			/** Loads PHP, if the site has it; its version. */
			php(): Promise<string>;
			keep(): Promise<unknown>;
			close(): void;
			/** Starts a worker of the page that shares memory with it: the number that it wrote. */
			share(): Promise<number>;
		};
	}
}

const parameters = new URLSearchParams(location.search);
const pageId = parameters.get('id') ?? crypto.randomUUID().slice(0, 8);
const timeout = Number(parameters.get('timeout') ?? 10_000);

const result = await prepareIsolation('service-worker.js');
if (result.state === 'unsupported') {
	window.page = { ...window.page, state: 'unsupported', message: result.message };
	document.body.textContent = result.message;
} else {
	const frames = parameters.has('worker') ? inWorker() : serveFrames({ pageId, timeout, fetch: app });
	await result.frames;
	window.page = {
		state: 'isolated',
		pageId,
		url: frames.url,
		close: frames.close,
		php: async () => (await loadPhp()).version,
		keep: () => keepOffline(),
		async show(path) {
			const frame = document.createElement('iframe');
			frame.src = frames.url(path);
			const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
			document.body.append(frame);
			await loaded;
			return frame.contentDocument?.body.innerText ?? '(blocked)';
		},
		async fetch(path, init) {
			const response = await fetch(frames.url(path), init);
			const { status, url, headers } = response;
			return { status, url, headers: Object.fromEntries(headers), body: await response.text() };
		},
		async share() {
			const memory = new Int32Array(new SharedArrayBuffer(4));
			const worker = new Worker('sharing-worker.js', { type: 'module' });
			await new Promise((resolve, reject) => {
				worker.onmessage = resolve;
				worker.onerror = () => reject(new Error('the worker does not start'));
				worker.postMessage(memory);
			});
			worker.terminate();
			return memory[0] ?? 0;
		},
	};
}

/** The app runs in a worker of the page, as it does in the playground. */
function inWorker() {
	const worker = new Worker('app-worker.js', { type: 'module' });
	return forwardFrames({ pageId, timeout }, (port) => worker.postMessage(port, [port]));
}
