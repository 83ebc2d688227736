import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `npm test` has built for browsers. */
export const BROWSER_BUILD = fileURLToPath(new URL('../../../dist/browser', import.meta.url));

/** The names that the build has given to the files of PHP: `php-8.4.wasm` → `php-8.4-HASH.wasm`. */
export function assetNames(): Record<string, string> {
	const files = existsSync(BROWSER_BUILD) ? readdirSync(BROWSER_BUILD) : [];
	return Object.fromEntries(files.map((file) => [file.replace(/-[0-9a-f]{8}(?=\.\w+$)/, ''), file]));
}
