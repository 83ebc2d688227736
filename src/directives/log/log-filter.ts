import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock } from '../../caddyfile/reading.ts';
import { readRegularExpression, readWholeNumber } from '../../caddyfile/units.ts';

/** What happens to one parameter of a query, or to one cookie. */
export interface QueryAction {
	readonly action: 'replace' | 'hash' | 'delete';
	/** Its name, or that of a cookie. */
	readonly parameter: string;
	/** For `replace`. */
	readonly value?: string;
}

/** What happens to one field of a log's lines. */
export type LogFilter =
	| { readonly type: 'delete' | 'hash' }
	| { readonly type: 'replace'; readonly value: string }
	| { readonly type: 'rename'; readonly name: string }
	/** Bits of an address that stay. */
	| { readonly type: 'ip_mask'; readonly ipv4: number; readonly ipv6: number }
	| { readonly type: 'query' | 'cookie' | 'set_cookie'; readonly actions: readonly QueryAction[] }
	/** One after another. */
	| {
			readonly type: 'regexp';
			readonly operations: readonly { readonly search: string; readonly replacement: string }[];
	  };

/** By the name of the field; `>` leads into an object: `request>uri`. */
export type LogFilters = Readonly<Record<string, LogFilter>>;

/**
 * The fields of `format filter { FIELD FILTER … }`, Caddy's, which may also stand in a block `fields`.
 *
 * @param lines without `wrap`
 * @throws CaddyfileError
 */
export function readLogFilters(lines: readonly Directive[]): LogFilters {
	const filters: Record<string, LogFilter> = Object.create(null);
	for (const line of lines) {
		if (line.name === 'fields') {
			new Arguments(line).end();
			for (const each of line.block ?? []) addFilter(each, filters);
		} else addFilter(line, filters);
	}
	return { ...filters };
}

function addFilter(line: Directive, filters: Record<string, LogFilter>): void {
	const [name, ...args] = line.args;
	if (!name) {
		throw new CaddyfileError('bad_arguments', line.position, `the field ${quoteWord(line.name)} has no filter`, {
			expected: `one of ${Object.keys(READERS).join(', ')}`,
		});
	}
	const filter = readFilter({ ...line, name: name.text, args, position: name.position });
	const before = filters[line.name];
	if (before === undefined) filters[line.name] = filter;
	else if (before.type === 'regexp' && filter.type === 'regexp') {
		filters[line.name] = { type: 'regexp', operations: [...before.operations, ...filter.operations] };
	} else {
		throw new CaddyfileError('conflict', line.position, `the field ${quoteWord(line.name)} has two filters`);
	}
}

const READERS: Readonly<Record<string, (line: Directive) => LogFilter>> = {
	delete: (line) => alone(line, 'delete'),
	hash: (line) => alone(line, 'hash'),
	replace: (line) => {
		const args = new Arguments(line);
		const value = args.optional()?.text ?? '';
		args.end();
		noBlock(line);
		return { type: 'replace', value };
	},
	rename: (line) => ({ type: 'rename', name: onlyArgument(line, 'a name').text }),
	ip_mask: readIpMask,
	query: (line) => ({ type: 'query', actions: readActions(line, 'the name of a parameter') }),
	cookie: (line) => ({ type: 'cookie', actions: readActions(line, 'the name of a cookie') }),
	set_cookie: (line) => ({ type: 'set_cookie', actions: readActions(line, 'the name of a cookie') }),
	regexp: (line) => {
		const args = new Arguments(line);
		const search = readRegularExpression(args.take('a regular expression'));
		const replacement = args.optional()?.text ?? '';
		args.end();
		noBlock(line);
		return { type: 'regexp', operations: [{ search, replacement }] };
	},
};

function alone(line: Directive, type: 'delete' | 'hash'): LogFilter {
	noArguments(line);
	return { type };
}

function readFilter(line: Directive): LogFilter {
	if (Object.hasOwn(READERS, line.name)) return READERS[line.name]!(line);
	const known = Object.keys(READERS);
	throw new CaddyfileError('bad_value', line.position, `there is no filter ${quoteWord(line.name)}`, {
		expected: `one of ${known.join(', ')}`,
		known,
		word: line.name,
	});
}

/** `ip_mask [IPV4 [IPV6]]`, or a block. */
function readIpMask(line: Directive): LogFilter {
	const args = new Arguments(line);
	const [first, second] = [args.optional(), args.optional()];
	args.end();
	let ipv4 = first ? readWholeNumber(first, 0, 32) : 0;
	let ipv6 = second ? readWholeNumber(second, 0, 128) : 0;
	readBlock(line, {
		once: {
			ipv4: (each) => {
				ipv4 = readWholeNumber(onlyArgument(each, 'a number of bits'), 0, 32);
			},
			ipv6: (each) => {
				ipv6 = readWholeNumber(onlyArgument(each, 'a number of bits'), 0, 128);
			},
		},
	});
	return { type: 'ip_mask', ipv4, ipv6 };
}

/** A block of `replace NAME VALUE`, `hash NAME` and `delete NAME`. */
function readActions(line: Directive, what: string): QueryAction[] {
	new Arguments(line).end();
	const actions: QueryAction[] = [];
	const alone = (action: 'hash' | 'delete') => (each: Directive) => {
		actions.push({ action, parameter: onlyArgument(each, what).text });
	};
	readBlock(line, {
		often: {
			replace: (each) => {
				const args = new Arguments(each);
				const parameter = args.take(what).text;
				const value = args.take('what stands in its place').text;
				args.end();
				noBlock(each);
				actions.push({ action: 'replace', parameter, value });
			},
			hash: alone('hash'),
			delete: alone('delete'),
		},
	});
	return actions;
}
