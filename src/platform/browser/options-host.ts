import type { OptionsHost } from '../../config/options.ts';
import type { SharedFiles } from '../../shared-memory/files/shared-files.ts';

/** The current directory of an application in the browser. */
export const APP_FOLDER = '/app';

/** The shared files, for the validation of options. */
export function createFilesHost(files: SharedFiles): OptionsHost {
	return {
		cwd: APP_FOLDER,
		resolve: (path) => withoutDots(path.startsWith('/') ? path : `${APP_FOLDER}/${path}`),
		look: (path) => files.look(path),
	};
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
