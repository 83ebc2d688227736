import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where a launcher may lie; PHP sees none of these unless it has a folder there. */
const PLACES = ['/var/tmp', tmpdir()];

/** A program `php` that runs Igor's PHP with what its server allows. */
export type PhpLauncher = { file: string; write(options: unknown): void; remove(): void };

/**
 * Writes the program: a script in a folder of its own, and its options beside it.
 * @param igor bin/igor.js
 * @param options what `igor php` reads
 * @throws when it can be written nowhere
 */
export function writePhpLauncher(igor: string, options: unknown): PhpLauncher {
	const folder = makeFolder();
	const file = path.join(folder, 'php');
	const settings = path.join(folder, 'options.json');
	const write = (current: unknown): void => {
		// A reader must find all of it.
		writeFileSync(`${settings}.new`, JSON.stringify(current), { mode: 0o600 });
		renameSync(`${settings}.new`, settings);
	};
	write(options);
	writeFileSync(file, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(igor)} php ${quote(settings)} "$@"\n`, {
		mode: 0o755,
	});
	return { file, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function makeFolder(): string {
	let problem: unknown;
	for (const place of PLACES) {
		try {
			return mkdtempSync(path.join(place, 'igor-php-'));
		} catch (error) {
			problem = error;
		}
	}
	throw problem;
}

function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
