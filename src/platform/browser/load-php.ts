import { DEFAULTS } from '../../config/defaults.ts';
import { parsePhpVersion } from '../../config/values.ts';
import type { BrowserServeOptions } from './browser-server.ts';
import { ASSET_NAMES } from './threads/asset-names.ts';
import { loadPhpBinaries, type PhpBinaries } from './threads/browser-binaries.ts';

/** Beside this module, unless the options say otherwise. */
const ASSETS = new URL('.', import.meta.url);

/** Where Igor's files lie. */
export function assetsBase(assets: string | URL | undefined): URL {
	return new URL(assets ?? ASSETS, ASSETS);
}

/**
 * Downloads and compiles PHP, once per version and thread of the browser: for a page that calls `serve()` in a web worker
 * and does not want to wait for it first. Post the result to it, as the option `binaries`. Any thread.
 *
 * @throws OptionsError for a version that is not built in; Error with a sentence when a file is missing
 */
export async function loadPhp({
	php,
	assets,
	onProgress,
}: Pick<BrowserServeOptions, 'php' | 'assets' | 'onProgress'> = {}): Promise<PhpBinaries> {
	const version = parsePhpVersion(php ?? DEFAULTS.phpVersion);
	return loadPhpBinaries(assetsBase(assets), ASSET_NAMES, version, onProgress ?? (() => {}));
}
