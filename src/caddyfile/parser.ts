import { CaddyfileError, quoteWord } from './errors.ts';
import type { CaddyfileHost } from './host.ts';
import { Imports, type Warning } from './imports.ts';
import type { Token } from './lexer.ts';
import type { Position } from './position.ts';
import { TokenStream, unclosedBlock } from './token-stream.ts';

/** A line of a block, with the block that it opens. Matcher definitions are directives whose name starts with `@`. */
export interface Directive {
	readonly name: string;
	readonly args: readonly Token[];
	/** `undefined` = no braces; an empty list = braces with nothing in them. */
	readonly block?: readonly Directive[];
	/** The argument that was taken as the request matcher; the parser never sets it. */
	readonly matcher?: Token;
	readonly position: Position;
}

/** The addresses of a site, and its block. */
export interface ServerBlock {
	readonly addresses: readonly Token[];
	readonly directives: readonly Directive[];
	/** The only site of a file may go without; a second one then looks like a directive. */
	readonly braces: boolean;
}

/** A Caddyfile with imports and environment variables resolved, before any directive is understood. */
export interface CaddyfileTree {
	/** `undefined` = the file has no block of global options. */
	readonly globalOptions?: readonly Directive[];
	readonly servers: readonly ServerBlock[];
	readonly warnings: readonly Warning[];
}

const MAX_DEPTH = 64;

/**
 * Parses a Caddyfile and all that it imports.
 *
 * @param file as errors show it; paths in `import` are relative to its folder
 * @throws CaddyfileError, and nothing else
 */
export function parseCaddyfile(text: string, file: string, host: CaddyfileHost): CaddyfileTree {
	return new Parser(text, file, host).run();
}

class Parser {
	readonly #imports: Imports;
	readonly #stream: TokenStream;

	constructor(text: string, file: string, host: CaddyfileHost) {
		this.#imports = new Imports(host);
		this.#stream = new TokenStream(this.#imports.tokenizeFile(file, text));
	}

	run(): CaddyfileTree {
		let globalOptions: readonly Directive[] | undefined;
		const servers: ServerBlock[] = [];
		for (let token = this.#stream.peek(); token; token = this.#stream.peek()) {
			const addresses = this.#readAddresses();
			const first = addresses[0];
			if (first === undefined && this.#stream.peek()?.kind !== 'open') continue;
			if (addresses.length === 1 && /^&?\(.*\)$/s.test(first!.text)) this.#readSnippet(first!);
			else if (first !== undefined) servers.push(this.#readServer(addresses));
			else if (globalOptions || servers.length > 0) {
				throw new CaddyfileError('bad_syntax', token.position, 'a block without an address holds the global options', {
					hint: 'there is one, and it comes before every site',
				});
			} else globalOptions = this.#readBlock(this.#stream.take()!, 1);
		}
		const { warnings } = this.#imports;
		return globalOptions ? { globalOptions, servers, warnings } : { servers, warnings };
	}

	/** Addresses continue across commas to the end of the line, and end before a `{`. */
	#readAddresses(): Token[] {
		const addresses: Token[] = [];
		let comma: Token | undefined;
		for (let token = this.#stream.peek(); token; token = this.#stream.peek()) {
			if (addresses.length > 0 && token.startsLine && !comma) break;
			if (token.kind === 'open') {
				if (comma) throw syntaxError(comma, 'a comma stands before the `{`', 'another address after it');
				return addresses;
			}
			this.#stream.take();
			if (token.startsLine && !token.quoted && token.text === 'import') {
				this.#imports.expand(token, this.#stream, true);
				continue;
			}
			if (token.kind === 'close') throw syntaxError(token, 'this `}` closes nothing');
			const address = addressOf(token);
			if (address) addresses.push(address);
			if (token.text !== '') comma = token.text.endsWith(',') ? token : undefined;
		}
		if (comma) throw syntaxError(comma, 'the file ends after a comma', 'another address');
		return addresses;
	}

	#readSnippet(name: Token): void {
		if (name.text.startsWith('&')) {
			throw new CaddyfileError('unsupported', name.position, 'named routes are not supported by Igor', {
				hint: 'use a snippet, `(name) { … }`, and import it',
			});
		}
		const opening = this.#stream.peek();
		if (opening?.kind !== 'open') throw syntaxError(name, 'a snippet needs a block', 'a `{` after its name');
		this.#stream.take();
		this.#imports.defineSnippet(name, this.#stream.takeBlock(opening));
	}

