import type { Unsubscribe } from '../../application/scope.ts';
import type { Server } from '../../application/server.ts';
import type { ServeOptions } from '../../config/options.ts';
import type { SidekickEvent } from '../../sidekicks/sidekick-event.ts';
import type { ThreadStatus } from '../../threads/thread-status.ts';
import type { TraceEvent } from '../../trace/trace-events.ts';
import type { PhpBinaries, StartProgress } from './threads/browser-binaries.ts';

/** Options of `serve()` in the browser. Paths are those of `files`; relative ones are below `/app`. */
export interface BrowserServeOptions extends Omit<ServeOptions, 'listen'> {
	/** What PHP sees as its disk: path → content. Relative paths are below `/app`, which is the current directory. */
	files: Readonly<Record<string, string | Uint8Array>>;
	/** Where Igor's own files lie (`php-thread.js`, `php-8.4.wasm`, …). Default: beside this module. */
	assets?: string | URL;
	/** From `loadPhp()`, called in this thread or another one. Default: what `assets` and `php` say is loaded now. */
	binaries?: PhpBinaries | Promise<PhpBinaries>;
	/**
	 * Ends a start that is under way: threads are terminated even in an endless loop, and `serve()` rejects with the signal's
	 * reason. Ignored once the server runs; see `close()`.
	 */
	signal?: AbortSignal;
	/** Hears how far the start has got. */
	onProgress?: (progress: StartProgress) => void;
	/** Hears what threads, requests and sidekicks do, in batches. Default: nothing is recorded. */
	onTrace?: (events: readonly TraceEvent[]) => void;
}

/** The disk that all PHP threads share, in memory. Paths as in `BrowserServeOptions.files`. */
export interface ServerFiles {
	/** Writes a whole file at once: nobody sees half of it. Folders on the way are made. */
	write(path: string, content: string | Uint8Array): void;
	/** `undefined` = there is no such file. */
	read(path: string): Uint8Array | undefined;
	/** A file, or a folder with everything in it. */
	remove(path: string): void;
	/** Absolute paths of all files below a folder. */
	list(folder?: string): string[];
	/** Grows with each change of any file, whoever made it. */
	readonly changes: number;
}

/** How `phpCli()` runs. */
export interface PhpCliOptions {
	/** Hears what PHP writes, in its order; PHP waits for whoever listens slowly. */
	onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
	/** Ends PHP, whatever it is doing; `phpCli()` rejects with the signal's reason. */
	signal?: AbortSignal;
}

/** A running server in a page or in a worker. */
export interface BrowserServer extends Server {
	/** There is no socket. */
	readonly url: undefined;
	readonly files: ServerFiles;
	threads(): ThreadStatus[];
	/** Terminates a thread, whatever it is doing; it is replaced. False = there is none with this id. */
	endThread(id: number): Promise<boolean>;
	onSidekickEvent(listener: (event: SidekickEvent) => void): Unsubscribe;
	/**
	 * Runs PHP's own command line (`['-r', 'echo 1;']`, `['bin/console', 'list']`) in `/app`, on a thread of its own and on the
	 * disk that all share. stdin is empty, and there are no sidekicks. The result is the exit status, 255 when PHP crashed.
	 */
	phpCli(args: readonly string[], options?: PhpCliOptions): Promise<number>;
	/** Reloads the code of workers and classic threads; see `RunningScope.restartWorkers()`. */
	restartWorkers(): Promise<void>;
}
