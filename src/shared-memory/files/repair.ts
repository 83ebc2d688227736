import { ENTRY, HEADER, INODE, PAGE_BYTES, ROOT_INODE } from './layout.ts';
import type { Tables } from './tables.ts';
import { FOLDER, KIND } from './tree.ts';

/**
 * Rebuilds all lists, counts and indexes from names, inodes and chains, after a thread has died in the middle of a
 * change. What it had taken and not used yet is free again. Call it with the lock; it may itself be killed and repeated.
 */
export function repair(tables: Tables): void {
	finishRenaming(tables);
	indexNames(tables);
	countHandles(tables);
	collectInodes(tables);
	collectPages(tables);
	Atomics.add(tables.words, HEADER.CHANGES, 1);
	tables.words[HEADER.DIRTY] = 0;
}

/** A rename that has already given the inode its new name loses the old one. */
function finishRenaming({ words, entries }: Tables): void {
	const from = words[HEADER.RENAME_FROM]!;
	const to = words[HEADER.RENAME_TO]!;
	if (from !== 0 && entries.get(from, ENTRY.INODE) === entries.get(to, ENTRY.INODE)) entries.set(from, ENTRY.INODE, 0);
	words[HEADER.RENAME_FROM] = 0;
}

function indexNames({ words, layout, inodes, entries }: Tables): void {
	words.fill(0, layout.buckets, layout.buckets + words[HEADER.BUCKETS]!);
	words[HEADER.FREE_ENTRY] = 0;
	for (let inode = 1; inode < words[HEADER.FRESH_INODE]!; inode++) {
		if ((inodes.get(inode, INODE.MODE) & KIND) === FOLDER) inodes.set(inode, INODE.FIRST, 0);
		inodes.set(inode, INODE.LINKS, inode === ROOT_INODE ? 1 : 0);
	}
	for (let entry = words[HEADER.FRESH_ENTRY]! - 1; entry >= 1; entry--) {
		const inode = entries.get(entry, ENTRY.INODE);
		if (inode === 0) {
			entries.release(entry);
			continue;
		}
		entries.index(entry);
		inodes.set(inode, INODE.LINKS, 1);
		inodes.set(inode, INODE.PARENT, entries.get(entry, ENTRY.PARENT));
	}
}

function countHandles({ words, inodes, handles }: Tables): void {
	for (let inode = 1; inode < words[HEADER.FRESH_INODE]!; inode++) inodes.set(inode, INODE.OPENS, 0);
	handles.each((_handle, _owner, inode) => {
		inodes.set(inode, INODE.OPENS, inodes.get(inode, INODE.OPENS) + 1);
	});
}

/** Inodes with neither a name nor a handle are free. */
function collectInodes({ words, inodes }: Tables): void {
	words[HEADER.FREE_INODE] = 0;
	for (let inode = words[HEADER.FRESH_INODE]! - 1; inode >= 1; inode--) {
		if (inodes.get(inode, INODE.LINKS) === 0 && inodes.get(inode, INODE.OPENS) === 0) inodes.remove(inode);
	}
}

function collectPages({ words, inodes, entries, pages }: Tables): void {
	const used = new Uint8Array(words[HEADER.FRESH_PAGE]!);
	for (let inode = 1; inode < words[HEADER.FRESH_INODE]!; inode++) {
		if (inodes.get(inode, INODE.MODE) === 0) continue;
		let page = inodes.get(inode, INODE.HEAD);
		let last = 0;
		// A chain may be longer than its file, by pages that were about to be used or given back.
		for (let left = Math.ceil(inodes.get(inode, INODE.SIZE) / PAGE_BYTES); left > 0 && page !== 0; left--) {
			used[page] = 1;
			last = page;
			page = pages.next(page);
		}
		if (last === 0) inodes.set(inode, INODE.HEAD, 0);
		else pages.link(last, 0);
	}
	for (let entry = 1; entry < words[HEADER.FRESH_ENTRY]!; entry++) {
		if (entries.get(entry, ENTRY.INODE) !== 0) used[entries.get(entry, ENTRY.NAME_PAGE)] = 1;
	}
	words[HEADER.FREE_PAGE] = 0;
	words[HEADER.FREE_PAGES] = 0;
	for (let page = words[HEADER.FRESH_PAGE]! - 1; page >= 1; page--) {
		if (used[page] === 1) continue;
		pages.link(page, 0);
		pages.giveBack(page);
	}
}
