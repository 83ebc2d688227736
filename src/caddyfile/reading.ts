import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';
import type { Directive } from './parser.ts';

/** The arguments of a directive, taken from left to right. */
export class Arguments {
	readonly #directive: Directive;
	readonly #args: readonly Token[];
	#next: number;

	/** @param skip arguments that have been read already */
	constructor(directive: Directive, skip = 0) {
		this.#directive = directive;
		this.#args = directive.args;
		this.#next = skip;
	}

	/** @throws CaddyfileError when none is left */
	take(expected: string): Token {
		const token = this.optional();
		if (token) return token;
		const { name, matcher, position } = this.#directive;
		const hint = matcher && `${quoteWord(matcher.text)} was read as the matcher; if it is none, write '*' before it`;
		throw new CaddyfileError('bad_arguments', position, `${quoteWord(name)} lacks an argument`, {
			expected,
			...(hint !== undefined && { hint }),
		});
	}

	/** The next argument, if there is one. */
	optional(): Token | undefined {
		const token = this.#args[this.#next];
		if (token) this.#next++;
		return token;
	}

	/** All that are left. */
	rest(): Token[] {
		const rest = this.#args.slice(this.#next);
		this.#next = this.#args.length;
		return rest;
	}

	/** All that are left, at least one of them. @throws CaddyfileError */
	some(expected: string): [Token, ...Token[]] {
		return [this.take(expected), ...this.rest()];
	}

	/** @throws CaddyfileError when an argument is left */
	end(): void {
		const extra = this.#args[this.#next];
		if (!extra) return;
		throw new CaddyfileError(
			'bad_arguments',
			extra.position,
			`${quoteWord(this.#directive.name)} does not take the argument ${quoteWord(extra.text)}`,
		);
	}
}

/** The only argument of a directive that has no block. @throws CaddyfileError */
export function onlyArgument(directive: Directive, expected: string): Token {
	const args = new Arguments(directive);
	const token = args.take(expected);
	args.end();
	noBlock(directive);
	return token;
}

/** At least one argument, and no block. @throws CaddyfileError */
export function someArguments(directive: Directive, expected: string): string[] {
	noBlock(directive);
	return texts(new Arguments(directive).some(expected));
}

/** A directive that is only its name. @throws CaddyfileError */
export function noArguments(directive: Directive): true {
	new Arguments(directive).end();
	noBlock(directive);
	return true;
}

/** `KEY VALUE` of something like `env`. @throws CaddyfileError */
export function keyAndValue(directive: Directive, values: Map<string, string>): void {
	const args = new Arguments(directive);
	const key = args.take('a name and a value');
	const value = args.take('a value after the name');
	args.end();
	noBlock(directive);
	if (!/^[^=\0]+$/.test(key.text) || value.text.includes('\0')) {
		throw new CaddyfileError('bad_value', key.position, `${quoteWord(key.text)} cannot be a name`, {
			expected: "a name without '=', and no NUL bytes",
		});
	}
	values.set(key.text, value.text);
}

/** @throws CaddyfileError when there is a block */
export function noBlock(directive: Directive): void {
	if (!directive.block) return;
	const at = directive.block[0]?.position ?? directive.position;
	throw new CaddyfileError('bad_arguments', at, `${quoteWord(directive.name)} takes no block`);
}

/** Reads one line of a block. */
export type LineReader = (line: Directive) => void;

/** What a block may contain. */
export interface BlockRules {
	/** At most one of each: a second would silently replace the first. */
	readonly once?: Readonly<Record<string, LineReader>>;
	readonly often?: Readonly<Record<string, LineReader>>;
	/** Names that Caddy or FrankenPHP accepts here and Igor does not; as an object, each with what to do about it. */
	readonly unsupported?: readonly string[] | Readonly<Record<string, string>>;
}

/**
 * Reads a block line by line.
 *
 * @throws CaddyfileError for a name that is unknown, not supported, or given twice
 */
export function readBlock(directive: Pick<Directive, 'name' | 'block'>, rules: BlockRules): void {
	const { once = {}, often = {}, unsupported = [] } = rules;
	const seen = new Set<string>();
	for (const line of directive.block ?? []) {
		if (Object.hasOwn(often, line.name)) often[line.name]!(line);
		else if (Object.hasOwn(once, line.name)) {
			if (seen.has(line.name)) {
				const what = `${quoteWord(line.name)} is given twice in ${quoteWord(directive.name)}`;
				throw new CaddyfileError('conflict', line.position, what);
			}
			seen.add(line.name);
			once[line.name]!(line);
		} else throw unknownLine(line, directive, [...Object.keys(once), ...Object.keys(often)], unsupported);
	}
}

function unknownLine(
	line: Directive,
	directive: Pick<Directive, 'name'>,
	known: readonly string[],
	unsupported: NonNullable<BlockRules['unsupported']>,
): CaddyfileError {
	const inside = `${quoteWord(line.name)} in ${quoteWord(directive.name)}`;
	const expected = [...known].sort().join(', ');
	if (Array.isArray(unsupported) ? unsupported.includes(line.name) : Object.hasOwn(unsupported, line.name)) {
		const hint = Array.isArray(unsupported) ? undefined : (unsupported as Record<string, string>)[line.name];
		const help = hint === undefined ? { expected } : { hint };
		return new CaddyfileError('unsupported', line.position, `${inside} is not supported by Igor`, help);
	}
	const help = { expected, known, word: line.name };
	return new CaddyfileError('unknown_option', line.position, `unknown word ${inside}`, help);
}

/** The texts of tokens. */
export function texts(tokens: readonly Token[]): string[] {
	return tokens.map((token) => token.text);
}
