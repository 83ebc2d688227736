import path from 'node:path';
import type { EmscriptenFs } from '../../../php-thread/emscripten.ts';
import type { ProcessSettings } from './node-processes.ts';

const TEXT = '#!/bin/sh\n# A program of the host: exec() and proc_open() run it by this path.\n';

/**
 * Lets PHP see a file where each allowed program is, and where PHP_BINARY says: is_executable() is true, as applications
 * ask before they run one. What PHP writes there is never run.
 */
export function showPrograms(fs: EmscriptenFs, { php, shown }: ProcessSettings): void {
	for (const file of [...(php === undefined ? [] : [php.shown]), ...shown]) {
		// A folder that PHP sees holds it already: that one must stay as it is.
		if (fs.analyzePath(file).exists) continue;
		fs.mkdirTree(path.dirname(file));
		fs.writeFile(file, TEXT);
		fs.chmod(file, 0o555);
	}
}
