import { CaddyfileError, plural, quoteWord } from './errors.ts';
import { checkExpression } from './expressions.ts';
import type { Token } from './lexer.ts';
import { readNetworks } from './networks.ts';
import type { Directive } from './parser.ts';
import { Arguments, noBlock, onlyArgument, readBlock, someArguments, texts } from './reading.ts';
import { readChoice, readRegularExpression } from './units.ts';

/** How the `file` matcher and `try_files` choose among their files. */
export const TRY_POLICIES = [
	'first_exist',
	'first_exist_fallback',
	'smallest_size',
	'largest_size',
	'most_recently_modified',
] as const;

export type TryPolicy = (typeof TRY_POLICIES)[number];

/** One field of a `header` matcher. */
export interface HeaderMatch {
	readonly name: string;
	/** One has to match; `*` at either end is a wildcard. An empty list = the field must be missing. */
	readonly values: readonly string[];
}

/** One condition. Placeholders are still in the texts. */
export type Matcher =
	/** One of the patterns; `*` is a wildcard, at the end for everything below. */
	| { readonly type: 'path'; readonly patterns: readonly string[] }
	| { readonly type: 'method'; readonly methods: readonly string[] }
	/** Every field. */
	| { readonly type: 'header'; readonly fields: readonly HeaderMatch[] }
	| { readonly type: 'host'; readonly hosts: readonly string[] }
	/** Every key, with one of its values (`*` = any); no key at all = an empty query. */
	| { readonly type: 'query'; readonly keys: readonly { readonly name: string; readonly values: readonly string[] }[] }
	/** None of the sets. */
	| { readonly type: 'not'; readonly sets: readonly MatcherSet[] }
	/** A file of the list exists; without a list, the one of the request's path. */
	| {
			readonly type: 'file';
			readonly tryFiles: readonly string[];
			readonly root?: string;
			readonly tryPolicy?: TryPolicy;
			readonly splitPath?: readonly string[];
	  }
	/** Sets `{re.NAME.GROUP}` and `{re.GROUP}`. */
	| { readonly type: 'path_regexp'; readonly name: string; readonly pattern: string }
	/** Every field; sets the same. */
	| {
			readonly type: 'header_regexp';
			readonly fields: readonly { readonly field: string; readonly name: string; readonly pattern: string }[];
	  }
	/** In Google's Common Expression Language, with the other matchers as functions. */
	| { readonly type: 'expression'; readonly name: string; readonly expression: string }
	| { readonly type: 'protocol'; readonly protocol: MatchedProtocol }
	/** The address of the connection: of a proxy, if there is one. */
	| { readonly type: 'remote_ip'; readonly ranges: readonly string[] }
	/** The address of whoever asks. */
	| { readonly type: 'client_ip'; readonly ranges: readonly string[] }
	/** One of them: a variable, or a placeholder, has one of its values. */
	| { readonly type: 'vars'; readonly vars: readonly { readonly name: string; readonly values: readonly string[] }[] };

const PROTOCOLS = [
	'http',
	'https',
	'grpc',
	'http/1.0',
	'http/1.0+',
	'http/1.1',
	'http/1.1+',
	'http/2',
	'http/2+',
	'http/3',
	'http/3+',
] as const;

/** How a request has come; `+` = or newer. Nothing comes by HTTP/3. */
export type MatchedProtocol = (typeof PROTOCOLS)[number];

/** All of them have to match. */
export type MatcherSet = readonly Matcher[];

type MatcherType = Matcher['type'];

/**
 * All lines of one matcher in a set, in the order of the file, make one condition.
 *
 * @param name of the named matcher, without the `@`
 */
type ReadMatcher = (lines: readonly Directive[], name: string) => Matcher;

