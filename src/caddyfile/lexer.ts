import type { ExpandedText } from './environment-variables.ts';
import { CaddyfileError, quoteWord } from './errors.ts';
import { type Position, PositionFinder, type Source } from './position.ts';

/** A word of a Caddyfile, or a brace that opens or closes a block. */
export interface Token {
	/** Without its quotes, its escapes resolved. */
	readonly text: string;
	/** Braces are `open` and `close` only where they stand alone and unquoted. */
	readonly kind: 'word' | 'open' | 'close';
	/** Written in double quotes, in backticks or as a heredoc. */
	readonly quoted: boolean;
	/** It is the first on its line; a line continued by `\` is one line. */
	readonly startsLine: boolean;
	readonly position: Position;
	/** Where it comes from, a file or a snippet of one: import cycles are found by it. */
	readonly scope: string;
}

/** What Go's unicode.IsSpace counts as a space, except line ends. */
const SPACE = /[\t\v\f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const HEREDOC_MARKER = /^[A-Za-z0-9_-]+$/;

/**
 * Splits a Caddyfile into tokens. Environment variables have been replaced before.
 *
 * @throws CaddyfileError for quotes and heredocs that never end
 */
export function tokenize(source: Source, expanded?: ExpandedText): Token[] {
	return new Lexer(source, expanded ?? { text: source.text, originalOffset: (offset) => offset }).run();
}

class Lexer {
	readonly #text: string;
	readonly #expanded: ExpandedText;
	readonly #positions: PositionFinder;
	readonly #tokens: Token[] = [];
	readonly #file: string;
	#at = 0;
	#startsLine = true;

	constructor(source: Source, expanded: ExpandedText) {
		this.#file = source.file;
		this.#text = expanded.text;
		this.#expanded = expanded;
		this.#positions = new PositionFinder(source);
	}

	run(): Token[] {
		if (this.#text.startsWith('\ufeff')) this.#at = 1;
		for (;;) {
			const escaped = this.#skipToToken();
			if (this.#at >= this.#text.length) return this.#tokens;
			const start = this.#at;
			const char = this.#text[start];
			if (!escaped && char === '"') this.#readQuoted(start);
			else if (!escaped && char === '`') this.#readBackticks(start);
			else this.#readBare(start, escaped);
		}
	}

	/** Skips spaces, line ends and comments; returns whether a backslash precedes the next token. */
	#skipToToken(): boolean {
		for (; this.#at < this.#text.length; this.#at++) {
			const char = this.#text[this.#at]!;
			if (char === '\n') this.#startsLine = true;
			else if (char === '#') this.#at = this.#lineEnd() - 1;
			else if (char === '\\') {
				const continued = this.#continuation(this.#at + 1);
				if (continued === undefined) {
					this.#at++;
					return true;
				}
				this.#at = continued;
			} else if (char !== '\r' && !SPACE.test(char)) return false;
		}
		return false;
	}

	/** The position of the next `\n`, if only spaces precede it: a backslash before them continues the line. */
	#continuation(from: number): number | undefined {
		let at = from;
		while (at < this.#text.length && (this.#text[at] === '\r' || SPACE.test(this.#text[at]!))) at++;
		return this.#text[at] === '\n' ? at : undefined;
	}

	/** Double quotes: only a quote can be escaped, all other backslashes stay. */
	#readQuoted(start: number): void {
		let text = '';
		for (this.#at++; this.#at < this.#text.length; this.#at++) {
			const char = this.#text[this.#at]!;
			if (char === '"') {
				this.#at++;
				this.#push(text, start, true);
				return;
			}
			if (char === '\\' && this.#at + 1 < this.#text.length) {
				const next = this.#text[++this.#at]!;
				text += next === '"' ? next : char + next;
			} else text += char;
		}
		throw this.#error(start, 'this double quote is never closed', 'another `"`');
	}

	/** Backticks: everything is literal. */
	#readBackticks(start: number): void {
		const end = this.#text.indexOf('`', start + 1);
		if (end < 0) throw this.#error(start, 'this backtick is never closed', 'another backtick');
		this.#at = end + 1;
		this.#push(this.#text.slice(start + 1, end), start, true);
	}

	#readBare(start: number, escapedStart: boolean): void {
		const begin = escapedStart ? start - 1 : start;
		if (!escapedStart && this.#text.startsWith('<<', start) && this.#readHeredoc(start)) return;
		let text = '';
		let escaped = escapedStart;
		for (; this.#at < this.#text.length; this.#at++) {
			const char = this.#text[this.#at]!;
			// Carriage returns are dropped; they do not even end a token.
			if (char === '\r') continue;
			if (char === '\n' || SPACE.test(char)) break;
			if (char === '\\' && !escaped) {
				escaped = true;
				continue;
			}
			// The only thing to escape here is a heredoc; Windows paths and regular expressions keep their backslashes.
			text += escaped && char !== '<' ? `\\${char}` : char;
			escaped = false;
		}
		if (text !== '') this.#push(text, begin, false);
		// `word\` at the end of a line: the next line continues it.
		if (escaped && this.#text[this.#at] === '\n') this.#at++;
	}

	/** `false` = these two angle brackets do not start a heredoc. */
	#readHeredoc(start: number): boolean {
		const lineEnd = this.#lineEnd();
		const opening = this.#text.slice(start + 2, lineEnd).replace(/\r/g, '');
		if (lineEnd >= this.#text.length || opening.includes(' ')) return false;
		if (opening.startsWith('<')) {
			throw this.#error(start, "a heredoc starts with two '<', not three", 'something like <<END');
		}
		if (!HEREDOC_MARKER.test(opening)) {
			const what = opening === '' ? 'this heredoc has no marker' : `${quoteWord(opening)} cannot mark a heredoc`;
			throw this.#error(start, what, "letters, digits, '-' and '_', such as <<END");
		}
		const bodyStart = lineEnd + 1;
		const markerStart = this.#text.indexOf(opening, bodyStart);
		if (markerStart < 0) {
			throw this.#error(start, `this heredoc never ends`, `a line with ${opening} alone`);
		}
		const lastLineStart = this.#text.lastIndexOf('\n', markerStart - 1) + 1;
		const padding = this.#text.slice(lastLineStart, markerStart);
		if (/\S/.test(padding)) {
			throw this.#error(
				markerStart,
				`the marker ${opening} stands inside the heredoc's text`,
				'a marker that does not',
			);
		}
		this.#at = markerStart + opening.length;
		this.#push(this.#stripPadding(bodyStart, lastLineStart, padding), start, true);
		return true;
	}

	/** The lines of a heredoc without the indentation of its closing marker. */
	#stripPadding(start: number, end: number, padding: string): string {
		const lines: string[] = [];
		for (let at = start; at < end; ) {
			const lineEnd = this.#text.indexOf('\n', at);
			const line = this.#text.slice(at, lineEnd).replace(/\r/g, '');
			if (line !== '' && !line.startsWith(padding)) {
				throw this.#error(
					at,
					'this line of the heredoc is indented less than, or otherwise than, its closing marker',
					`it to start with the same ${padding.length} characters of white space`,
				);
			}
			lines.push(line.slice(padding.length));
			at = lineEnd + 1;
		}
		return lines.join('\n');
	}

	/** Where the current line ends: at its `\n`, or at the end of the text. */
	#lineEnd(): number {
		const end = this.#text.indexOf('\n', this.#at);
		return end < 0 ? this.#text.length : end;
	}

	#push(text: string, start: number, quoted: boolean): void {
		this.#tokens.push({
			text,
			kind: quoted ? 'word' : text === '{' ? 'open' : text === '}' ? 'close' : 'word',
			quoted,
			startsLine: this.#startsLine,
			position: this.#position(start),
			scope: this.#file,
		});
		this.#startsLine = false;
	}

	#position(offset: number): Position {
		return this.#positions.at(this.#expanded.originalOffset(offset));
	}

	#error(offset: number, what: string, expected: string): CaddyfileError {
		return new CaddyfileError('bad_syntax', this.#position(offset), what, { expected });
	}
}