	#readServer(addresses: readonly Token[]): ServerBlock {
		const opening = this.#stream.peek();
		if (opening?.kind === 'open') {
			this.#stream.take();
			return { addresses, directives: this.#readBlock(opening, 1), braces: true };
		}
		return { addresses, directives: this.#readDirectives(undefined, 1), braces: false };
	}

	#readBlock(opening: Token, depth: number): Directive[] {
		if (depth > MAX_DEPTH) {
			throw new CaddyfileError('too_large', opening.position, `blocks are nested deeper than ${MAX_DEPTH}`);
		}
		return this.#readDirectives(opening, depth);
	}

	/** Without `opening` it reads to the end of the file, otherwise to the closing brace. */
	#readDirectives(opening: Token | undefined, depth: number): Directive[] {
		const directives: Directive[] = [];
		for (let token = this.#stream.take(); token; token = this.#stream.take()) {
			if (token.kind === 'close') {
				if (!opening) throw syntaxError(token, 'this `}` closes nothing');
				return directives;
			}
			if (token.kind === 'open') {
				throw syntaxError(token, 'a `{` cannot be the first on its line', 'it at the end of the line before');
			}
			if (token.text === 'import' && !token.quoted) this.#imports.expand(token, this.#stream, false);
			else directives.push(this.#readDirective(token, depth));
		}
		if (opening) throw unclosedBlock(opening);
		return directives;
	}

	#readDirective(name: Token, depth: number): Directive {
		const args = this.#stream.takeArguments();
		const head = { name: name.text, args, position: name.position };
		for (const arg of args) if (arg.kind === 'close') throw misplacedClosing(arg);
		const lastWord = args.at(-1) ?? name;
		if (lastWord.text === '{}' && !lastWord.quoted) {
			throw syntaxError(lastWord, '`{}` is no block', '`{` at the end of the line and `}` on a line of its own');
		}
		const opening = this.#stream.takeOpening();
		if (!opening) return head;
		const next = this.#stream.peek();
		if (next && !next.startsLine) {
			throw syntaxError(next, 'something stands on the line after the `{`', 'it on the next line');
		}
		const block = this.#readBlock(opening, depth + 1);
		const after = this.#stream.peek();
		if (after && !after.startsLine) {
			throw syntaxError(after, 'something stands on the line after the `}`', 'it on the next line');
		}
		return { ...head, block };
	}
}

/** An address without its trailing comma; `undefined` = only a comma, or empty quotes. */
function addressOf(token: Token): Token | undefined {
	const address = token.text.endsWith(',') ? token.text.slice(0, -1) : token.text;
	if (address.startsWith('@')) {
		throw new CaddyfileError('bad_matcher', token.position, 'a matcher cannot be defined outside of a site', {
			hint: "put it into the site's block",
		});
	}
	if (address.endsWith('{') && !token.quoted) {
		throw syntaxError(token, `the address ${quoteWord(address)} ends with a brace`, 'a space before the `{`');
	}
	if (address.includes(',')) {
		throw syntaxError(token, `the address ${quoteWord(address)} has a comma in it`, 'a space after the comma');
	}
	return address === '' ? undefined : { ...token, text: address };
}

function misplacedClosing(token: Token): CaddyfileError {
	return syntaxError(token, 'a `}` cannot end a line', 'it on a line of its own, or in quotes');
}

function syntaxError(token: Token, what: string, expected?: string): CaddyfileError {
	return new CaddyfileError('bad_syntax', token.position, what, expected === undefined ? {} : { expected });
}
