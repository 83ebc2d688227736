import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';
import { readChoice, readRegularExpression, readWholeNumber } from '../caddyfile/units.ts';

/** `uri [MATCHER] OPERATION …`, Caddy's: changes the URI for the steps that follow. */
export interface Uri {
	readonly type: 'uri';
	readonly change: UriChange;
}

/** A change of the query by `uri query`. */
export type QueryOperation =
	| { readonly operation: 'set' | 'add'; readonly key: string; readonly value: string }
	| { readonly operation: 'delete'; readonly key: string }
	| { readonly operation: 'rename'; readonly key: string; readonly to: string }
	| { readonly operation: 'replace'; readonly key: string; readonly search: string; readonly replacement: string };

/** A change of the URI by `uri`. */
export type UriChange =
	| { readonly operation: 'strip_prefix' | 'strip_suffix'; readonly target: string }
	/** `limit` = how many times; `undefined` = every time. */
	| { readonly operation: 'replace'; readonly find: string; readonly replacement: string; readonly limit?: number }
	/** `search` is a regular expression. */
	| { readonly operation: 'path_regexp'; readonly search: string; readonly replacement: string }
	| { readonly operation: 'query'; readonly changes: readonly QueryOperation[] };

/** @throws CaddyfileError */
export function readUri(directive: Directive): Uri {
	const args = new Arguments(directive);
	const operation = readChoice(args.take('what to do with the URI'), [
		'strip_prefix',
		'strip_suffix',
		'replace',
		'path_regexp',
		'query',
	]);
	if (operation === 'query') return { type: 'uri', change: { operation, changes: readQueryChanges(directive) } };
	noBlock(directive);
	const first = args.take('what to look for');
	let change: UriChange;
	if (operation === 'replace') {
		const replacement = args.take('what to put in its place').text;
		const limit = args.optional();
		change = { operation, find: first.text, replacement, ...(limit && { limit: readWholeNumber(limit, 0) }) };
	} else if (operation === 'path_regexp') {
		change = {
			operation,
			search: readRegularExpression(first),
			replacement: args.take('what to put in its place').text,
		};
	} else change = { operation, target: first.text };
	args.end();
	return { type: 'uri', change };
}

/** `uri query KEY VALUE`, or `uri query` and a block of such lines. */
function readQueryChanges(directive: Directive): QueryOperation[] {
	const [key, ...rest] = directive.args.slice(1);
	if (key) {
		noBlock(directive);
		return [readQueryChange({ name: key.text, args: rest, position: key.position })];
	}
	if (!directive.block?.length) new Arguments(directive, 1).take('a key, or a block with keys');
	return directive.block!.map(readQueryChange);
}

function readQueryChange(line: Directive): QueryOperation {
	noBlock(line);
	const args = new Arguments(line);
	const change = queryChange(line.name, args);
	args.end();
	return change;
}

function queryChange(name: string, args: Arguments): QueryOperation {
	if (name.startsWith('-')) return { operation: 'delete', key: name.slice(1) };
	if (name.startsWith('+')) return { operation: 'add', key: name.slice(1), value: args.take('a value').text };
	const arrow = name.indexOf('>');
	if (arrow >= 0) return { operation: 'rename', key: name.slice(0, arrow), to: name.slice(arrow + 1) };
	const value = args.take('a value');
	const replacement = args.optional()?.text;
	if (replacement === undefined) return { operation: 'set', key: name, value: value.text };
	return { operation: 'replace', key: name, search: readRegularExpression(value), replacement };
}
