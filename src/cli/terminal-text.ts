import stringWidth from 'string-width';

/** Text of somebody else's on a terminal: how wide it is, and what of it must not get there. Pure. */

/** What steers a terminal, ends a line, or turns the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const LINE_ENDS = /[\t\n\v\f\r\u2028\u2029]+/g;
/** What a person sees as one character. */
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Text on one line that steers nothing: controls as `\x1b` or `\u202e`, so that two names never look the same. */
export function escaped(text: string): string {
	return text.toWellFormed().replace(CONTROLS, (control) => {
		const code = control.charCodeAt(0).toString(16);
		return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
	});
}

/** As `escaped()`, for prose: the end of a line is a space. */
export function onOneLine(text: string): string {
	return escaped(text.replace(LINE_ENDS, ' ')).trim();
}

/** Columns that a text takes: wide characters take two, combining ones none, as do the colours of `styleText()`. */
export const widthOf = (text: string): number => stringWidth(text);

/** Fills a text with spaces up to a width in columns. */
export function padded(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cuts a line without colours to a width in columns, between two characters. @param width `undefined` = it is not cut */
export function cut(line: string, width: number | undefined): string {
	const whole = line.trimEnd();
	if (width === undefined || widthOf(whole) <= width) return whole;
	let shown = '';
	let room = width - 1;
	for (const { segment } of characters.segment(whole)) {
		room -= widthOf(segment);
		if (room < 0) break;
		shown += segment;
	}
	return width > 0 ? `${shown}…` : '';
}
