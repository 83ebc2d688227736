import { checkBytes, checkCount, isWanted, MOST_BYTES, makeProject, type Project, ProjectError } from './project.ts';

/** How long a download may take, milliseconds. */
const DEADLINE = 60_000;

/** A file with its path in the folder that the visitor has chosen. */
export type PathFile = { readonly path: string; readonly file: File };

/**
 * The project in what the visitor has chosen or dropped: one zip archive, or the files of a folder.
 *
 * @throws ProjectError when it cannot be used
 */
export async function projectOfFiles(chosen: readonly PathFile[]): Promise<Project> {
	const [first] = chosen;
	if (first === undefined) throw new ProjectError('Nothing was chosen that the playground can read.');
	if (chosen.length === 1 && /\.zip$/i.test(first.path)) {
		checkBytes(first.file.size);
		return zip(first.file.name, await contentOf(first));
	}
	const wanted = chosen.filter(({ path }) => isWanted(path));
	checkCount(wanted.length);
	checkBytes(wanted.reduce((sum, { file }) => sum + file.size, 0));
	const entries = new Map<string, Uint8Array<ArrayBuffer>>();
	for (const one of wanted) entries.set(one.path, await contentOf(one));
	const title = first.path.includes('/') ? first.path.slice(0, first.path.indexOf('/')) : first.path;
	return makeProject(title, entries);
}

/**
 * The project in a zip archive of another site, which has to allow that.
 *
 * @throws ProjectError when it cannot be had, or used
 */
export async function projectOfUrl(text: string): Promise<Project> {
	const url = URL.parse(text.trim());
	if (url === null || !/^https?:$/.test(url.protocol)) {
		throw new ProjectError('This is no address of the web. It looks like https://example.org/app.zip.');
	}
	const signal = AbortSignal.timeout(DEADLINE);
	let response: Response;
	try {
		response = await fetch(url, { mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', signal });
	} catch {
		throw new ProjectError(
			`${url.host} gave no answer to this page: it is away, or does not let pages of other sites read it (CORS). Download the zip yourself, and open the file here.`,
		);
	}
	if (!response.ok) {
		throw new ProjectError(`${url.host} answered with status ${response.status}. Check the address.`);
	}
	const title = decodeURIComponent(url.pathname.split('/').at(-1) || url.host);
	return zip(title, await bounded(response, url.host));
}

/** Loaded now: few visitors need it. */
async function zip(title: string, content: Uint8Array<ArrayBuffer>): Promise<Project> {
	const { readZip } = await import('./read-zip.ts');
	return readZip(title, content);
}

async function contentOf({ path, file }: PathFile): Promise<Uint8Array<ArrayBuffer>> {
	try {
		return new Uint8Array(await file.arrayBuffer());
	} catch {
		throw new ProjectError(`${path} could not be read. It may have changed since you chose it: choose it again.`);
	}
}

/** The body, unless it is longer than a project. */
async function bounded(response: Response, host: string): Promise<Uint8Array<ArrayBuffer>> {
	const parts: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	const reader = response.body?.getReader();
	try {
		for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
			parts.push(read.value);
			length += read.value.length;
			if (length > MOST_BYTES) break;
		}
	} catch {
		throw new ProjectError(`${host} stopped in the middle of the download. Try again.`);
	} finally {
		reader?.cancel().catch(() => {});
	}
	checkBytes(length);
	return new Uint8Array(await new Blob(parts).arrayBuffer());
}
