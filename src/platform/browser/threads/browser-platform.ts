import type { ScopePlatform } from '../../../application/start-scope.ts';
import { byteStrings } from '../../../bytes/byte-strings.ts';
import { iniLines } from '../../../config/ini-lines.ts';
import type { ResolvedOptions } from '../../../config/options.ts';
import { TRUST } from '../../../config/trust.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { ThreadFactory } from '../../../threads/thread-port.ts';
import { ASSET_NAMES } from './asset-names.ts';
import { type PhpBinaries, type StartProgress, threadScript } from './browser-binaries.ts';
import { createBrowserThreads } from './browser-threads.ts';

/** Each thread has an opcache of its own: a page must not take as much memory as a server may. */
const SMALL_CACHE = { 'opcache.memory_consumption': '8', 'opcache.interned_strings_buffer': '1' };

/** What the platform needs beside the options of the scope. */
export type BrowserPlatformOptions = {
	/** Where Igor's own files lie. */
	assets: URL;
	/** They may still be loading: the threads start meanwhile, and boot once these have arrived. */
	binaries: Promise<PhpBinaries>;
	/** Folders of the shared files that PHP sees, absolute. */
	folders: readonly string[];
	onProgress: (progress: StartProgress) => void;
	/** Ends a start that is under way. */
	abandon: AbortSignal | undefined;
};

/** What a scope runs on in a browser. */
type BrowserPlatform = ScopePlatform & {
	/** Its threads run PHP's own command line. */
	commandLines: ThreadFactory;
};

/** Prepares the browser for one scope. */
export function createBrowserPlatform(
	options: ResolvedOptions,
	files: SharedFiles,
	{ assets, binaries, folders, onProgress, abandon }: BrowserPlatformOptions,
): BrowserPlatform {
	// They start in turn: the first of each worker has to be ready, or one classic thread.
	const total = Math.max(1, options.workers.length);
	let ready = 0;
	binaries.then(
		() => onProgress({ step: 'threads', ready, total }),
		() => {},
	);
	const { threads, commandLines } = createBrowserThreads(
		threadScript(assets, ASSET_NAMES, options.phpVersion),
		binaries,
		{
			env: { ...options.env },
			files,
			folders,
			onBooted: () => {
				if (ready < total) onProgress({ step: 'threads', ready: ++ready, total });
			},
			ini: (shipped) => iniLines(shipped, { ...TRUST, ...SMALL_CACHE, ...options.phpIni }),
			network: options.network,
		},
	);
	return {
		threads,
		commandLines,
		byteStrings,
		abandon,
		startsInTurn: true,
		entrypointProblem: (file) => {
			const found = files.look(file);
			if (found === undefined) return 'the file does not exist';
			return found.kind === 'file' ? undefined : 'it is not a file';
		},
	};
}
