import path from 'node:path';
import type { EmscriptenFs } from '../../../php-thread/emscripten.ts';

const TEXT = '#!/bin/sh\n# PHP itself: exec() and proc_open() run it by this path.\n';

/** Lets PHP see a file where PHP_BINARY says: is_executable() is true, and nothing that PHP writes there is ever run. */
export function showPhpProgram(fs: EmscriptenFs, file: string): void {
	// A folder that PHP sees holds it already: that one must stay as it is.
	if (fs.analyzePath(file).exists) return;
	fs.mkdirTree(path.dirname(file));
	fs.writeFile(file, TEXT);
	fs.chmod(file, 0o555);
}
