import type { AssetNames } from './browser-binaries.ts';

/** Replaced by the build: what the files beside this module are called there. */
declare const IGOR_ASSETS: AssetNames | undefined;

/** `php-8.4.wasm` → the name of that file in this build, with a hash of its content. */
export const ASSET_NAMES: AssetNames = typeof IGOR_ASSETS === 'undefined' ? {} : IGOR_ASSETS;
