/** Something on disk. */
export interface DiskEntry {
	readonly isDirectory: boolean;
	/** Bytes. */
	readonly size: number;
	/** Milliseconds since 1970. */
	readonly modified: number;
}

/** What file matchers ask of the file system, synchronously. Paths are absolute text. Main thread only. */
export interface Disk {
	/** Follows links that stay below the root; `undefined` = nothing is there, or nothing that may be seen. */
	look(path: string, root: string): DiskEntry | undefined;
	/** The names in a folder, sorted, likewise; an empty list when it cannot be read. */
	list(folder: string, root: string): readonly string[];
}
