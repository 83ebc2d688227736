import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Ended, runProgram } from '../../program/support/command-line.ts';
import { BIN, Igor, writeApp } from '../../program/support/igor.ts';
import { ROOT } from './pages.ts';

/** Where a reader sees the server, in pages; tests take any free port. */
const SHOWN = '127.0.0.1:8080';
const ANY = '127.0.0.1:0';

let programs: string | undefined;

/** Puts files of a page into a folder of the reader. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
}

/**
 * Runs a listing as a shell does, in the reader's folder, with the built Igor as `npx igor` and `igor`. It ends at the first
 * command that fails.
 */
export function sh(code: string, folder: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
	const path = `${shims()}${delimiter}${process.env.PATH}`;
	return runProgram('bash', ['-euo', 'pipefail', '-c', code], { cwd: folder, env: { ...env, PATH: path } });
}

/** The words of the one command of a listing that begins with `npx igor` or `igor`, after these. */
export function igorWords(code: string): string[] {
	const [, command = ''] = /^(?:npx )?igor ((?:[^\n]|\\\n)*)$/m.exec(code) ?? [];
	const words = command.replaceAll('\\\n', ' ').match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
	return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** Starts the server of a listing on any free port, until `cleanUp()`. */
export function serve(code: string, folder: string, env: Readonly<Record<string, string>> = {}): Igor {
	const words = igorWords(code);
	return new Igor([...words, ...(words[0] === 'php-server' ? ['--listen', ANY] : [])], folder, env);
}

/** Serves a Caddyfile of a page on any free port and without an admin API, until `cleanUp()`. */
export function serveCaddyfile(
	caddyfile: string,
	folder: string,
	env: Readonly<Record<string, string>> = {},
	options: readonly string[] = [],
): Igor {
	const [first = '', ...rest] = caddyfile.split('\n');
	const withoutAdmin = /^\tadmin off$/m.test(caddyfile) ? [] : ['\tadmin off'];
	const start = first === '{' ? ['{', ...withoutAdmin] : ['{', ...withoutAdmin, '}', first];
	write(folder, { Caddyfile: [...start, ...rest].join('\n').replaceAll(`http://${SHOWN}`, `http://${ANY}`) });
	return new Igor(['run', ...options], folder, env);
}

/** A listing with the address that the server really has. */
export function at(url: string, code: string): string {
	return code.replaceAll(`http://${SHOWN}`, url);
}

/** A folder with the programs `npx` and `igor` of a reader. */
function shims(): string {
	if (programs === undefined) {
		programs = writeApp({
			npx: `#!/bin/sh\nprogram=$1\nshift\n[ "$program" = igor ] || exec "${ROOT}node_modules/.bin/$program" "$@"\nexec "${process.execPath}" "${BIN}" "$@"\n`,
			igor: `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`,
		});
		for (const name of ['npx', 'igor']) chmodSync(join(programs, name), 0o755);
	}
	return programs;
}
