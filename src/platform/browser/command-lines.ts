import { runOnThread } from '../../threads/command-line-run.ts';
import type { ThreadFactory } from '../../threads/thread-port.ts';
import { APP_FOLDER } from './browser-options-host.ts';
import type { PhpCliOptions } from './browser-server.ts';

const STDOUT = 1;
const CRASHED = 255;
const NO_SIDEKICKS = 'There are no sidekicks in php-cli: they belong to the server. Send it a request that reads them.';

/** The runs of PHP's command line beside one scope. */
export class CommandLines {
	readonly #threads: ThreadFactory;
	readonly #fileLocks: SharedArrayBuffer;
	readonly #closing = new AbortController();
	readonly #running = new Set<Promise<number>>();

	constructor(threads: ThreadFactory, fileLocks: SharedArrayBuffer) {
		this.#threads = threads;
		this.#fileLocks = fileLocks;
	}

	/** See `BrowserServer.phpCli()`. */
	run(args: readonly string[], { onOutput, signal }: PhpCliOptions = {}): Promise<number> {
		const running = this.#run(args, onOutput, signal);
		this.#running.add(running);
		const forget = (): void => void this.#running.delete(running);
		running.then(forget, forget);
		return running;
	}

	/** Ends those that run; resolves when they are gone. */
	async close(): Promise<void> {
		this.#closing.abort(new Error('The server was closed, and PHP with it.'));
		await Promise.allSettled(this.#running);
	}

	async #run(
		args: readonly string[],
		onOutput: PhpCliOptions['onOutput'],
		asked: AbortSignal | undefined,
	): Promise<number> {
		const closing = this.#closing.signal;
		const signal = asked === undefined ? closing : AbortSignal.any([asked, closing]);
		signal.throwIfAborted();
		let outcome: Awaited<ReturnType<typeof runOnThread>>;
		try {
			outcome = await runOnThread(this.#threads, {
				args: [...args],
				folder: APP_FOLDER,
				fileLocks: this.#fileLocks,
				noSidekicks: NO_SIDEKICKS,
				signal,
				onOutput: (stream, bytes) => onOutput?.(stream === STDOUT ? 'stdout' : 'stderr', bytes),
			});
		} catch (error) {
			// Ended before PHP had started.
			signal.throwIfAborted();
			throw error;
		}
		signal.throwIfAborted();
		if (outcome.kind === 'exit') return outcome.status;
		onOutput?.('stderr', new TextEncoder().encode(`PHP crashed: ${outcome.message ?? 'its thread was lost'}\n`));
		return CRASHED;
	}
}
