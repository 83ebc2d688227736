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
