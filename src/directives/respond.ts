import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { noArguments, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { statusAndText } from '../caddyfile/statuses.ts';

/** `respond [MATCHER] STATUS|TEXT [STATUS] { … }`, Caddy's. */
export interface Respond {
	readonly type: 'respond';
	/** A number, or a placeholder that becomes one; `undefined` = 200, or that of the error being handled. */
	readonly status?: number | string;
	readonly body: string;
	/** The connection is closed after the response. */
	readonly close: boolean;
}

/** @throws CaddyfileError */
export function readRespond(directive: Directive): Respond {
	let { status, text: body } = statusAndText(directive, 'a status or a text');
	let close = false;
	readBlock(directive, {
		once: {
			body: (line) => {
				if (body !== undefined) throw new CaddyfileError('conflict', line.position, 'there is a body already');
				body = onlyArgument(line, 'the text').text;
			},
			close: (line) => {
				close = noArguments(line);
			},
		},
	});
	return { type: 'respond', ...(status !== undefined && { status }), body: body ?? '', close };
}
