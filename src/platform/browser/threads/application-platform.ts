import type { ApplicationPlatform } from '../../../application.ts';
import { iniLines } from '../../../config/ini-lines.ts';
import type { ResolvedOptions } from '../../../config/options.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { StartProgress } from '../browser-server.ts';
import { CERTIFICATES_FILE } from '../network/certificates-file.ts';
import { ASSET_NAMES } from './asset-names.ts';
import { byteStrings } from './byte-strings.ts';
import { loadPhpBinaries } from './php-binaries.ts';
import { createWorkerThreads } from './worker-threads.ts';

/** Whom TLS trusts unless the configuration says otherwise. */
const TRUST = { 'openssl.cafile': CERTIFICATES_FILE, 'curl.cainfo': CERTIFICATES_FILE };

/** What the platform needs beside the options of the application. */
export type BrowserPlatformOptions = {
	/** Where Igor's own files lie. */
	assets: URL;
	/** Folders of the shared files that PHP sees, absolute. */
	folders: readonly string[];
	onProgress: (progress: StartProgress) => void;
};

/** Prepares the browser for one application: PHP's binaries, and the files that all its threads share. */
export async function createBrowserPlatform(
	options: ResolvedOptions,
	files: SharedFiles,
	{ assets, folders, onProgress }: BrowserPlatformOptions,
): Promise<ApplicationPlatform> {
	const total = options.workers.reduce((sum, { num }) => sum + num, options.threads);
	let ready = 0;
	const binaries = await loadPhpBinaries(assets, ASSET_NAMES, options.phpVersion, onProgress);
	return {
		threads: createWorkerThreads(binaries, {
			env: { ...options.env },
			files,
			folders,
			onBooted: () => {
				if (ready < total) onProgress({ step: 'threads', ready: ++ready, total });
			},
			ini: iniLines(binaries.ini, { ...TRUST, ...options.phpIni }),
			network: options.network,
		}),
		byteStrings,
		entrypointProblem: (file) => {
			const found = files.look(file);
			if (found === undefined) return 'the file does not exist';
			return found.kind === 'file' ? undefined : 'it is not a file';
		},
	};
}
