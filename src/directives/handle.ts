import { CaddyfileError } from '../caddyfile/errors.ts';
import type { MatcherSet } from '../caddyfile/matcher-definitions.ts';
import type { Directive } from '../caddyfile/parser.ts';
import type { BlockContents, BlockReader } from './directive.ts';

/** `handle [MATCHER] { … }`, Caddy's. Of several, only the first that matches applies. Its block has Caddy's order. */
export interface Handle extends BlockContents {
	readonly type: 'handle';
}

/** `handle_path PATH { … }`, Caddy's: a `handle` that takes the path's fixed beginning away. */
export interface HandlePath extends BlockContents {
	readonly type: 'handle_path';
	/** Taken from the path before anything in the block sees it. */
	readonly stripPrefix: string;
	readonly matcher: MatcherSet;
}

/** @throws CaddyfileError */
export function readHandle(directive: Directive, blocks: BlockReader): Handle {
	return { type: 'handle', ...blocks.contents(directive, 'sorted') };
}

/** @throws CaddyfileError */
export function readHandlePath(directive: Directive, blocks: BlockReader): HandlePath {
	const [path, ...args] = directive.args;
	if (!path?.text.startsWith('/')) {
		throw new CaddyfileError('bad_matcher', path?.position ?? directive.position, "'handle_path' needs a path", {
			expected: 'something like /api/*',
		});
	}
	return {
		type: 'handle_path',
		stripPrefix: path.text.replace(/\/?\*$/, ''),
		matcher: [{ type: 'path', patterns: [path.text] }],
		...blocks.contents({ ...directive, args }, 'sorted'),
	};
}
