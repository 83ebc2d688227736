import type { EmscriptenFs } from './emscripten.ts';
import { ERRNO } from './errno.ts';

/** Another thread would have to come in between again and again. */
const ATTEMPTS = 5;

/**
 * Emscripten renames in two steps, and throws when another thread creates the target in between. A further attempt then
 * finds the target and replaces it, as rename(2) would have. PHP thread.
 */
export function renameOverWhatOthersCreate(fs: EmscriptenFs): void {
	const rename = fs.rename.bind(fs);
	fs.rename = (from, to) => {
		for (let attempt = 1; ; attempt++) {
			try {
				rename(from, to);
				return;
			} catch (error) {
				if ((error as { errno?: number }).errno !== ERRNO.EEXIST || attempt === ATTEMPTS) throw error;
			}
		}
	};
}
