/**
 * How the shared files lie in one SharedArrayBuffer: a header, then tables of fixed size, then pages with contents.
 * A table's records have numbers from 1; 0 = none. What was never used is never touched, so it costs no memory.
 *
 * What has to be correct at any moment, because a thread may be killed at any point: which names lead to which inode
 * (`ENTRY.INODE`), and each inode's mode, size and chain of pages. All lists, counts and indexes follow from these;
 * `repair.ts` rebuilds them after a thread has died in the middle of a change.
 */

/** Bytes of content in one page. */
export const PAGE_BYTES = 1024;
/** A name's length is limited as in Linux, though in UTF-16 code units. */
export const MAX_NAME = 255;

/** Words of the header. */
export const HEADER = {
	MAGIC: 0,
	/** The owner that is in the middle of something; 0 = nobody. */
	LOCK: 1,
	/** How many threads sleep for the lock; too high after one of them was killed. */
	WAITERS: 2,
	/** Grows with every change. */
	CHANGES: 3,
	/** 1 = a thread died while it held the lock: lists and counts cannot be trusted. */
	DIRTY: 4,
	/** A rename in progress: the entry that will go, and the one that takes its inode. */
	RENAME_FROM: 5,
	RENAME_TO: 6,
	/** Lists of freed records, and the first one never used. */
	FREE_PAGE: 7,
	FRESH_PAGE: 8,
	FREE_PAGES: 9,
	FREE_INODE: 10,
	FRESH_INODE: 11,
	FREE_ENTRY: 12,
	FRESH_ENTRY: 13,
	/** Sizes of the tables, in records. */
	INODES: 14,
	ENTRIES: 15,
	BUCKETS: 16,
	PAGES: 17,
	HANDLES: 18,
	WORDS: 32,
} as const;

/** Words of an inode. Times are doubles of milliseconds, two words each. */
export const INODE = {
	/** As in stat(2); 0 = the inode is free. */
	MODE: 0,
	/** Tells an inode from one that had its number before. */
	GENERATION: 1,
	/** 1 = it has a name. */
	LINKS: 2,
	/** How many handles are open on it. */
	OPENS: 3,
	SIZE: 4,
	/** The first page. */
	HEAD: 5,
	/** A folder's first entry. */
	FIRST: 6,
	/** Of a file: how often its chain has become shorter. */
	CUTS: 6,
	/** A folder's folder. */
	PARENT: 7,
	MTIME: 8,
	CTIME: 10,
	ATIME: 12,
	/** `HEADER.CHANGES` as it was after the last change of content or attributes. */
	CHANGE: 14,
	/** The next free inode. */
	NEXT_FREE: 15,
	WORDS: 16,
} as const;

/** Words of a name in a folder. */
export const ENTRY = {
	/** What the name leads to; 0 = the entry does not count. */
	INODE: 0,
	/** The folder's inode. */
	PARENT: 1,
	HASH: 2,
	/** The next entry of the same bucket; of a free entry, the next free one. */
	NEXT_IN_BUCKET: 3,
	NEXT_IN_FOLDER: 4,
	/** Length of the name in UTF-16 code units. */
	LENGTH: 5,
	/** The page with the name when it is a long one. */
	NAME_PAGE: 6,
	NAME: 8,
	WORDS: 32,
} as const;
/** The longest name that an entry holds by itself, UTF-16 code units. */
export const SHORT_NAME = (ENTRY.WORDS - ENTRY.NAME) * 2;

/** Words of an open handle. It counts when its owner is not 0. */
export const HANDLE = { OWNER: 0, INODE: 1, WORDS: 2 } as const;

export const ROOT_INODE = 1;

/** Threads have numbers below this one: each has a bit that shuts it out. */
export const MAX_OWNER = 2 ** 16;

const MAGIC = 0x1609_0001;
const BYTES_PER_INODE = 4096;
const MAX_INODES = 2 ** 20 - 1;
const HANDLES = 8192;
const SMALLEST = 1024 * 1024;
const LARGEST = 2 ** 31 - 65_536;
/** Bytes of shared files when nobody says otherwise. */
const DEFAULT_BYTES = 64 * 1024 * 1024;

/** Where the tables lie, in words (`pages`: in bytes). */
export type Layout = {
	/** A bit for each owner that must not touch the files any more. */
	readonly shutOut: number;
	readonly handles: number;
	readonly buckets: number;
	readonly inodes: number;
	readonly entries: number;
	/** For each page the next one of its chain. */
	readonly nextPage: number;
	readonly pages: number;
};

/**
 * Memory for shared files, with an empty root folder. Any thread.
 *
 * @param bytes of everything: contents, names and tables; 1 MiB to 2 GiB. Unused memory is not touched.
 * @throws RangeError when the size is out of range, or the memory cannot be had
 */
export function createFilesBuffer(bytes: number = DEFAULT_BYTES): SharedArrayBuffer {
	if (!Number.isInteger(bytes) || bytes < SMALLEST || bytes > LARGEST) {
		throw new RangeError(`Shared files cannot have ${bytes} bytes; choose 1 MiB to just under 2 GiB.`);
	}
	const buffer = new SharedArrayBuffer(bytes - (bytes % PAGE_BYTES));
	const words = new Int32Array(buffer);
	const inodes = Math.min(MAX_INODES, Math.floor(bytes / BYTES_PER_INODE));
	words[HEADER.INODES] = inodes;
	// A rename needs both names for a moment.
	words[HEADER.ENTRIES] = inodes + 64;
	words[HEADER.BUCKETS] = 2 ** Math.floor(Math.log2(inodes));
	words[HEADER.HANDLES] = HANDLES;
	words[HEADER.PAGES] = Math.floor((bytes - layoutOf(words).nextPage * 4) / (PAGE_BYTES + 4)) - 2;
	words[HEADER.FRESH_PAGE] = 1;
	words[HEADER.FRESH_INODE] = ROOT_INODE + 1;
	words[HEADER.FRESH_ENTRY] = 1;
	const root = layoutOf(words).inodes;
	words[root + INODE.MODE] = 0o40777;
	words[root + INODE.LINKS] = 1;
	words[root + INODE.PARENT] = ROOT_INODE;
	const now = Date.now();
	const times = new Float64Array(buffer);
	for (const field of [INODE.MTIME, INODE.CTIME, INODE.ATIME]) times[(root + field) / 2] = now;
	words[HEADER.MAGIC] = MAGIC;
	return buffer;
}

/**
 * Where the tables of an existing buffer are.
 *
 * @throws RangeError when it was not made by `createFilesBuffer()` of this version
 */
export function readLayout(words: Int32Array): Layout {
	if (words[HEADER.MAGIC] !== MAGIC) {
		throw new RangeError('This memory holds no shared files; make it with createFilesBuffer() of the same version.');
	}
	return layoutOf(words);
}

function layoutOf(words: Int32Array): Layout {
	const shutOut = HEADER.WORDS;
	const handles = shutOut + MAX_OWNER / 32;
	const buckets = handles + words[HEADER.HANDLES]! * HANDLE.WORDS;
	const inodes = roundUp(buckets + words[HEADER.BUCKETS]!, INODE.WORDS);
	const entries = inodes + words[HEADER.INODES]! * INODE.WORDS;
	const nextPage = entries + words[HEADER.ENTRIES]! * ENTRY.WORDS;
	const pages = roundUp((nextPage + words[HEADER.PAGES]! + 1) * 4, PAGE_BYTES);
	return { shutOut, handles, buckets, inodes, entries, nextPage, pages };
}

function roundUp(value: number, unit: number): number {
	return Math.ceil(value / unit) * unit;
}
