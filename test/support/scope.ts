import type { RunningScope } from '../../src/application/scope.ts';
import type { Server } from '../../src/index.ts';
import type { AppFiles, InsideOptions, StartOptions } from './app-files.ts';
import { CapturingLogger } from './capturing-logger.ts';
import { eventually } from './eventually.ts';
import { platform } from './node/platform.ts';

/** A running scope on a folder of its own, with what serve() hides. */
export class Scope implements AsyncDisposable {
	readonly files: AppFiles = platform.emptyFolder();
	readonly log = new CapturingLogger();
	running!: RunningScope;
	server!: Server;

	/** Writes the files, then starts; `workers` and `sidekickEntrypoint` are names of files. */
	static async start(
		files: Record<string, string>,
		options: StartOptions = {},
		inside: InsideOptions = {},
	): Promise<Scope> {
		const scope = new Scope();
		for (const [name, content] of Object.entries(files)) scope.write(name, content);
		try {
			Object.assign(scope, await scope.files.open({ threads: 1, ...options, log: scope.log }, inside));
		} catch (error) {
			scope.files.discard();
			throw error;
		}
		return scope;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		this.files.discard();
	}

	/** Where PHP sees the files. */
	get folder(): string {
		return this.files.folder;
	}

	/** All of a file at once: nobody sees half of it. */
	write(name: string, content: string): void {
		this.files.write(name, content);
	}

	remove(name: string): void {
		this.files.remove(name);
	}

	/** Whether a script (or `write`) has left that file. */
	has(name: string): boolean {
		return this.files.read(name) !== undefined;
	}

	/** Blocks this thread, on which the server's main part runs too, until that file is there. */
	blockUntil(name: string): void {
		const deadline = performance.now() + 20_000;
		while (!this.has(name)) {
			if (performance.now() > deadline) throw new Error(`Waited in vain for the file ${name}.`);
			for (const end = performance.now() + 5; performance.now() < end; );
		}
	}

	/** The text of an answer, which has to be a success. */
	async get(path: string): Promise<string> {
		const response = await this.server.fetch(path, { signal: AbortSignal.timeout(50_000) });
		const text = await response.text();
		if (response.ok) return text;
		const said = this.log.records.slice(-5).map(({ message }) => message);
		throw new Error(`${path}: ${response.status} ${text}; the log ends with: ${said.join(' | ')}`);
	}

	/** Threads in serving roles. */
	serving(): ReturnType<RunningScope['threads']> {
		return this.running.threads().filter(({ role }) => role === 'classic' || role === 'worker');
	}

	/** Waits until so many requests are being served. */
	busy(count: number): Promise<unknown> {
		return eventually(`${count} busy threads`, () => this.running.measures().busyThreads === count);
	}

	/** Waits until so many threads serve, and no more are about to. */
	servingThreads(count: number): Promise<unknown> {
		return eventually(`${count} serving threads, not ${this.serving().length}`, () => {
			const threads = this.serving();
			return threads.length === count && threads.every(({ state }) => state === 'waiting' || state === 'busy');
		});
	}
}
