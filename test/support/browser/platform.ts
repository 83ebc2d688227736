/// <reference types="vite/client" />
import { serve } from 'igor-php/browser';
import type { BrowserServeOptions, BrowserServer } from '../../../src/browser.ts';
import type { Server } from '../../../src/index.ts';
import type { AppFiles, Platform, StartOptions } from '../app-files.ts';

const PREFIX = '../../php-api/fixtures/';
const FIXTURES: Record<string, string> = import.meta.glob('../../php-api/fixtures/**', {
	query: '?raw',
	import: 'default',
	eager: true,
});

/** In the memory of the page; its server's, once there is one. */
class AppMemory implements AppFiles {
	readonly folder = '/app';
	#server: BrowserServer | undefined;
	readonly #files = new Map(Object.entries(FIXTURES).map(([name, text]) => [name.slice(PREFIX.length), text]));

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

	async serve({ listen: _, ...options }: StartOptions): Promise<Server> {
		const files: BrowserServeOptions['files'] = Object.fromEntries(this.#files);
		const server: BrowserServer = await serve({ ...options, root: this.folder, files });
		this.#server = server;
		return server;
	}

	discard(): void {}
}

/** A page: the library as a page loads it. */
export const platform: Platform = {
	copyOfFixtures: () => new AppMemory(),
	phpVersions: ['8.2', '8.4', '8.5'],
	// Chromium lets a worker go on for two seconds before it ends it by force; Firefox does it at once.
	terminationDelay: 2000,
};
