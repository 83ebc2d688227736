import type { RunningScope } from '../../src/application/scope.ts';
import type { PhpVersion, ServeOptions, Server } from '../../src/index.ts';
import type { ThreadBudget } from '../../src/threads/thread-budget.ts';
import type { TraceEvent } from '../../src/trace/trace-events.ts';

/** Options of `serve()`; names of files belong to the app's folder. */
export type StartOptions = Omit<ServeOptions, 'root'>;

/** A server with what is inside it. */
export type OpenServer = { server: Server; running: RunningScope };

/** What only the parts of the library know, not `serve()`. */
export type InsideOptions = {
	budget?: ThreadBudget | undefined;
	onTrace?: ((events: readonly TraceEvent[]) => void) | undefined;
};

/**
 * The files that a test's server runs on, and that test and scripts may change. Both platforms have such: a folder of
 * the disk, or the memory of a page.
 */
export interface AppFiles {
	/** The path of the app's folder, as PHP sees it. */
	readonly folder: string;
	/** All of a file at once; folders on the way are made. `name` is relative, as everywhere below. */
	write(name: string, content: string): void;
	/** undefined = there is no such file. */
	read(name: string): string | undefined;
	/** A file, or a folder with all that is in it. */
	remove(name: string): void;
	/** Serves the folder by the library's `serve()`, without a socket unless `listen` asks for one. */
	serve(options: StartOptions): Promise<Server>;
	/** The same by the parts of the library. */
	open(options: StartOptions, inside: InsideOptions): Promise<OpenServer>;
	/** Removes all of it. The server has been closed, or has not come to be. */
	discard(): void;
}

/** What the tests need of the platform, beside the library itself. */
export interface Platform {
	/** A folder with nothing in it. */
	emptyFolder(): AppFiles;
	/** A copy of test/php/api/fixtures. */
	copyOfFixtures(): AppFiles;
	/**
	 * What is tested on several versions of PHP runs on these: in Node on all, in each browser on one beside the default. All
	 * of them work in browsers, too: versions.test.ts.
	 */
	readonly phpVersions: readonly PhpVersion[];
	/** Whether flock() of PHP locks, which sessions rely on: in the web's php.wasm it does nothing. */
	readonly hasFlock: boolean;
}
