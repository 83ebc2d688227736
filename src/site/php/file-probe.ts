/** Something that exists below the document root. */
export interface Found {
	readonly kind: 'file' | 'directory';
	/** Where it really is, symbolic links resolved: below the real root, '/'-separated, beginning with '/'. */
	readonly realPath: string;
}

/** What routing needs to know about files. Main thread only. */
export interface FileProbe {
	/**
	 * What is at a path below the document root.
	 *
	 * @param path normalised (`normalisePath`) text, without a final '/' except for the root itself
	 * @returns `undefined` when nothing is there, when it is neither file nor directory, or when it really lies outside
	 *   the root (a symbolic link that leads out)
	 */
	look(path: string): Found | undefined;
}
