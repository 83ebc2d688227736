import { TRY_POLICIES, type TryPolicy } from '../caddyfile/matcher-definitions.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, onlyArgument, readBlock, texts } from '../caddyfile/reading.ts';
import { readChoice } from '../caddyfile/units.ts';

/** `try_files FILE… { policy … }`, Caddy's: a rewrite to one of the files that exist. It takes no matcher. */
export interface TryFiles {
	readonly type: 'try_files';
	readonly files: readonly string[];
	readonly policy: TryPolicy;
}

/** @throws CaddyfileError */
export function readTryFiles(directive: Directive): TryFiles {
	const files = texts(new Arguments(directive).some('files such as {path}'));
	let policy: TryPolicy = 'first_exist';
	readBlock(directive, {
		once: {
			policy: (line) => {
				policy = readChoice(onlyArgument(line, 'a policy'), TRY_POLICIES);
			},
		},
	});
	return { type: 'try_files', files, policy };
}

/** Files that are tried together, and the query of the rewrite to the one that exists. */
export interface TryGroup {
	readonly files: string[];
	/** With its '?'; '' = that of the request. */
	readonly query: string;
}

/** A file with a query of its own needs a rewrite of its own; the files between such are one group. */
export function tryGroups(files: readonly string[]): TryGroup[] {
	const groups: TryGroup[] = [];
	for (const file of files) {
		const mark = file.replace(/\{[^{}]*\}/g, (name) => name.replaceAll('?', '_')).indexOf('?');
		const last = groups.at(-1);
		if (mark >= 0) groups.push({ files: [file.slice(0, mark)], query: file.slice(mark) });
		else if (last?.query === '') last.files.push(file);
		else groups.push({ files: [file], query: '' });
	}
	return groups;
}