const READERS: { readonly [T in MatcherType]: ReadMatcher } = {
	path: (lines) => ({ type: 'path', patterns: lines.flatMap(pathPatterns) }),
	method: (lines) => ({
		type: 'method',
		methods: lines.flatMap((line) => someArguments(line, 'methods such as GET')),
	}),
	host: (lines) => ({
		type: 'host',
		hosts: lines.flatMap((line) => someArguments(line, 'host names')).map((host) => host.toLowerCase()),
	}),
	header: (lines) => ({ type: 'header', fields: readHeaderMatches(lines) }),
	query: readQuery,
	file: readFile,
	not: (lines, name) => ({ type: 'not', sets: lines.map((line) => readInlineSet(line, line.args, name)) }),
	path_regexp: readPathRegexp,
	header_regexp: (lines, name) => ({
		type: 'header_regexp',
		fields: lines.map((line) => {
			const { first, second, pattern } = namedPattern(line, 'the name of a header field');
			return { field: second ?? first, name: second === undefined ? name : first, pattern };
		}),
	}),
	protocol: (lines) => ({
		type: 'protocol',
		protocol: readChoice(onlyArgument(onlyLine(lines), 'a protocol such as https'), PROTOCOLS),
	}),
	expression: (lines, name) => {
		const line = onlyLine(lines, 'join them with &&');
		noBlock(line);
		return readExpression(new Arguments(line).some('an expression'), name);
	},
	remote_ip: (lines) => ({ type: 'remote_ip', ranges: lines.flatMap(readRanges) }),
	client_ip: (lines) => ({ type: 'client_ip', ranges: lines.flatMap(readRanges) }),
	vars: (lines) => ({
		type: 'vars',
		vars: lines.map((line) => {
			const [name = '', ...values] = someArguments(line, 'a variable and its values');
			if (values.length > 0) return { name, values };
			throw new CaddyfileError('bad_matcher', line.position, `${quoteWord(name)} has no value to compare with`);
		}),
	}),
};

/** The names of all matchers. */
export const MATCHER_TYPES: readonly string[] = Object.keys(READERS);

/** Matchers of Caddy that Igor does not have. */
const UNSUPPORTED_MATCHERS: readonly string[] = ['tls', 'url_pattern', 'vars_regexp'];

/**
 * Reads `@name matcher …` or `@name { … }`.
 *
 * @throws CaddyfileError
 */
export function readMatcherDefinition(definition: Directive): MatcherSet {
	const name = definition.name.replace(/^@/, '');
	const [first] = definition.args;
	// In quotes, without the name of a matcher.
	if (first?.quoted && definition.args.length === 1) return [readExpression([first], name)];
	return readInlineSet(definition, definition.args, name);
}

/** The rest of a line, and its block: either `matcher args… [{ … }]`, or a block of such lines. */
function readInlineSet(line: Directive, words: readonly Token[], matcher: string): MatcherSet {
	const [name, ...args] = words;
	if (name?.text === 'not' && line.name === 'not') {
		throw new CaddyfileError('bad_matcher', name.position, "'not not' says nothing; leave both away");
	}
	if (name) {
		const only = { name: name.text, args, position: name.position, ...(line.block && { block: line.block }) };
		return readSet([only], matcher);
	}
	if (!line.block?.length) {
		throw new CaddyfileError('bad_matcher', line.position, `${quoteWord(line.name)} has no condition`, {
			expected: `one of ${Object.keys(READERS).join(', ')}`,
		});
	}
	return readSet(line.block, matcher);
}

function readSet(lines: readonly Directive[], matcher: string): MatcherSet {
	const byType = new Map<MatcherType, Directive[]>();
	for (const line of lines) {
		if (!isMatcherType(line.name)) throw unsupportedMatcher(line.name, line);
		const same = byType.get(line.name);
		if (same) same.push(line);
		else byType.set(line.name, [line]);
	}
	return [...byType].map(([type, same]) => READERS[type](same, matcher));
}

function isMatcherType(name: string): name is MatcherType {
	return Object.hasOwn(READERS, name);
}

function unsupportedMatcher(name: string, at: Pick<Token, 'position'>): CaddyfileError {
	const known = Object.keys(READERS);
	const expected = `one of ${known.join(', ')}`;
	if (UNSUPPORTED_MATCHERS.includes(name)) {
		return new CaddyfileError('unsupported', at.position, `the matcher '${name}' is not supported by Igor`, {
			expected,
		});
	}
	return new CaddyfileError('bad_matcher', at.position, `unknown matcher ${quoteWord(name)}`, {
		expected,
		known,
		word: name,
	});
}

function pathPatterns(line: Directive): string[] {
	noBlock(line);
	// A path that a rewrite has made may begin without a slash, so a pattern may, too.
	return texts(new Arguments(line).some('paths such as /api/*'));
}

