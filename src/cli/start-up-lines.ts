import { relative, sep } from 'node:path';
import type { ResolvedOptions } from '../config/options.ts';
import type { ListenAddress } from '../config/values.ts';

/** What a server that has started consists of. */
export interface RunningParts {
	readonly urls: readonly string[];
	/** Options of each scope, the global one included. */
	readonly scopes: readonly ResolvedOptions[];
	/** `undefined` = it is off. */
	readonly admin: ListenAddress | undefined;
}

/** How many of a kind a line names before it counts them. */
const MOST_NAMED = 4;
/** Milliseconds. */
const USUAL_START = 1500;

/**
 * Says where a server listens, for a program that waits for it; on a terminal also what runs there, in about six lines.
 *
 * @param parts asked for on a terminal only
 */
export function tellStarted(urls: readonly string[], parts: () => Omit<RunningParts, 'urls'>): void {
	const lines = process.stdout.isTTY ? startUpLines({ urls, ...parts() }, process.cwd()) : [listening(urls)];
	process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/**
 * Waits for the end of a start, and says on a terminal that it takes longer than usual: that is up to the application.
 *
 * @returns what `starting` resolves with
 */
export async function withPatience<T>(starting: Promise<T>): Promise<T> {
	const saying = setTimeout(() => {
		if (process.stdout.isTTY) process.stdout.write('Starting: its workers and sidekicks are not ready yet …\n');
	}, USUAL_START);
	try {
		return await starting;
	} finally {
		clearTimeout(saying);
	}
}

const listening = (urls: readonly string[]): string => `Listening on ${urls.join(', ')}`;

/** @param folder paths in it are shown relative to it */
export function startUpLines({ urls, scopes, admin }: RunningParts, folder: string): string[] {
	const shown = (file: string): string => (file.startsWith(`${folder}${sep}`) ? relative(folder, file) : file);
	const threads = scopes.reduce((sum, scope) => sum + (scope.isGlobal ? 0 : scope.threads), 0);
	const versions = [...new Set(scopes.map(({ phpVersion }) => phpVersion))];
	return [
		listening(urls),
		scopes.length === 0
			? 'PHP: no site runs any'
			: `PHP ${versions.join(', ')}: ${counted(threads, 'thread')} for requests`,
		...workerLine(scopes, shown),
		...sidekickLine(scopes, shown),
		`Admin API: ${admin === undefined ? 'off' : `http://${hostOf(admin)}:${admin.port}`}`,
		...(scopes.length === 0 ? [] : [`Visible to PHP: ${visibleTo(scopes)} and a /tmp of its own`]),
	].map(withoutControls);
}

/** Paths may have any character: none may control the terminal, or begin another line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
const withoutControls = (line: string): string => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

function workerLine(scopes: readonly ResolvedOptions[], shown: (file: string) => string): string[] {
	const workers = scopes.flatMap(({ workers }) =>
		workers.map(({ file, num }) => `${shown(file)} (${counted(num, 'thread')})`),
	);
	const background = scopes.flatMap(({ backgroundWorkers = [], backgroundCatchAll }) => [
		...backgroundWorkers.map(({ name, num }) => `${name} (${counted(num, 'thread')})`),
		...(backgroundCatchAll === undefined ? [] : [`any other name (${shown(backgroundCatchAll.file)})`]),
	]);
	const parts = [
		...(workers.length > 0 ? [few(workers)] : []),
		...(background.length > 0 ? [`in the background ${few(background)}`] : []),
	];
	return parts.length === 0 ? [] : [`Workers: ${parts.join('; ')}`];
}

function sidekickLine(scopes: readonly ResolvedOptions[], shown: (file: string) => string): string[] {
	const texts = scopes.flatMap(({ sidekicks }) => {
		if (sidekicks === undefined) return [];
		const { entrypoint, eager } = sidekicks;
		const when = eager.length > 0 ? `${few(eager, ' and ')} from the start` : 'when a page asks for one';
		return [`${shown(entrypoint)}, ${when}`];
	});
	return texts.length === 0 ? [] : [`Sidekicks: ${[...new Set(texts)].join('; ')}`];
}

function visibleTo(scopes: readonly ResolvedOptions[]): string {
	const all = [...new Set(scopes.flatMap(({ visiblePaths }) => visiblePaths))];
	const outermost = all.filter((path) => !all.some((other) => path.startsWith(`${other}${sep}`)));
	const further = scopes.flatMap(({ visibleFolders = [] }) =>
		visibleFolders.map(({ host, php, readOnly }) => {
			const notes = [...(php === host ? [] : [`as ${php}`]), ...(readOnly ? ['read-only'] : [])];
			return notes.length === 0 ? host : `${host} (${notes.join(', ')})`;
		}),
	);
	return few([...new Set([...outermost, ...further])]);
}

/** The first few of a list, and how many more there are. */
function few(names: readonly string[], last = ', '): string {
	if (names.length > MOST_NAMED)
		return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
	return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')}${last}${names.at(-1)}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const hostOf = ({ host }: ListenAddress): string => (host.includes(':') ? `[${host}]` : host);
