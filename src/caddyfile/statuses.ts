import { CaddyfileError, quoteWord } from './errors.ts';
import type { Directive } from './parser.ts';
import { Arguments, noBlock } from './reading.ts';
import { readStatus } from './units.ts';

/** Statuses such as 404, or ranges such as `5xx`. */
export type Statuses = readonly (number | `${number}xx`)[];

/** `status 404 5xx` @throws CaddyfileError */
export function statusPatterns(line: Directive): Statuses {
	noBlock(line);
	new Arguments(line).take('statuses such as 404 or 5xx');
	return line.args.map((arg): Statuses[number] => {
		const match = /^([1-9])(xx|\d\d)$/.exec(arg.text);
		if (match) return match[2] === 'xx' ? `${Number(match[1])}xx` : Number(arg.text);
		throw new CaddyfileError('bad_value', arg.position, `${quoteWord(arg.text)} is no HTTP status`, {
			expected: 'something like 404 or 5xx',
		});
	});
}

/** `STATUS`, `TEXT` or `TEXT STATUS`; three digits alone are a status. @throws CaddyfileError */
export function statusAndText(directive: Directive, expected: string): { status?: number | string; text?: string } {
	const args = new Arguments(directive);
	const first = args.take(expected);
	const second = args.optional();
	args.end();
	if (second) return { text: first.text, status: readStatus(second) };
	return /^[1-9]\d\d$/.test(first.text) ? { status: Number(first.text) } : { text: first.text };
}
