import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { statusAndText } from '../caddyfile/statuses.ts';

/** `error [MATCHER] STATUS|MESSAGE [STATUS] { … }`, Caddy's: what `handle_errors` answers. */
export interface RaisedError {
	readonly type: 'error';
	/** A number, or a placeholder that becomes one. */
	readonly status: number | string;
	readonly message: string;
}

/** @throws CaddyfileError */
export function readError(directive: Directive): RaisedError {
	let { status, text: message } = statusAndText(directive, 'a status or a message');
	readBlock(directive, {
		once: {
			message: (line) => {
				if (message !== undefined) throw new CaddyfileError('conflict', line.position, 'there is a message already');
				message = onlyArgument(line, 'the text').text;
			},
		},
	});
	return { type: 'error', status: status ?? 500, message: message ?? '' };
}
