import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from 'igor-php';
import { afterAll, beforeAll } from 'vitest';
import type { ServeOptions, Server } from '../../../src/index.ts';
import { RawClient } from '../../robustness/support/raw-client.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import { eventually } from '../../support/eventually.ts';

/** Where a page runs: in a request of its own, or inside the callback of a worker. */
export type Mode = 'classic' | 'worker';
export const MODES: readonly Mode[] = ['classic', 'worker'];

/** What every page can use: files in the folder `state`, to force the order of things. */
const PRELUDE = `<?php
if (!function_exists('leave')) {
	function state(string $name): string { return __DIR__ . '/state/' . $name; }
	function leave(string $name, string $content = ''): void {
		file_put_contents(state($name) . '.new', $content);
		rename(state($name) . '.new', state($name));
	}
	function wait_for(string $name): void {
		for ($i = 0; $i < 10000; $i++) {
			clearstatcache();
			if (is_file(state($name))) return;
			usleep(1000);
		}
		throw new RuntimeException("Waited in vain for $name");
	}
}
`;

/** One application for all tests of a file: each page is a piece of PHP, run in either mode. */
export class Pages {
	/** Real path of the document root. */
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-fidelity-')));
	readonly log = new CapturingLogger();
	server!: Server;

	get url(): string {
		return this.server.url ?? '';
	}

	/** Path and query of a page. */
	path(mode: Mode, page: string, query = ''): string {
		return `/${mode === 'worker' ? 'worker' : 'index'}.php?page=${page}${query === '' ? '' : `&${query}`}`;
	}

	fetch(mode: Mode, page: string, init: RequestInit & { query?: string } = {}): Promise<Response> {
		const { query, ...rest } = init;
		return fetch(this.url + this.path(mode, page, query), { redirect: 'manual', ...rest });
	}

	async text(mode: Mode, page: string, init: RequestInit & { query?: string } = {}): Promise<string> {
		return (await this.fetch(mode, page, init)).text();
	}

	async json<T = Record<string, unknown>>(
		mode: Mode,
		page: string,
		init: RequestInit & { query?: string } = {},
	): Promise<T> {
		const text = await this.text(mode, page, init);
		try {
			return JSON.parse(text) as T;
		} catch {
			throw new Error(`The page ${page} answered: ${text.slice(0, 2000)}`);
		}
	}

	/** The answer byte for byte, headers included; the connection is closed after it. */
	async raw(mode: Mode, page: string, head: readonly string[] = [], { method = 'GET', body = '', query = '' } = {}) {
		using client = new RawClient(this.url);
		const lines = [`${method} ${this.path(mode, page, query)} HTTP/1.1`, 'Host: x.test', 'Connection: close', ...head];
		client.send(...lines, '', body);
		await client.closed;
		return client.received;
	}

	put(name: string, content = ''): void {
		writeFileSync(join(this.folder, 'state', name), content);
	}

	/** The content of a file that a page has left, once it is there. */
	left(name: string): Promise<string> {
		const path = join(this.folder, 'state', name);
		return eventually(`the file ${name}`, () => existsSync(path) && readFileSync(path, 'utf8'));
	}

	has(name: string): boolean {
		return existsSync(join(this.folder, 'state', name));
	}
}

/** Starts the application of a test file. */
export function usePages(pages: Readonly<Record<string, string>>, options: ServeOptions = {}): Pages {
	const application = new Pages();
	const { folder } = application;
	beforeAll(async () => {
		mkdirSync(join(folder, 'state'));
		writeFileSync(join(folder, 'prelude.inc'), PRELUDE);
		for (const [name, code] of Object.entries(pages)) writeFileSync(join(folder, `${name}.inc`), `<?php ${code}`);
		const run = "require_once __DIR__ . '/prelude.inc'; require __DIR__ . '/' . $_GET['page'] . '.inc';";
		writeFileSync(join(folder, 'index.php'), `<?php ${run}`);
		writeFileSync(
			join(folder, 'worker.php'),
			`<?php $handler = static function () { ${run} }; while (frankenphp_handle_request($handler)) {}`,
		);
		application.server = await serve({
			listen: '127.0.0.1:0',
			...options,
			root: folder,
			log: application.log,
			workers: [{ file: join(folder, 'worker.php'), num: 2 }],
		});
	});
	afterAll(async () => {
		await application.server?.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return application;
}
