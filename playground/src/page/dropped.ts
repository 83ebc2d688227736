import type { PathFile } from '../share/bring.ts';
import { MOST_FILES } from '../share/project.ts';

/** The files in what was dropped; folders with all that is in them. Call it while the event is handled. */
export async function droppedFiles(items: DataTransferItemList): Promise<PathFile[]> {
	const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
	const found: PathFile[] = [];
	for (const entry of entries) await collect(entry, found);
	return found;
}

/** Ends early where there are far too many: the count is reported later. */
async function collect(entry: FileSystemEntry, found: PathFile[]): Promise<void> {
	if (found.length > 4 * MOST_FILES) return;
	const path = entry.fullPath.replace(/^\//, '');
	if (isFile(entry)) {
		found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
	} else if (isFolder(entry)) {
		const reader = entry.createReader();
		// It gives 100 at a time.
		for (;;) {
			const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
			if (some.length === 0) return;
			for (const one of some) await collect(one, found);
		}
	}
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
	return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
	return entry.isDirectory;
}
