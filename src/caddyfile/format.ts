import { CaddyfileError } from './errors.ts';
import { Position, type Source } from './position.ts';

/** A word as it is written, a brace that opens or closes a block, or what separates them. */
interface Piece {
	readonly kind: 'word' | 'open' | 'close' | 'comment' | 'newline' | 'continuation';
	readonly raw: string;
}

const SPACE = /[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * A Caddyfile as `caddy fmt` would have it: tabs, one space between words, braces at the end of a line or alone on one, at
 * most one empty line, and one between the blocks of the file. Words, comments and heredocs stay as they are.
 *
 * @throws CaddyfileError for quotes and heredocs that never end
 */
export function formatCaddyfile(source: Source): string {
	const writer = new Writer();
	const pieces = new Scanner(source).run();
	for (const [index, piece] of pieces.entries()) writer.put(piece, pieces[index + 1]);
	return writer.finish();
}

class Scanner {
	readonly #source: Source;
	readonly #text: string;
	#at = 0;

	constructor(source: Source) {
		this.#source = source;
		this.#text = source.text.replace(/^\ufeff/, '').replaceAll('\r', '');
	}

	run(): Piece[] {
		const pieces: Piece[] = [];
		for (;;) {
			while (this.#at < this.#text.length && SPACE.test(this.#text[this.#at] as string)) this.#at++;
			if (this.#at >= this.#text.length) return pieces;
			const piece = this.#next();
			if (piece.raw !== '') pieces.push(piece);
		}
	}

	#next(): Piece {
		const rest = this.#text.slice(this.#at);
		if (rest.startsWith('\n')) return this.#take('newline', 1);
		if (rest.startsWith('#')) return this.#take('comment', lineLength(rest));
		const continuation = /^\\[^\S\n]*\n/.exec(rest)?.[0];
		if (continuation !== undefined) return this.#take('continuation', continuation.length);
		if (rest.startsWith('"')) return this.#quoted(/^"(?:[^"\\]|\\.)*"/s, rest, 'double quote');
		if (rest.startsWith('`')) return this.#quoted(/^`[^`]*`/, rest, 'backtick');
		const heredoc = rest.startsWith('<<') ? heredocLength(rest) : 0;
		if (heredoc < 0) throw this.#error('this heredoc never ends');
		if (heredoc > 0) return this.#take('word', heredoc);
		// What is no heredoc here may become one where its line ends.
		if (rest.startsWith('<<')) throw this.#error('this is no heredoc; write \\<< if it is not meant to be one');
		let length = 0;
		while (length < rest.length && rest[length] !== '\n' && !SPACE.test(rest[length] as string)) length++;
		const word = rest.slice(0, length);
		if (!/(?<!\\)(?:\\\\)*\\$/.test(word))
			return this.#take(word === '{' ? 'open' : word === '}' ? 'close' : 'word', length);
		// `word\` at the end of a line: the next one continues it. Elsewhere a last backslash means nothing.
		const piece = this.#take('word', length - 1);
		if (rest[length] !== '\n') this.#at++;
		return piece;
	}

	#quoted(form: RegExp, rest: string, what: string): Piece {
		const found = form.exec(rest)?.[0];
		if (found === undefined) throw this.#error(`this ${what} is never closed`);
		return this.#take('word', found.length);
	}

	#take(kind: Piece['kind'], length: number): Piece {
		const raw = this.#text.slice(this.#at, this.#at + length);
		this.#at += length;
		return { kind, raw };
	}

	#error(what: string): CaddyfileError {
		const before = this.#text.slice(0, this.#at).split('\n');
		const position = new Position(this.#source, before.length, (before.at(-1) as string).length + 1);
		return new CaddyfileError('bad_syntax', position, what);
	}
}

function lineLength(text: string): number {
	const end = text.indexOf('\n');
	return end < 0 ? text.length : end;
}

/** 0 = it is none, -1 = it never ends. */
function heredocLength(text: string): number {
	const marker = /^<<([A-Za-z0-9_-]+)\n/.exec(text)?.[1];
	if (marker === undefined) return 0;
	const end = text.indexOf(marker, marker.length + 3);
	return end < 0 ? -1 : end + marker.length;
}

class Writer {
	readonly #lines: string[] = [];
	#line: string[] = [];
	#nesting = 0;
	/** Line ends since the last line. */
	#newlines = 0;
	/** What the last line was, for the empty line behind it. */
	#last: 'start' | 'open' | 'close' | 'line' | 'continued' = 'start';

	put({ kind, raw }: Piece, next: Piece | undefined): void {
		switch (kind) {
			case 'newline':
				this.#end('line');
				this.#newlines++;
				break;
			case 'continuation':
				this.#line.push('\\');
				this.#end('continued');
				break;
			case 'word':
			case 'comment':
				// What stands behind a brace belongs on a line of its own, but a comment may stay.
				this.#line.push(kind === 'comment' ? raw.trimEnd() : raw);
				break;
			case 'open':
				this.#line.push(raw);
				if (next?.kind === 'comment') this.#opens = true;
				else this.#open();
				break;
			case 'close':
				this.#end('line');
				this.#nesting = Math.max(0, this.#nesting - 1);
				this.#line.push(raw);
				if (next?.kind === 'comment') this.#closes = true;
				else this.#end('close');
		}
	}

	finish(): string {
		this.#end('line');
		return `${this.#lines.join('\n')}\n`;
	}

	/** A comment follows the brace of this line. */
	#opens = false;
	#closes = false;

	#open(): void {
		this.#end('open');
		this.#nesting++;
	}

	#end(as: 'open' | 'close' | 'line' | 'continued'): void {
		if (this.#line.length === 0) return;
		const [first] = this.#line;
		const isClosing = first === '}';
		const wantsEmpty =
			this.#last === 'close' && this.#nesting === 0 && !isClosing
				? true
				: this.#newlines > 1 && this.#last !== 'open' && this.#last !== 'start' && !isClosing;
		const indent = this.#nesting + (this.#last === 'continued' ? 1 : 0);
		if (wantsEmpty && this.#last !== 'continued') this.#lines.push('');
		this.#lines.push('\t'.repeat(indent) + this.#line.join(' '));
		this.#line = [];
		this.#newlines = 0;
		this.#last = this.#opens ? 'open' : this.#closes ? 'close' : as;
		if (this.#opens) this.#nesting++;
		this.#opens = false;
		this.#closes = false;
	}
}
