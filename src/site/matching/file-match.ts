import type { Matcher, TryPolicy } from '../../caddyfile/matcher-definitions.ts';
import { HttpFailure } from '../values/http-failure.ts';
import { cleanPath } from '../values/request-uri.ts';
import type { RequestView } from '../values/request-view.ts';
import { Template } from '../values/template.ts';
import type { Disk, DiskEntry } from './disk.ts';
import { escapeGlob, hasWildcard, matchesGlob, unescapeGlob } from './glob.ts';

type FileMatcher = Omit<Extract<Matcher, { type: 'file' }>, 'type'>;

/** What a file matcher needs beside the request. */
export interface FileTools {
	readonly disk: Disk;
	/** Absolute; relative roots belong to it. */
	readonly folder: string;
}

/** A file that may be the one. */
interface Candidate {
	readonly path: string;
	readonly remainder: string;
	readonly entry: DiskEntry;
}

/** One line of `try_files`: a path, or a status that is answered when nothing before it exists. */
type Attempt =
	| { readonly file: Template; readonly glob: boolean; readonly folder: boolean }
	| { readonly status: number };

/**
 * A `file` matcher: sets `http.matchers.file.*` when it finds one.
 *
 * @throws HttpFailure when it comes to a status such as `=404`
 */
export function fileTest(
	{ tryFiles, root, tryPolicy = 'first_exist', splitPath = [] }: FileMatcher,
	tools: FileTools,
): (request: RequestView) => boolean {
	const rootTemplate = root === undefined ? undefined : new Template(root);
	const attempts = (tryFiles.length > 0 ? tryFiles : ['{path}']).map(readAttempt);
	return (request) => {
		const rootPath = absolutePath(rootTemplate?.evaluate(request) || request.root || '.', tools.folder);
		const chosen = choose(attempts, tryPolicy, (attempt) =>
			candidates(attempt, request, rootPath, splitPath, tools.disk),
		);
		if (chosen === undefined) return false;
		request.setValue('http.matchers.file.relative', chosen.path.slice(rootPath === '/' ? 0 : rootPath.length));
		request.setValue('http.matchers.file.absolute', chosen.path);
		request.setValue('http.matchers.file.remainder', chosen.remainder);
		request.setValue('http.matchers.file.type', chosen.entry.isDirectory ? 'directory' : 'file');
		return true;
	};
}

/** A path as it was written, made absolute; without a final slash. */
export function absolutePath(path: string, folder: string): string {
	const clean = cleanPath(path.startsWith('/') ? path : `${folder}/${path}`);
	return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** Cuts a path behind the first ending of a list, if that ends a segment; letters count without their case. */
function splitAt(path: string, endings: readonly string[]): [start: string, remainder: string] {
	const lower = path.toLowerCase();
	for (const ending of endings) {
		const at = lower.indexOf(ending.toLowerCase());
		const end = at + ending.length;
		if (at >= 0 && (end === path.length || path[end] === '/')) return [path.slice(0, end), path.slice(end)];
	}
	return [path, ''];
}

function readAttempt(text: string): Attempt {
	const status = /^=([1-9]\d\d)$/.exec(text)?.[1];
	if (status !== undefined) return { status: Number(status) };
	const file = new Template(text);
	return { file, glob: hasWildcard(file.literals), folder: text.endsWith('/') };
}

function choose(
	attempts: readonly Attempt[],
	policy: TryPolicy,
	find: (attempt: Exclude<Attempt, { status: number }>) => Iterable<Candidate>,
): Candidate | undefined {
	let best: Candidate | undefined;
	for (const [index, attempt] of attempts.entries()) {
		if ('status' in attempt) {
			if (policy.startsWith('first_exist')) throw new HttpFailure(attempt.status, String(attempt.status));
			continue;
		}
		for (const candidate of find(attempt)) {
			if (policy.startsWith('first_exist')) {
				// The last one of a fallback is taken as it is.
				const fallback = policy === 'first_exist_fallback' && index === attempts.length - 1;
				if (fallback || candidate.path.endsWith('/') === candidate.entry.isDirectory) return candidate;
			} else if (best === undefined || isBetter(candidate.entry, best.entry, policy)) best = candidate;
		}
	}
	return best;
}

function isBetter(entry: DiskEntry, best: DiskEntry, policy: TryPolicy): boolean {
	switch (policy) {
		case 'smallest_size':
			return entry.size < best.size;
		case 'largest_size':
			return entry.size > best.size;
		default:
			return entry.modified > best.modified;
	}
}

function* candidates(
	{ file, glob, folder }: Exclude<Attempt, { status: number }>,
	request: RequestView,
	root: string,
	endings: readonly string[],
	disk: Disk,
): Generator<Candidate> {
	// What a client writes is never a wildcard.
	const written = file.evaluate(request, glob ? escapeGlob : undefined);
	if (written.includes('\0')) return;
	const [start, remainder] = splitAt(cleanPath(`/${written}`).replace(/(?<=.)\/$/, ''), endings);
	// A final slash asks for a folder. The root itself has one only if it is written: `{path}` for `/` finds no file.
	const final = folder ? '/' : '';
	const base = root === '/' ? '' : root;
	if (!glob) {
		const path = `${base}${start === '/' ? '' : start}${final}` || '/';
		const entry = disk.look(path, root);
		if (entry !== undefined) yield { path, remainder, entry };
		return;
	}
	for (const found of expand(base, start.split('/').slice(1), (folder) => disk.list(folder, root))) {
		const path = `${found}${final}`;
		const entry = disk.look(path, root);
		if (entry !== undefined) yield { path, remainder, entry };
	}
}

/** Every path below `base` that is as the segments of a pattern say. */
function expand(
	base: string,
	[segment, ...rest]: readonly string[],
	list: (folder: string) => readonly string[],
): string[] {
	if (segment === undefined) return [base];
	const names = hasWildcard(segment.replace(/\\./gs, ''))
		? list(base || '/').filter((name) => matchesGlob(segment, name))
		: [unescapeGlob(segment)];
	return names.flatMap((name) => expand(`${base}/${name}`, rest, list));
}
