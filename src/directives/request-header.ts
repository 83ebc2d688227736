import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';
import { type HeaderOperation, headerOperation } from './header.ts';

/** `request_header [MATCHER] [+|-|?]FIELD [VALUE [REPLACEMENT]]`, Caddy's: changes what everything after it sees of the request. */
export interface RequestHeader {
	readonly type: 'request_header';
	readonly operation: HeaderOperation;
}

/** They say where the body ends: the server has read them already. */
const FRAMING = /^[-+?]?(?:content-length|transfer-encoding):?$/i;

/** @throws CaddyfileError */
export function readRequestHeader(directive: Directive): RequestHeader {
	noBlock(directive);
	const args = new Arguments(directive);
	const field = args.take('the name of a header field');
	if (FRAMING.test(field.text)) {
		throw new CaddyfileError('unsupported', field.position, `${quoteWord(field.text)} cannot be changed in a request`, {
			expected: 'a field that says nothing about where the body ends',
		});
	}
	return { type: 'request_header', operation: headerOperation(field.text, args, directive) };
}
