import { FileStore } from '../../../../src/shared-memory/files/file-store.ts';
import { ENTRY, HEADER, INODE, PAGE_BYTES, ROOT_INODE } from '../../../../src/shared-memory/files/layout.ts';
import { openTables } from '../../../../src/shared-memory/files/tables.ts';

const KIND = 0o170000;

/** Everything below the root by path: kind, permissions, and the content or target. */
export function snapshot(store: FileStore, folder = store.root, path = ''): Record<string, string> {
	const found: Record<string, string> = {};
	for (const name of store.names(folder).sort()) {
		const id = store.lookup(folder, name);
		const mode = store.mode(id);
		const kind = mode & KIND;
		const content =
			kind === 0o040000 ? '' : kind === 0o120000 ? store.readlink(id) : String.fromCharCode(...store.readAll(id));
		found[`${path}/${name}`] = `${mode.toString(8)} ${content}`;
		if (kind === 0o040000) Object.assign(found, snapshot(store, id, `${path}/${name}`));
	}
	return found;
}

/** How many files are open on all threads together. */
export function openHandles(buffer: SharedArrayBuffer): number {
	let count = 0;
	openTables(buffer).handles.each(() => count++);
	return count;
}

/** Throws when lists, counts and indexes do not say the same as names, inodes and chains. Nobody may hold the lock. */
export function checkInvariants(buffer: SharedArrayBuffer): void {
	// Whoever comes first repairs, if a thread has died.
	new FileStore(buffer, -99, false).space();
	const { words, inodes, pages, entries, handles } = openTables(buffer);
	const header = (field: number): number => words[field] as number;
	const must = (what: string, holds: boolean): void => {
		if (!holds) throw new Error(`The shared files are damaged: ${what}.`);
	};
	must('the lock is held', header(HEADER.LOCK) === 0);
	must('a renaming is under way', header(HEADER.RENAME_FROM) === 0);

	// Pages: each belongs to exactly one chain.
	const users = new Map<number, string>();
	const chain = (head: number, user: string): number => {
		let count = 0;
		for (let page = head; page !== 0; page = pages.next(page)) {
			must(`page ${page} is in ${users.get(page)} and in ${user}`, !users.has(page));
			must(`page ${page} of ${user} was never used`, page > 0 && page < header(HEADER.FRESH_PAGE));
			users.set(page, user);
			count++;
		}
		return count;
	};
	must('the number of free pages', chain(header(HEADER.FREE_PAGE), 'the free list') === header(HEADER.FREE_PAGES));

	// Names: each in its bucket and its folder's list, once.
	const links = new Map<number, number>();
	let counted = 0;
	const free = new Set<number>();
	for (let entry = header(HEADER.FREE_ENTRY); entry !== 0; entry = entries.get(entry, ENTRY.NEXT_IN_BUCKET)) {
		must(`entry ${entry} is free twice`, !free.has(entry));
		must(`the free entry ${entry} leads somewhere`, entries.get(entry, ENTRY.INODE) === 0);
		free.add(entry);
	}
	for (let entry = 1; entry < header(HEADER.FRESH_ENTRY); entry++) {
		if (free.has(entry)) continue;
		const inode = entries.get(entry, ENTRY.INODE);
		must(`entry ${entry} leads nowhere`, inode !== 0 && inodes.get(inode, INODE.MODE) !== 0);
		links.set(inode, (links.get(inode) ?? 0) + 1);
		const folder = entries.get(entry, ENTRY.PARENT);
		must(`${entries.name(entry)} is not found`, entries.find(folder, entries.name(entry)) === entry);
		if (entries.get(entry, ENTRY.NAME_PAGE) !== 0) chain(entries.get(entry, ENTRY.NAME_PAGE), `the name ${entry}`);
		counted++;
	}
	let listed = 0;
	const opens = new Map<number, number>();
	handles.each((_handle, _owner, inode) => opens.set(inode, (opens.get(inode) ?? 0) + 1));

	// Inodes: used ones have a name or a handle, and enough pages; all others are free.
	const freeInodes = new Set<number>();
	for (let inode = header(HEADER.FREE_INODE); inode !== 0; inode = inodes.get(inode, INODE.NEXT_FREE)) {
		must(`inode ${inode} is free twice`, !freeInodes.has(inode));
		freeInodes.add(inode);
	}
	for (let inode = 1; inode < header(HEADER.FRESH_INODE); inode++) {
		const mode = inodes.get(inode, INODE.MODE);
		must(`inode ${inode} is neither free nor used`, freeInodes.has(inode) === (mode === 0));
		if (mode === 0) continue;
		const named = inode === ROOT_INODE ? 1 : (links.get(inode) ?? 0);
		must(`inode ${inode} has ${named} names`, named <= 1 && named === inodes.get(inode, INODE.LINKS));
		must(`inode ${inode} counts its handles`, (opens.get(inode) ?? 0) === inodes.get(inode, INODE.OPENS));
		must(`inode ${inode} is unused`, named + inodes.get(inode, INODE.OPENS) > 0);
		const count = chain(inodes.get(inode, INODE.HEAD), `inode ${inode}`);
		must(`inode ${inode} has ${count} pages`, count === Math.ceil(inodes.get(inode, INODE.SIZE) / PAGE_BYTES));
		if ((mode & KIND) === 0o040000) listed += entries.names(inode).length;
	}
	must(`${listed} names are in folders, ${counted} in all`, listed === counted);
	must('pages have leaked', users.size === header(HEADER.FRESH_PAGE) - 1);
}
