import type { OptionsHost } from '../../config/options.ts';
import { OptionsError } from '../../config/options-error.ts';
import type { SharedFiles } from '../../shared-memory/files/shared-files.ts';

/** The current directory of a scope in the browser. */
export const APP_FOLDER = '/app';

/** The shared files, for the validation of options. */
export function createFilesHost(files: SharedFiles): OptionsHost {
	return {
		cwd: APP_FOLDER,
		resolve: (path) => withoutDots(path.startsWith('/') ? path : `${APP_FOLDER}/${path}`),
		look: (path) => files.look(path),
	};
}

/** Folders of PHP's own; no file of a scope may be in them. */
const RESERVED = new Set(['dev', 'internal', 'proc', 'request']);

/**
 * The folder by which PHP sees a file.
 *
 * @param path absolute
 * @throws OptionsError when the file lies directly in '/', or in a folder of PHP's own
 */
export function visibleFolder(path: string): string {
	const [, top = '', ...rest] = path.split('/');
	if (rest.length === 0 || RESERVED.has(top)) {
		throw new OptionsError('bad_root', `The file ${path} cannot be there; put it below ${APP_FOLDER}.`);
	}
	return `/${top}`;
}

/** Without '.', '..' and empty segments, and without a final slash. */
function withoutDots(path: string): string {
	const segments: string[] = [];
	for (const segment of path.split('/')) {
		if (segment === '..') segments.pop();
		else if (segment !== '' && segment !== '.') segments.push(segment);
	}
	return `/${segments.join('/')}`;
}
