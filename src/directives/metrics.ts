import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, readBlock } from '../caddyfile/reading.ts';

/** `metrics [MATCHER]`, Caddy's: the numbers of the whole server in Prometheus' text format, as the admin API has them. */
export interface Metrics {
	readonly type: 'metrics';
}

/** @throws CaddyfileError */
export function readMetrics(directive: Directive): Metrics {
	new Arguments(directive).end();
	readBlock(directive, {
		// There is no other format here.
		once: { disable_openmetrics: (line) => new Arguments(line).end() },
	});
	return { type: 'metrics' };
}
