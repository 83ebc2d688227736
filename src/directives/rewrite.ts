import type { Directive } from '../caddyfile/parser.ts';
import { onlyArgument } from '../caddyfile/reading.ts';

/** `rewrite [MATCHER] TO`, Caddy's: another URI for the steps that follow. The first that matches applies. */
export interface Rewrite {
	readonly type: 'rewrite';
	readonly to: string;
}

/** @throws CaddyfileError */
export function readRewrite(directive: Directive): Rewrite {
	return { type: 'rewrite', to: onlyArgument(directive, 'the URI to rewrite to').text };
}
