import type { AppFiles, AppSettings, BinaryFiles } from '../host/protocol.ts';
import { problemOfName } from './file-names.ts';

/** An app that the visitor has brought along. */
export type Project = {
	/** For people: the name of the archive or folder. */
	readonly title: string;
	readonly files: AppFiles;
	readonly binaries: BinaryFiles;
	/** A guess from the files: how it is served until its `SETTINGS_FILE` says otherwise. */
	readonly settings: AppSettings;
};

/** Bytes of a whole project: it lies in the memory of a tab, beside PHP. */
export const MOST_BYTES = 32_000_000;
export const MOST_FILES = 5000;
/** Above, an editor is of no use. */
const MOST_TEXT = 512 * 1024;

/** Something is wrong with what the visitor brings; a sentence that says what to do. */
export class ProjectError extends Error {
	override name = 'ProjectError';
}

/** Of these folders nothing is needed to run, and they are big. */
const LEFT_OUT = /(^|\/)(\.git|\.svn|node_modules|__MACOSX)\/|(^|\/)(\.DS_Store|Thumbs\.db)$/;

/** Whether a file belongs to the project; the others are left out without a word. */
export function isWanted(path: string): boolean {
	return path !== '' && !path.endsWith('/') && !LEFT_OUT.test(path);
}

/**
 * Makes a project of files, which may all lie in one folder.
 *
 * @param entries path → content, as an archive or a folder has them
 * @throws ProjectError when there are none, too many, or one whose name leads out of the app
 */
export function makeProject(title: string, entries: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Project {
	const paths = [...entries.keys()].filter(isWanted);
	checkCount(paths.length);
	if (paths.length === 0) throw new ProjectError(`${title} holds no files. Choose the folder, or a zip, with the app.`);
	const top = commonFolder(paths);
	const files: Record<string, string> = {};
	const binaries: Record<string, Uint8Array<ArrayBuffer>> = {};
	let bytes = 0;
	for (const path of paths) {
		const name = path.slice(top.length);
		const problem = problemOfName(name);
		if (problem !== undefined) throw new ProjectError(`“${shortened(path)}” in ${title} cannot be used. ${problem}`);
		const content = entries.get(path) as Uint8Array<ArrayBuffer>;
		bytes += content.length;
		checkBytes(bytes);
		const text = textOf(content);
		if (text === undefined) binaries[name] = content;
		else files[name] = text;
	}
	checkFolders([...Object.keys(files), ...Object.keys(binaries)], title);
	return { title, files, binaries, settings: guessSettings(files) };
}

/** @throws ProjectError when these are more files than a project may have */
export function checkCount(count: number): void {
	if (count <= MOST_FILES) return;
	throw new ProjectError(
		`The project has ${count} files, and the playground takes ${MOST_FILES}. Leave out what does not run, such as tests and documentation.`,
	);
}

/** @throws ProjectError when these are more bytes than a project may have */
export function checkBytes(bytes: number): void {
	if (bytes <= MOST_BYTES) return;
	throw new ProjectError(
		`The project is bigger than the ${MOST_BYTES / 1_000_000} MB that the playground takes. Leave out what does not run, such as tests, caches and pictures.`,
	);
}

/** `app/` when everything lies in that folder; '' otherwise. */
function commonFolder(paths: readonly string[]): string {
	const [first = ''] = paths;
	const folder = first.slice(0, first.indexOf('/') + 1);
	return folder !== '/' && paths.every((path) => path.startsWith(folder)) ? folder : '';
}

/** What no disk can hold: a name that is a file and a folder. */
function checkFolders(names: readonly string[], title: string): void {
	const all = new Set(names);
	for (const name of names) {
		for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
			const folder = name.slice(0, at);
			if (all.has(folder)) throw new ProjectError(`${title} has both a file and a folder “${shortened(folder)}”.`);
		}
	}
}

function textOf(content: Uint8Array): string | undefined {
	if (content.length > MOST_TEXT || content.includes(0)) return undefined;
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
	} catch {
		return undefined;
	}
}

/** Where frameworks have their document root, most particular first. */
const ROOTS = ['public', 'web', 'www', 'htdocs'];

function guessSettings(files: AppFiles): AppSettings {
	const root = ROOTS.find((folder) => `${folder}/index.php` in files) ?? '.';
	const index = root === '.' ? 'index.php' : `${root}/index.php`;
	const isWorker = /frankenphp_handle_request\s*\(/.test(files[index] ?? '');
	const isConsole = /frankenphp_sidekick_/.test(Object.values(files).join('\n')) && 'bin/console' in files;
	return {
		root,
		workers: isWorker ? [{ file: index, num: 2 }] : [],
		threads: 2,
		...(isConsole && { sidekickEntrypoint: 'bin/console' }),
		timeLimit: 30,
		stopTimeout: 5000,
	};
}

function shortened(path: string): string {
	return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}
