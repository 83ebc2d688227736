import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, onlyArgument, readBlock, someArguments } from '../caddyfile/reading.ts';
import { readChoice } from '../caddyfile/units.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { type PhpConfig, PhpLines } from './php.ts';

/**
 * `php_server [MATCHER] { … }`, FrankenPHP's, with `sidekick`, `network` and `processes`, which are Igor's: PHP, its
 * front controller and the static files beside it.
 */
export interface PhpServer extends PhpConfig {
	readonly type: 'php_server';
	/** `false` = only PHP answers. */
	readonly fileServer: boolean;
	/** The script for folders and for paths without a file; 'off' = none. */
	readonly index: string;
	/** `undefined` = the path itself, the index in it as a folder, the index in the root. */
	readonly tryFiles?: readonly string[];
}

/** @throws CaddyfileError */
export function readPhpServer(directive: Directive): PhpServer {
	new Arguments(directive).end();
	const lines = new PhpLines();
	let fileServer = true;
	let { index } = DEFAULTS;
	let tryFiles: string[] | undefined;
	readBlock(directive, {
		...lines.rules,
		once: {
			...lines.rules.once,
			file_server: (line) => {
				readChoice(onlyArgument(line, "'off'"), ['off']);
				fileServer = false;
			},
			index: (line) => {
				index = onlyArgument(line, "the name of a script, or 'off'").text;
			},
			try_files: (line) => {
				tryFiles = someArguments(line, 'files');
			},
		},
	});
	return { type: 'php_server', ...lines.finish(), fileServer, index, ...(tryFiles && { tryFiles }) };
}
