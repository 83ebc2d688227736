import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { readSize } from '../caddyfile/units.ts';

/** `request_body [MATCHER] { max_size SIZE }`, Caddy's: a larger body is answered with 413. */
export interface RequestBody {
	readonly type: 'request_body';
	/** Bytes; `undefined` or 0 = no limit. */
	readonly maxSize?: number;
}

/** @throws CaddyfileError */
export function readRequestBody(directive: Directive): RequestBody {
	new Arguments(directive).end();
	let maxSize: number | undefined;
	readBlock(directive, {
		once: {
			max_size: (line) => {
				maxSize = readSize(onlyArgument(line, 'a size'));
			},
		},
		unsupported: ['set', 'read_timeout', 'write_timeout'],
	});
	return { type: 'request_body', ...(maxSize !== undefined && { maxSize }) };
}
