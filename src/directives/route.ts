import type { Directive } from '../caddyfile/parser.ts';
import type { BlockContents, BlockReader } from './directive.ts';

/** `route [MATCHER] { … }`, Caddy's: its block keeps the order of the file. */
export interface Route extends BlockContents {
	readonly type: 'route';
}

/** @throws CaddyfileError */
export function readRoute(directive: Directive, blocks: BlockReader): Route {
	return { type: 'route', ...blocks.contents(directive, 'as written') };
}
