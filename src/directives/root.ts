import type { Directive } from '../caddyfile/parser.ts';
import { onlyArgument } from '../caddyfile/reading.ts';

/** `root [MATCHER] PATH`, Caddy's: the folder of the site's files. The first that matches applies. */
export interface Root {
	readonly type: 'root';
	/** As written. */
	readonly path: string;
}

/** @throws CaddyfileError */
export function readRoot(directive: Directive): Root {
	return { type: 'root', path: onlyArgument(directive, 'a folder').text };
}
