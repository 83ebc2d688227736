/// <reference types="vite/client" />
import { serve } from 'igor-php/browser';
import type { BrowserServeOptions, BrowserServer } from '../../../src/browser.ts';
import type { Server } from '../../../src/index.ts';
import { startServer } from '../../../src/platform/browser/serve.ts';
import type { AppFiles, InsideOptions, OpenServer, Platform, StartOptions } from '../app-files.ts';
import { eventually } from '../eventually.ts';

const PREFIX = '../../php/api/fixtures/';
const FIXTURES: Record<string, string> = import.meta.glob('../../php/api/fixtures/**', {
	query: '?raw',
	import: 'default',
	eager: true,
});

/** Where the build has put PHP. */
const ASSETS = new URL('../../../dist/browser/', import.meta.url);

/** In the memory of the page; its server's, once there is one. */
class AppMemory implements AppFiles {
	readonly folder = '/app';
	#server: BrowserServer | undefined;
	readonly #files: Map<string, string>;

	constructor(files: Record<string, string>) {
		this.#files = new Map(Object.entries(files));
	}

	write(name: string, content: string): void {
		if (this.#server) this.#server.files.write(name, content);
		else this.#files.set(name, content);
	}

	read(name: string): string | undefined {
		if (!this.#server) return this.#files.get(name);
		const bytes = this.#server.files.read(name);
		return bytes && new TextDecoder().decode(bytes);
	}

	remove(name: string): void {
		if (this.#server) this.#server.files.remove(name);
		else this.#files.delete(name);
	}

	async serve(options: StartOptions): Promise<Server> {
		const server: BrowserServer = await serve(this.#options(options));
		this.#server = server;
		await allServe(server, options);
		return server;
	}

	async open(options: StartOptions, { budget, onTrace }: InsideOptions): Promise<OpenServer> {
		const { server, scope } = await startServer(
			{ ...this.#options(options), assets: ASSETS, ...(onTrace && { onTrace }) },
			budget,
		);
		this.#server = server;
		await allServe(server, options);
		return { server, running: scope };
	}

	#options({ listen: _, ...options }: StartOptions): BrowserServeOptions {
		return { ...options, root: this.folder, files: Object.fromEntries(this.#files) };
	}

	discard(): void {}
}

/** In Node all workers are ready then; in a page the first of each, and tests that count threads wait for the others. */
async function allServe(server: BrowserServer, { workers = [], threads = 2 }: StartOptions): Promise<void> {
	const wanted = workers.reduce(
		(sum, worker) => sum + ((typeof worker === 'string' ? undefined : worker.num) ?? 2),
		threads,
	);
	await eventually(`${wanted} serving threads`, () => {
		const serving = server.threads().filter(({ role }) => role === 'classic' || role === 'worker');
		return serving.filter(({ state }) => state !== 'booting').length >= wanted;
	});
}

/** A page: the library as a page loads it. */
export const platform: Platform = {
	emptyFolder: () => new AppMemory({}),
	copyOfFixtures: () =>
		new AppMemory(
			Object.fromEntries(Object.entries(FIXTURES).map(([name, text]) => [name.slice(PREFIX.length), text])),
		),
	phpVersions: navigator.userAgent.includes('Firefox/') ? ['8.2'] : ['8.5'],
	hasFlock: false,
};
