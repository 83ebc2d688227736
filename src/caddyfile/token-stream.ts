import { CaddyfileError } from './errors.ts';
import type { Token } from './lexer.ts';

/** Of all files and snippets together: a chain of snippets that each import the next twice grows without end. */
const MAX_TOKENS = 200_000;

/** The tokens still to be read; an import inserts what it imports before them. */
export class TokenStream {
	/** The innermost import is last; peek() removes what is used up. */
	readonly #frames: { readonly tokens: readonly Token[]; next: number }[] = [];
	#count = 0;
	#afterInsertion = false;
	#last: Token | undefined;

	constructor(tokens: readonly Token[]) {
		this.#push(tokens);
		this.#count = tokens.length;
	}

	/** The token taken last: errors about a file that ends too early point there. */
	get last(): Token | undefined {
		return this.#last;
	}

	peek(): Token | undefined {
		for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
			const token = frame.tokens[frame.next];
			// Tokens of another file start a line, whatever that file says.
			if (token) return this.#afterInsertion && !token.startsLine ? { ...token, startsLine: true } : token;
			this.#frames.pop();
			this.#afterInsertion = true;
		}
		return undefined;
	}

	take(): Token | undefined {
		const token = this.peek();
		if (token) {
			this.#frames.at(-1)!.next++;
			this.#afterInsertion = false;
			this.#last = token;
		}
		return token;
	}

	/** Takes the tokens up to the end of the line or to the brace that opens a block. */
	takeArguments(): Token[] {
		const args: Token[] = [];
		for (let token = this.peek(); token && token.kind !== 'open' && !token.startsLine; token = this.peek()) {
			args.push(token);
			this.take();
		}
		return args;
	}

	/** The `{` that opens a block on this line, if there is one. */
	takeOpening(): Token | undefined {
		const token = this.peek();
		return token?.kind === 'open' && !token.startsLine ? this.take() : undefined;
	}

	/**
	 * Takes the tokens between a `{`, taken before, and its `}`, which is taken as well.
	 *
	 * @throws CaddyfileError when the block never ends
	 */
	takeBlock(opening: Token): Token[] {
		const tokens: Token[] = [];
		for (let depth = 1, token = this.take(); token; token = this.take()) {
			if (token.kind === 'open') depth++;
			else if (token.kind === 'close' && --depth === 0) return tokens;
			tokens.push(token);
		}
		throw unclosedBlock(opening);
	}

	/**
	 * Inserts tokens before the rest. They start on a line of their own, and so does what follows.
	 *
	 * @throws CaddyfileError when there are too many altogether
	 */
	insert(tokens: readonly Token[], importedBy: Token): void {
		this.#count += tokens.length;
		if (this.#count > MAX_TOKENS) {
			throw new CaddyfileError(
				'too_large',
				importedBy.position,
				`the imports add up to more than ${MAX_TOKENS} words`,
				{
					hint: 'check that snippets do not import each other over and over',
				},
			);
		}
		this.#push(tokens);
		this.#afterInsertion = true;
	}

	#push(tokens: readonly Token[]): void {
		this.#frames.push({ tokens, next: 0 });
	}
}

/** The error for a `{` without its `}`. */
export function unclosedBlock(opening: Token): CaddyfileError {
	return new CaddyfileError('bad_syntax', opening.position, 'the block that opens here never ends', {
		expected: 'a `}` on a line of its own',
	});
}
