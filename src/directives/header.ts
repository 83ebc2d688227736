import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock } from '../caddyfile/reading.ts';
import { type ResponseMatcher, readResponseMatcher } from '../caddyfile/response-matcher.ts';
import { readRegularExpression } from '../caddyfile/units.ts';

/** `header [MATCHER] FIELD [VALUE [REPLACEMENT]]`, or a block of such lines, Caddy's: changes the response's header. */
export interface Header {
	readonly type: 'header';
	readonly operations: readonly HeaderOperation[];
	/** Applied when the response is sent, not before; always so for `default` and with `match`. */
	readonly deferred: boolean;
	readonly match?: ResponseMatcher;
}

/** A change of the response's header. */
export type HeaderOperation =
	| { readonly operation: 'set' | 'add' | 'default'; readonly field: string; readonly value: string }
	/** `*` at an end of the field's name is a wildcard. */
	| { readonly operation: 'delete'; readonly field: string }
	| { readonly operation: 'replace'; readonly field: string; readonly search: string; readonly replacement: string };

/** @throws CaddyfileError */
export function readHeader(directive: Directive): Header {
	const operations: HeaderOperation[] = [];
	let deferred = false;
	let match: ResponseMatcher | undefined;
	const add = (field: string, args: Arguments, line: Directive) => {
		deferred ||= field.startsWith('>') || field.startsWith('-');
		operations.push(headerOperation(field, args, line));
	};
	if (directive.args[0]) add(directive.args[0].text, new Arguments(directive, 1), directive);
	for (const line of directive.block ?? []) {
		if (line.name === 'defer') deferred = noArguments(line);
		else if (line.name === 'match') {
			if (match) throw new CaddyfileError('conflict', line.position, "'match' is given twice in 'header'");
			match = readResponseMatcher(line);
		} else if (directive.args[0]) {
			throw new CaddyfileError(
				'conflict',
				line.position,
				'fields stand in the first line or in the block, not in both',
			);
		} else {
			noBlock(line);
			add(line.name, new Arguments(line), line);
		}
	}
	if (operations.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, "'header' names no field", {
			expected: 'a field and its value, or a block of them',
		});
	}
	return { type: 'header', operations, deferred, ...(match && { match }) };
}

/** `[-+?>]FIELD [VALUE [REPLACEMENT]]`. @throws CaddyfileError */
export function headerOperation(written: string, args: Arguments, line: Directive): HeaderOperation {
	const [, sign, name] = /^([-+?>]?)(.*?):?$/s.exec(written)!;
	const field = name!;
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(field) && !field.includes('{')) {
		throw new CaddyfileError('bad_value', line.position, `${quoteWord(written)} names no header field`);
	}
	if (sign === '-') {
		args.end();
		return { operation: 'delete', field };
	}
	const value = args.optional();
	const replacement = args.optional();
	args.end();
	if (value && replacement) {
		return { operation: 'replace', field, search: readRegularExpression(value), replacement: replacement.text };
	}
	const operation = sign === '+' ? 'add' : sign === '?' ? 'default' : 'set';
	return { operation, field, value: value?.text ?? '' };
}
