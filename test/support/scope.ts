import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import type { PhpApplication } from '../../src/http/php-application.ts';
import type { ServeOptions, Server } from '../../src/index.ts';
import type { ThreadBudget } from '../../src/threads/thread-budget.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { CapturingLogger } from './capturing-logger.ts';
import { eventually } from './eventually.ts';

type Parts = typeof import('./scope-entry.ts');

/** Beside the library's own bundle: PHP threads are started from a file next to it. */
const BUNDLE = fileURLToPath(new URL(`../../dist/test-scope-${process.pid}.js`, import.meta.url));
let parts: Parts;

/** Call it once, at the top of a test file that starts scopes. */
export function useScopes(): void {
	beforeAll(async () => {
		await build({
			entryPoints: [fileURLToPath(new URL('scope-entry.ts', import.meta.url))],
			outfile: BUNDLE,
			bundle: true,
			platform: 'node',
			format: 'esm',
			packages: 'external',
		});
		parts = (await import(pathToFileURL(BUNDLE).href)) as Parts;
	});
	afterAll(() => rmSync(BUNDLE, { force: true }));
}

/** A budget that scopes can share. */
export function newBudget(threads: number): ThreadBudget {
	return new parts.ThreadBudget(threads);
}

/** A running scope on a folder of its own, with what serve() hides. */
export class Scope implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-scope-')));
	readonly log = new CapturingLogger();
	application!: PhpApplication;
	server!: Server;

	/** Writes the files, then starts; `workers` and `sidekickEntrypoint` are names of files. */
	static async start(
		files: Record<string, string>,
		options: ServeOptions = {},
		budget: ThreadBudget | undefined = undefined,
		onTrace: ((events: readonly TraceEvent[]) => void) | undefined = undefined,
	): Promise<Scope> {
		const scope = new Scope();
		for (const [name, content] of Object.entries(files)) scope.write(name, content);
		const inFolder = (file: string): string => join(scope.folder, file);
		const host = parts.createOptionsHost();
		try {
			const resolved = parts.resolveOptions(
				{
					threads: 1,
					listen: false,
					...options,
					root: scope.folder,
					workers: (options.workers ?? []).map((worker) =>
						typeof worker === 'string' ? inFolder(worker) : { ...worker, file: inFolder(worker.file) },
					),
					...(options.sidekickEntrypoint && { sidekickEntrypoint: inFolder(options.sidekickEntrypoint) }),
				},
				host,
			);
			scope.application = await parts.startPhpApplication(resolved, scope.log, budget, onTrace);
			scope.server = await parts.openServer(resolved, scope.application, scope.log);
		} catch (error) {
			rmSync(scope.folder, { recursive: true, force: true });
			throw error;
		}
		return scope;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** All of a file at once: nobody sees half of it. */
	write(name: string, content: string): void {
		const path = join(this.folder, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(`${path}.new`, content);
		renameSync(`${path}.new`, path);
	}

	remove(name: string): void {
		rmSync(join(this.folder, name), { force: true });
	}

	/** The text of an answer, which has to be a success. */
	async get(path: string): Promise<string> {
		const response = await this.server.fetch(path, { signal: AbortSignal.timeout(20_000) });
		const text = await response.text();
		if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
		return text;
	}

	/** Threads in serving roles. */
	serving(): ReturnType<PhpApplication['threads']> {
		return this.application.threads().filter(({ role }) => role === 'classic' || role === 'worker');
	}

	/** Waits until so many requests are being served. */
	busy(count: number): Promise<unknown> {
		return eventually(`${count} busy threads`, () => this.application.measures().busyThreads === count);
	}

	/** Waits until so many threads serve, and no more are about to. */
	servingThreads(count: number): Promise<unknown> {
		return eventually(`${count} serving threads, not ${this.serving().length}`, () => {
			const threads = this.serving();
			return threads.length === count && threads.every(({ state }) => state === 'waiting' || state === 'busy');
		});
	}
}
