import { CaddyfileError, plural, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';
import type { Directive } from './parser.ts';
import { Arguments, noBlock, onlyArgument, readBlock, someArguments, texts } from './reading.ts';
import { readChoice } from './units.ts';

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
	  };

/** All of them have to match. */
export type MatcherSet = readonly Matcher[];

type MatcherType = Matcher['type'];

/** All lines of one matcher in a set, in the order of the file, make one condition. */
const READERS: { readonly [T in MatcherType]: (lines: readonly Directive[]) => Matcher } = {
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
	not: (lines) => ({ type: 'not', sets: lines.map((line) => readInlineSet(line, line.args)) }),
};

/** Matchers of Caddy that Igor does not have. */
const UNSUPPORTED_MATCHERS: readonly string[] = [
	'client_ip',
	'expression',
	'header_regexp',
	'path_regexp',
	'protocol',
	'remote_ip',
	'tls',
	'url_pattern',
	'vars',
	'vars_regexp',
];

/**
 * Reads `@name matcher …` or `@name { … }`.
 *
 * @throws CaddyfileError
 */
export function readMatcherDefinition(definition: Directive): MatcherSet {
	if (definition.args[0]?.quoted) throw unsupportedMatcher('expression', definition.args[0]);
	return readInlineSet(definition, definition.args);
}

/** The rest of a line, and its block: either `matcher args… [{ … }]`, or a block of such lines. */
function readInlineSet(line: Directive, words: readonly Token[]): MatcherSet {
	const [name, ...args] = words;
	if (name?.text === 'not' && line.name === 'not') {
		throw new CaddyfileError('bad_matcher', name.position, "'not not' says nothing; leave both away");
	}
	if (name) {
		return readSet([{ name: name.text, args, position: name.position, ...(line.block && { block: line.block }) }]);
	}
	if (!line.block?.length) {
		throw new CaddyfileError('bad_matcher', line.position, `${quoteWord(line.name)} has no condition`, {
			expected: `one of ${Object.keys(READERS).join(', ')}`,
		});
	}
	return readSet(line.block);
}

function readSet(lines: readonly Directive[]): MatcherSet {
	const byType = new Map<MatcherType, Directive[]>();
	for (const line of lines) {
		if (!isMatcherType(line.name)) throw unsupportedMatcher(line.name, line);
		const same = byType.get(line.name);
		if (same) same.push(line);
		else byType.set(line.name, [line]);
	}
	return [...byType].map(([type, same]) => READERS[type](same));
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

function readFile(lines: readonly Directive[]): Matcher {
	if (lines.length > 1) {
		throw new CaddyfileError(
			'conflict',
			lines[1]!.position,
			`'file' stands ${plural(lines.length, 'time')} in one set`,
			{
				hint: 'name all files in one of them, or define two matchers',
			},
		);
	}
	const line = lines[0]!;
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
