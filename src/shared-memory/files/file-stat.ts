/** What stat(2) tells. Times in milliseconds since 1970. */
export type FileStat = {
	/** Never the same for two files, not even one after the other. */
	id: number;
	/** Kind and permissions, as in stat(2). */
	mode: number;
	size: number;
	mtime: number;
	ctime: number;
	atime: number;
	/** What `FileStore.changes` was when this file changed last. */
	change: number;
};

/** What a name leads to. */
export type Found = Pick<FileStat, 'id' | 'mode'>;
