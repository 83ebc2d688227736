import { CaddyfileError } from './errors.ts';
import type { Token } from './lexer.ts';

/** All files and snippets together; a snippet that imports another twice, and so on, would otherwise never end. */
const MAX_TOKENS = 200_000;

/** The tokens still to be read; an import puts what it imports in front of them. */
export class TokenStream {
	/** The innermost import is the last; what is used up is taken away when the next token is looked at. */
	readonly #frames: { readonly tokens: readonly Token[]; next: number }[] = [];
	#count = 0;
	#afterInsertion = false;
	#last: Token | undefined;

	constructor(tokens: readonly Token[]) {
		this.#push(tokens);
		this.#count = tokens.length;
	}

	/** The token that was taken last: where a file ends too early is shown there. */
	get last(): Token | undefined {
		return this.#last;
	}

	peek(): Token | undefined {
		for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
			const token = frame.tokens[frame.next];
			// What comes from another file is on another line, whatever that file says.
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
	 * Takes what stands between a `{`, which has been taken, and its `}`, which is taken too.
	 *
	 * @throws CaddyfileError when the block does not end
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
	 * Puts tokens in front of the rest. They start on a line of their own, and so does what follows them.
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

/** The error about a `{` without its `}`. */
export function unclosedBlock(opening: Token): CaddyfileError {
	return new CaddyfileError('bad_syntax', opening.position, 'the block that opens here never ends', {
		expected: 'a `}` on a line of its own',
	});
}
