import type { Server, SidekickInfo } from '../../src/index.ts';
import type { AppFiles, StartOptions } from './app-files.ts';
import { CapturingLogger } from './capturing-logger.ts';
import { eventually } from './eventually.ts';
import { platform } from './node/platform.ts';

/** Where a request script runs: on a thread for classic requests, or inside a worker's handler. */
export type Mode = 'classic' | 'worker';
export const MODES: readonly Mode[] = ['classic', 'worker'];

/** What a script of fixtures/requests returned or threw. */
export type Answer<T> = {
	value: T;
	error: { class: string; message: string } | undefined;
	/** How long the script took, seconds. */
	seconds: number;
};

/** Options of `serve()`; the workers are files of the copy, with `workerThreads` threads each. */
export type ApplicationOptions = Omit<StartOptions, 'log' | 'workers'> & {
	workers?: readonly string[];
	workerThreads?: number;
};

type Parameters = Record<string, string | number | readonly string[]>;

/** A server on a copy of test/php/api/fixtures. */
export class Application implements AsyncDisposable {
	/** The copy; scripts and tests leave each other files in its folder `state`. */
	readonly files: AppFiles = platform.copyOfFixtures();
	readonly log = new CapturingLogger();
	server!: Server;

	/** Starts the server. */
	static async start({ workerThreads = 2, ...options }: ApplicationOptions = {}): Promise<Application> {
		const application = new Application();
		const { files, log } = application;
		const workers = options.workers ?? ['worker.php'];
		const entrypoint = 'sidekickEntrypoint' in options ? options.sidekickEntrypoint : 'bin/sidekick';
		try {
			application.server = await files.serve({
				sidekickMax: 32,
				...options,
				log,
				workers: workers.map((file) => ({ file, num: workerThreads })),
				sidekickEntrypoint: entrypoint,
			});
		} catch (error) {
			files.discard();
			throw error;
		}
		return application;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		this.files.discard();
	}

	/** Where PHP sees the copy. */
	get folder(): string {
		return this.files.folder;
	}

	/** Runs fixtures/requests/`script`.php with `parameters` as $_GET. */
	async ask<T = unknown>(mode: Mode, script: string, parameters: Parameters = {}): Promise<Answer<T>> {
		const response = await this.server.fetch(Application.path(mode, script, parameters));
		const text = await response.text();
		if (response.status !== 200) throw new Error(`Status ${response.status}: ${text}`);
		try {
			return JSON.parse(text) as Answer<T>;
		} catch {
			throw new Error(`The script ${script} answered something else than JSON: ${text.slice(0, 1000)}`);
		}
	}

	static path(mode: Mode, script: string, parameters: Parameters = {}): string {
		const query = new URLSearchParams({ script });
		for (const [name, value] of Object.entries(parameters)) {
			if (typeof value === 'object') for (const one of value) query.append(`${name}[]`, one);
			else query.append(name, String(value));
		}
		return `/${mode === 'worker' ? 'worker' : 'index'}.php?${query}`;
	}

	/** What the script returned; throws what it threw. */
	async value<T = unknown>(mode: Mode, script: string, parameters: Parameters = {}): Promise<T> {
		const answer = await this.ask<T>(mode, script, parameters);
		if (answer.error) throw new Error(`${answer.error.class}: ${answer.error.message}`);
		return answer.value;
	}

	/** The snapshot of a sidekick, started if need be. */
	vars(name: string, mode: Mode = 'classic', timeout = 30): Promise<Record<string, string>> {
		return this.value(mode, 'get', { name, timeout });
	}

	/** Leaves a file for the scripts: all of it at once. */
	put(name: string, content = ''): void {
		this.files.write(`state/${name}`, content);
	}

	remove(name: string): void {
		this.files.remove(`state/${name}`);
	}

	/** Whether a script (or `put`) has left that file. */
	has(name: string): boolean {
		return this.content(name) !== undefined;
	}

	/** What is in the file now; undefined = it is not there. */
	content(name: string): string | undefined {
		return this.files.read(`state/${name}`);
	}

	/** Blocks this thread, on which the server's main part runs too: until that file is there, then for `more` ms. */
	blockUntil(name: string, more: number): void {
		const deadline = performance.now() + 10_000;
		while (!this.has(name)) if (performance.now() > deadline) throw new Error(`Waited in vain for the file ${name}.`);
		for (const end = performance.now() + more; performance.now() < end; );
	}

	/** The content of a file that a script has left (by `leave()` or `leave_line()`: all at once), once it is there. */
	read(name: string): Promise<string> {
		return eventually(`the file ${name}`, () => this.content(name));
	}

	/** The sidekick, once `condition` holds for it. */
	sidekick(name: string, condition: (info: SidekickInfo) => boolean, seconds?: number): Promise<SidekickInfo> {
		return eventually(
			`the sidekick ${name} (last: ${JSON.stringify(this.server.sidekicks.get(name))})`,
			() => {
				const info = this.server.sidekicks.get(name);
				return info !== undefined && condition(info) && info;
			},
			seconds,
		);
	}

	/** Stops every sidekick. */
	async stopSidekicks(): Promise<void> {
		const { sidekicks } = this.server;
		await Promise.all(sidekicks.list().map(({ name }) => sidekicks.stop(name)));
	}
}
