import type { Directive } from '../caddyfile/parser.ts';
import { noArguments } from '../caddyfile/reading.ts';

/** `log_skip [MATCHER]`, Caddy's: the access log says nothing of these requests. */
export interface LogSkip {
	readonly type: 'log_skip';
}

/** @throws CaddyfileError */
export function readLogSkip(directive: Directive): LogSkip {
	noArguments(directive);
	return { type: 'log_skip' };
}