/** Lines of `header NAME VALUE` and `header !NAME`; also used to match responses. */
export function readHeaderMatches(lines: readonly Directive[]): HeaderMatch[] {
	const fields = new Map<string, string[]>();
	for (const line of lines) {
		noBlock(line);
		const args = new Arguments(line);
		const name = args.take('the name of a header field');
		if (name.text.startsWith('!') && name.text.length > 1) {
			args.end();
			fields.set(name.text.slice(1).toLowerCase(), []);
			continue;
		}
		const value = args.take("a value after the field's name, or '!' before it").text;
		args.end();
		const key = name.text.toLowerCase();
		fields.set(key, [...(fields.get(key) ?? []), value]);
	}
	return [...fields].map(([name, values]) => ({ name, values }));
}

function readQuery(lines: readonly Directive[]): Matcher {
	const keys = new Map<string, string[]>();
	for (const line of lines) {
		noBlock(line);
		for (const pair of line.args) {
			if (pair.text === '') continue;
			const equals = pair.text.indexOf('=');
			if (equals < 0) {
				throw new CaddyfileError('bad_matcher', pair.position, `${quoteWord(pair.text)} has no value`, {
					expected: `something like ${pair.text}=value, or ${pair.text}=* for any`,
				});
			}
			const name = pair.text.slice(0, equals);
			keys.set(name, [...(keys.get(name) ?? []), pair.text.slice(equals + 1)]);
		}
	}
	return { type: 'query', keys: [...keys].map(([name, values]) => ({ name, values })) };
}

function readExpression(words: readonly Token[], name: string): Matcher {
	const [first] = words as readonly [Token, ...Token[]];
	// Of several words, the quotes belong to the expression.
	const isOne = words.length === 1;
	const expression = words.map(({ text, quoted }) => (quoted && !isOne ? JSON.stringify(text) : text)).join(' ');
	checkExpression(expression, first.position);
	return { type: 'expression', name, expression };
}

function readPathRegexp(lines: readonly Directive[], matcher: string): Matcher {
	const { first, pattern } = namedPattern(onlyLine(lines), undefined);
	return { type: 'path_regexp', name: first || matcher, pattern };
}

/** `[NAME] [FIELD] PATTERN` @param field what stands before the pattern; `undefined` = nothing has to */
function namedPattern(
	line: Directive,
	field: string | undefined,
): { first: string; second: string | undefined; pattern: string } {
	noBlock(line);
	const args = new Arguments(line);
	const words = field === undefined ? [] : [args.take(field)];
	let pattern = args.take('a regular expression');
	const more = args.optional();
	args.end();
	if (more) {
		words.push(pattern);
		pattern = more;
	}
	return { first: words[0]?.text ?? '', second: words[1]?.text, pattern: readRegularExpression(pattern) };
}

function readRanges(line: Directive): string[] {
	noBlock(line);
	return readNetworks(new Arguments(line).some('addresses, networks or private_ranges'), line.name);
}

/** Of a matcher that may stand only once in a set. */
function onlyLine(lines: readonly Directive[], hint = 'define two matchers'): Directive {
	const [line, second] = lines as [Directive, ...Directive[]];
	if (!second) return line;
	const what = `${quoteWord(line.name)} stands ${plural(lines.length, 'time')} in one set`;
	throw new CaddyfileError('conflict', second.position, what, { hint });
}

function readFile(lines: readonly Directive[]): Matcher {
	const line = onlyLine(lines, 'name all files in one of them, or define two matchers');
	const tryFiles = texts(line.args);
	let root: string | undefined;
	let tryPolicy: TryPolicy | undefined;
	let splitPath: string[] | undefined;
	readBlock(line, {
		once: {
			root: (each) => {
				root = onlyArgument(each, 'a folder').text;
			},
			try_policy: (each) => {
				tryPolicy = readChoice(onlyArgument(each, 'a policy'), TRY_POLICIES);
			},
			split_path: (each) => {
				splitPath = someArguments(each, 'endings such as .php');
			},
		},
		often: { try_files: (each) => tryFiles.push(...someArguments(each, 'files')) },
	});
	return {
		type: 'file',
		tryFiles,
		...(root !== undefined && { root }),
		...(tryPolicy && { tryPolicy }),
		...(splitPath && { splitPath }),
	};
}
