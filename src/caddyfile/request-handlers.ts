import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';
import { TRY_POLICIES, type TryPolicy } from './matcher-definitions.ts';
import type { Directive } from './parser.ts';
import { Arguments, noBlock, onlyArgument, readBlock, texts } from './reading.ts';
import { readChoice, readSize, readWholeNumber } from './units.ts';

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

/** Directives that look at the request, or change it, before anybody answers. */
export type RequestHandler =
	| { readonly type: 'root'; readonly path: string }
	| { readonly type: 'rewrite'; readonly to: string }
	| { readonly type: 'uri'; readonly change: UriChange }
	| { readonly type: 'try_files'; readonly files: readonly string[]; readonly policy: TryPolicy }
	/** Bytes; `undefined` = no limit. */
	| { readonly type: 'request_body'; readonly maxSize?: number }
	| {
			readonly type: 'basic_auth';
			readonly algorithm: 'bcrypt' | 'argon2id';
			/** Shown by the browser; `undefined` = the default. */
			readonly realm?: string;
			readonly accounts: readonly { readonly user: string; readonly passwordHash: string }[];
	  };

type Of<T extends RequestHandler['type']> = Extract<RequestHandler, { type: T }>;

/** @throws CaddyfileError */
export function readRoot(directive: Directive): Of<'root'> {
	return { type: 'root', path: onlyArgument(directive, 'a folder').text };
}

/** @throws CaddyfileError */
export function readRewrite(directive: Directive): Of<'rewrite'> {
	return { type: 'rewrite', to: onlyArgument(directive, 'the URI to rewrite to').text };
}

/** @throws CaddyfileError */
export function readTryFiles(directive: Directive): Of<'try_files'> {
	const files = texts(new Arguments(directive).some('files such as {path}'));
	let policy: TryPolicy = 'first_exist';
	readBlock(directive, {
		once: {
			policy: (line) => {
				policy = readChoice(onlyArgument(line, 'a policy'), TRY_POLICIES);
			},
		},
	});
	return { type: 'try_files', files, policy };
}

/** @throws CaddyfileError */
export function readRequestBody(directive: Directive): Of<'request_body'> {
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

/** @throws CaddyfileError */
export function readBasicAuth(directive: Directive): Of<'basic_auth'> {
	const args = new Arguments(directive);
	const algorithmWord = args.optional();
	const algorithm = algorithmWord ? readChoice(algorithmWord, ['bcrypt', 'argon2id']) : 'bcrypt';
	const realm = args.optional()?.text;
	args.end();
	const users = new Set<string>();
	const accounts = (directive.block ?? []).map((line) => {
		const passwordHash = onlyArgument(line, 'the hash of the password after the name').text;
		if (line.name === '' || passwordHash === '') {
			throw new CaddyfileError('bad_value', line.position, 'neither name nor hash may be empty');
		}
		if (users.has(line.name)) {
			throw new CaddyfileError('conflict', line.position, `the user ${quoteWord(line.name)} is there twice`);
		}
		users.add(line.name);
		return { user: line.name, passwordHash };
	});
	if (accounts.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, 'nobody could log in', {
			expected: 'a block with lines of a name and the hash of a password',
		});
	}
	return { type: 'basic_auth', algorithm, ...(realm !== undefined && { realm }), accounts };
}

/** @throws CaddyfileError */
export function readUri(directive: Directive): Of<'uri'> {
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
		change = { operation, search: regularExpression(first), replacement: args.take('what to put in its place').text };
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
	return { operation: 'replace', key: name, search: regularExpression(value), replacement };
}

/** The text of a regular expression that can be compiled. @throws CaddyfileError */
export function regularExpression(token: Token): string {
	try {
		new RegExp(token.text);
		return token.text;
	} catch (error) {
		const reason = error instanceof Error ? error.message : '';
		throw new CaddyfileError('bad_value', token.position, `this regular expression cannot be used: ${reason}`);
	}
}
