/** The names of Igor's files in this build (`php-8.4.wasm` → a name with a hash); missing ones are unchanged. */
export type AssetNames = Readonly<Record<string, string>>;

/** Replaced by the build: what the files beside this module are called there. */
declare const IGOR_ASSETS: AssetNames | undefined;

/** `php-8.4.wasm` → the name of that file in this build, with a hash of its content. */
export const ASSET_NAMES: AssetNames = typeof IGOR_ASSETS === 'undefined' ? {} : IGOR_ASSETS;

/** `main-7QH3ZKTA.js`, `php.0123abcd.wasm`; not a date: `news-20260101.json`. */
const HASHED = /[-.](?!\d+\.)(?:[A-Z0-9]{8}|(?=[a-f]*\d)[0-9a-f]{8,64})\.\w+$/;

/** Whether a file never changes, because its name contains a hash of its content. */
export function isHashed(url: URL): boolean {
	return HASHED.test(url.pathname);
}
