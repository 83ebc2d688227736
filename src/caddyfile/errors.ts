import { nearestWord } from './nearest.ts';
import type { Position } from './position.ts';

/** What was wrong with a Caddyfile; the literal is stable, the sentence is for people. */
export type CaddyfileErrorCode =
	/** Quotes, heredocs, braces, commas. */
	| 'bad_syntax'
	/** A file or snippet that is not there, a cycle, a missing argument. */
	| 'bad_import'
	| 'bad_address'
	| 'bad_matcher'
	/** A word that neither Caddy nor FrankenPHP nor Igor knows. */
	| 'unknown_directive'
	| 'unknown_option'
	/** Caddy or FrankenPHP has it, Igor does not. */
	| 'unsupported'
	/** Too few, too many, or the wrong ones. */
	| 'bad_arguments'
	| 'bad_value'
	/** Given twice, or together with something that excludes it. */
	| 'conflict'
	/** Deeper, larger or longer than any honest Caddyfile. */
	| 'too_large';

/** What an error says besides what is wrong. */
export interface ErrorHelp {
	/** What would have been right: `a port`, `'on' or 'off'`. */
	readonly expected?: string;
	/** The words that were possible; the nearest to `word` is offered. */
	readonly known?: Iterable<string>;
	readonly word?: string;
	/** A sentence without its full stop, such as what to write instead. */
	readonly hint?: string;
}

/**
 * A mistake in a Caddyfile.
 * `message` is `file:line:column: what; expected …; did you mean …?`, then the line and a caret under the mistake.
 */
export class CaddyfileError extends Error {
	override readonly name = 'CaddyfileError';
	readonly code: CaddyfileErrorCode;
	readonly position: Position;
	/** The first line of `message`, without the position. */
	readonly summary: string;
	/** The known word that was probably meant. */
	readonly suggestion: string | undefined;

	constructor(code: CaddyfileErrorCode, position: Position, what: string, help: ErrorHelp = {}) {
		const suggestion = help.known && help.word !== undefined ? nearestWord(help.word, help.known) : undefined;
		const parts = [what];
		if (help.expected !== undefined) parts.push(`expected ${help.expected}`);
		if (help.hint !== undefined) parts.push(help.hint);
		if (suggestion !== undefined) parts.push(`did you mean '${suggestion}'?`);
		const summary = parts.join('; ');
		// A document of JSON is often one line.
		super(`${position}: ${summary}${position.path === undefined ? `\n${quoteLine(position)}` : ''}`);
		this.code = code;
		this.position = position;
		this.summary = summary;
		this.suggestion = suggestion;
	}
}

/** Characters; of a longer line only the part around the mistake is quoted. */
const QUOTED_WIDTH = 120;

/** The line, and a caret below it; both keep their tabs, so that the caret is right at any tab width. */
function quoteLine(position: Position): string {
	const line = position.sourceLine;
	const column = Math.min(position.column - 1, line.length);
	const start = column < QUOTED_WIDTH ? 0 : column - QUOTED_WIDTH / 2;
	const shown = line.slice(start, start + QUOTED_WIDTH);
	const indent = shown.slice(0, column - start).replace(/[^\t]/g, ' ');
	return `    ${shown}\n    ${indent}^`;
}

/** `1 argument`, `2 arguments`. */
export function plural(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What was written, as errors show it: shortened, and on one line. */
export function quoteWord(word: string): string {
	const line = word.replace(/\s+/g, ' ');
	return `'${line.length > 60 ? `${line.slice(0, 57)}…` : line}'`;
}
