import { CaddyfileError, plural } from './errors.ts';
import type { Token } from './lexer.ts';

/** What an `import` line passes to what it imports. */
export interface ImportArguments {
	readonly args: readonly Token[];
	/** For `{block}`: everything between the braces. */
	readonly block: readonly Token[];
	/** For `{blocks.NAME}`: the parts of the block by their first word. */
	readonly parts: ReadonlyMap<string, readonly Token[]>;
}

const VARIADIC = /^\{args\[(-?\d*):(-?\d*)\]\}$/;
const SINGLE = /\{args(?:\[(\d+)\]|\.(\d+))\}/g;

/** Splits the block of an `import` into the parts that `{blocks.NAME}` stands for. */
export function importParts(block: readonly Token[]): Map<string, Token[]> {
	const parts = new Map<string, Token[]>();
	for (let at = 0; at < block.length; ) {
		const name = block[at++]!;
		if (name.kind !== 'word') {
			throw new CaddyfileError('bad_import', name.position, 'a block without a name cannot be passed to an import');
		}
		const part: Token[] = [];
		while (at < block.length && block[at]!.kind === 'word' && !block[at]!.startsLine) part.push(block[at++]!);
		if (block[at]?.kind === 'open' && !block[at]!.startsLine) {
			let depth = 1;
			for (at++; at < block.length; at++) {
				const token = block[at]!;
				if (token.kind === 'open') depth++;
				else if (token.kind === 'close' && --depth === 0) break;
				part.push(token);
			}
			at++;
		}
		parts.set(name.text, part);
	}
	return parts;
}

/**
 * The imported tokens with `{args[0]}`, `{args[1:]}`, `{block}` and `{blocks.NAME}` replaced. Arguments are
 * inserted as text: a brace or comment sign in them means nothing.
 *
 * @param topLevel the import is outside of all blocks; snippets that it defines keep their own placeholders
 * @throws CaddyfileError when a placeholder names an argument that is missing
 */
export function putArguments(tokens: readonly Token[], given: ImportArguments, topLevel: boolean): Token[] {
	const result: Token[] = [];
	let followsBlock = false;
	const push = (token: Token): void => {
		result.push(followsBlock && !token.startsLine ? { ...token, startsLine: true } : token);
		followsBlock = false;
	};
	for (let at = 0; at < tokens.length; at++) {
		const token = tokens[at]!;
		if (topLevel && startsSnippet(tokens, at)) {
			for (let depth = 0; at < tokens.length; at++) {
				push(tokens[at]!);
				if (tokens[at]!.kind === 'open') depth++;
				else if (tokens[at]!.kind === 'close' && --depth === 0) break;
			}
		} else if (token.text === '{block}' || /^\{blocks\..+\}$/s.test(token.text)) {
			const inserted = token.text === '{block}' ? given.block : given.parts.get(token.text.slice(8, -1));
			followsBlock ||= token.startsLine;
			for (const each of inserted ?? []) push(each);
			followsBlock = true;
		} else if (VARIADIC.test(token.text)) {
			variadic(token, given.args).forEach((arg, index) => {
				push({ ...token, text: arg.text, startsLine: index === 0 && token.startsLine });
			});
		} else push(withSingleArguments(token, given.args));
	}
	return result;
}

/** `(name) {` at the start of a line. */
function startsSnippet(tokens: readonly Token[], at: number): boolean {
	const token = tokens[at]!;
	return token.startsLine && /^\(.+\)$/s.test(token.text) && tokens[at + 1]?.kind === 'open';
}

function variadic(token: Token, args: readonly Token[]): readonly Token[] {
	const [, from, to] = VARIADIC.exec(token.text)!;
	const start = from ? Number(from) : 0;
	const end = to ? Number(to) : args.length;
	if (start < 0 || start > end || end > args.length) throw missingArgument(token, token.text, args.length);
	return args.slice(start, end);
}

function withSingleArguments(token: Token, args: readonly Token[]): Token {
	if (token.kind !== 'word' || !token.text.includes('{args')) return token;
	const text = token.text.replace(SINGLE, (placeholder, index: string | undefined, oldIndex: string | undefined) => {
		const arg = args[Number(index ?? oldIndex)];
		if (arg === undefined) throw missingArgument(token, placeholder, args.length);
		return arg.text;
	});
	return text === token.text ? token : { ...token, text };
}

function missingArgument(token: Token, placeholder: string, count: number): CaddyfileError {
	return new CaddyfileError(
		'bad_import',
		token.position,
		`${placeholder} has no value: the import gives ${plural(count, 'argument')}`,
	);
}
