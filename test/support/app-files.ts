import type { PhpVersion, ServeOptions, Server } from '../../src/index.ts';

/** Options of `serve()`; names of files belong to the copy of the fixtures. */
export type StartOptions = Omit<ServeOptions, 'root'>;

/**
 * A copy of test/php-api/fixtures that a test's server runs on, and that test and scripts may change. Both platforms
 * have one: a folder of the disk, or the memory of a page.
 */
export interface AppFiles {
	/** Its path, as PHP sees it. */
	readonly folder: string;
	/** All of a file at once; folders on the way are made. `name` is relative, as everywhere below. */
	write(name: string, content: string): void;
	/** undefined = there is no such file. */
	read(name: string): string | undefined;
	/** A file, or a folder with all that is in it. */
	remove(name: string): void;
	/** Serves the folder without a socket, unless `listen` asks for one. */
	serve(options: StartOptions): Promise<Server>;
	/** Removes all of it. The server has been closed, or has not come to be. */
	discard(): void;
}

/** What the tests need of the platform, beside the library itself. */
export interface Platform {
	copyOfFixtures(): AppFiles;
	/** The versions of PHP that come with it. */
	readonly phpVersions: readonly PhpVersion[];
	/** How long a thread that never pauses may live on after it was terminated, milliseconds. */
	readonly terminationDelay: number;
}
