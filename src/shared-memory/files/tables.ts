import { Contents } from './contents.ts';
import { Entries } from './entries.ts';
import { Handles } from './handles.ts';
import { Inodes } from './inodes.ts';
import { type Layout, readLayout } from './layout.ts';
import { Pages } from './pages.ts';
import { Tree } from './tree.ts';

/** All parts of the shared files, over one buffer. */
export type Tables = {
	readonly words: Int32Array;
	readonly layout: Layout;
	readonly inodes: Inodes;
	readonly pages: Pages;
	readonly entries: Entries;
	readonly handles: Handles;
	readonly contents: Contents;
	readonly tree: Tree;
};

/** @throws RangeError when the buffer holds no shared files */
export function openTables(buffer: SharedArrayBuffer): Tables {
	const words = new Int32Array(buffer);
	const layout = readLayout(words);
	const inodes = new Inodes(words, layout);
	const pages = new Pages(words, layout);
	const entries = new Entries(words, layout, inodes, pages);
	const handles = new Handles(words, layout);
	const contents = new Contents(inodes, pages);
	const tree = new Tree(words, inodes, entries, contents, handles);
	return { words, layout, inodes, pages, entries, handles, contents, tree };
}
