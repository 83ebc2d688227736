import { type UnzipFileInfo, unzipSync } from 'fflate';
import { checkBytes, checkCount, isWanted, makeProject, type Project, ProjectError } from './project.ts';

/**
 * The project in a zip archive.
 *
 * @param title for people
 * @throws ProjectError when it is no zip, damaged, or holds too much
 */
export function readZip(title: string, archive: Uint8Array<ArrayBuffer>): Project {
	let files = 0;
	let bytes = 0;
	const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
		if (!isWanted(name)) return false;
		checkCount(++files);
		bytes += originalSize;
		// What the archive says: no entry is unpacked to more than that.
		checkBytes(bytes);
		return true;
	};
	let entries: Record<string, Uint8Array>;
	try {
		entries = unzipSync(archive, { filter });
	} catch (error) {
		if (error instanceof ProjectError) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new ProjectError(`${title} is no zip archive, or it is damaged (${reason}). Make it again.`);
	}
	return makeProject(title, new Map(Object.entries(entries)) as Map<string, Uint8Array<ArrayBuffer>>);
}
