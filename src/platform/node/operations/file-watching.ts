import { realpathSync, statSync } from 'node:fs';
import { type FSWatcher, watch } from 'chokidar';
import type { Logger } from '../../../log/logger.ts';
import { ChangeBatches } from '../../../watch/change-batches.ts';
import { isUnwatched, parseWatchPattern } from '../../../watch/watch-pattern.ts';

/** Files that are watched. */
export interface FileWatch {
	/** No further call begins; a running one is not waited for. */
	close(): Promise<void>;
}

/** Milliseconds; the first is FrankenPHP's. */
const TIMES = { quiet: 150, longest: 2000 };
/** Milliseconds that the first scan of all folders may take before the watch counts as started. */
const READY_TIMEOUT = 10_000;

const HINTS: Readonly<Record<string, string>> = {
	ENOSPC: '; the system allows no more watches: raise fs.inotify.max_user_watches, or watch less',
	EMFILE: '; too many files are open: raise the limit (ulimit -n), or watch less',
};

/**
 * Watches files. Resolves when it watches; what cannot be watched is logged, never thrown.
 *
 * Changed, new and removed files count, folders do not. A save by rename, as editors do it, is a
 * change of one file. `node_modules` and `.git` are left out, unless the fixed part of a pattern leads into them;
 * FrankenPHP watches them too, but they are large, and workers do not load them.
 *
 * @param patterns as FrankenPHP's `watch`: globs with `**` and `{a,b}`, relative to `folder`, or plain folders
 * @param onChange gets the absolute paths; bursts of changes make one call, calls do not overlap
 */
export async function watchFiles(
	patterns: readonly string[],
	folder: string,
	onChange: (paths: readonly string[]) => Promise<void> | void,
	log: Logger,
): Promise<FileWatch> {
	const parsed = patterns.map((pattern) => parseWatchPattern(pattern, folder));
	const batches = new ChangeBatches(TIMES, async (paths) => {
		try {
			await onChange(paths);
		} catch (error) {
			log.error(`Watching files has failed: ${error instanceof Error ? error.message : error}`);
		}
	});
	const told = new Set<string>();
	const failed = (error: unknown): void => {
		const { message, code = '' } = error as NodeJS.ErrnoException;
		// Repeating it for each of a thousand folders says nothing new.
		if (told.has(code || message)) return;
		told.add(code || message);
		log.error(`Changes may go unnoticed: ${message}${HINTS[code] ?? ''}`, { patterns });
	};
	// chokidar shares what it watches by path, and so would go on with where a link led before.
	const real = new Map([...new Set(parsed.map(({ base }) => base))].map((base) => [realFolder(base), base]));
	const asWritten = (path: string): string => {
		for (const [folder, base] of real) {
			if (path === folder || path.startsWith(`${folder}/`)) return base + path.slice(folder.length);
		}
		return path;
	};
	const watcher = watch([...real.keys()], {
		ignoreInitial: true,
		ignored: (path, stats) =>
			isUnwatched(parsed, asWritten(path), stats && (stats.isDirectory() ? 'directory' : 'file')),
	});
	watcher.on('error', failed);
	watcher.on('all', (event, found) => {
		const path = asWritten(found);
		if (event === 'addDir' || event === 'unlinkDir') return;
		if (parsed.some(({ matches }) => matches(path))) batches.add(path);
	});
	await ready(watcher, () => log.warn('Not all folders are watched yet: there are many', { patterns }));
	return {
		close: async () => {
			batches.close();
			await watcher.close().catch(failed);
		},
	};
}

/** Where a folder really is. A file stays as it is written: it may be a link that is switched. */
function realFolder(path: string): string {
	try {
		const real = realpathSync.native(path);
		return statSync(real).isDirectory() ? real : path;
	} catch {
		// It may appear later.
		return path;
	}
}

async function ready(watcher: FSWatcher, late: () => void): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(() => {
		late();
		resolve();
	}, READY_TIMEOUT);
	watcher.once('ready', resolve);
	await promise;
	clearTimeout(timer);
}
