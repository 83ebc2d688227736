import type { PrecompressedName } from '../../http/precompressed.ts';

/** What is asked for. */
export interface FileTarget {
	/** Normalised text path below the root. */
	readonly path: string;
	/** As the client sent it, before rewrites, without the query. */
	readonly originalPath: string;
	readonly query: string;
}

/** How a folder is served. */
export interface FileServerOptions {
	/** Absolute and real. */
	readonly root: string;
	/** Absolute paths, names or patterns of what is as if it were not there. */
	readonly hide: readonly string[];
	/** Names of the file that stands for a folder. */
	readonly index: readonly string[];
	/** Folders without an index are listed. */
	readonly browse: boolean;
	/** Encodings whose files beside the original are preferred to it, the best first. */
	readonly precompressed: readonly PrecompressedName[];
	/** Folders are redirected to the path with a final '/', files to the one without. */
	readonly canonicalUris: boolean;
	/** Instead of 200. */
	readonly status?: number;
}
