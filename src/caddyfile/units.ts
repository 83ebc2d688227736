import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Go's durations (`1h30m`, `500ms`, `1.5s`, `0`), and Caddy's `d`, in milliseconds; `undefined` = not a duration. */
export function durationOf(text: string): number | undefined {
	if (text === '0') return 0;
	if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d))+$/.test(text) || text.length > 100) return undefined;
	let sum = 0;
	for (const [, number, unit] of text.matchAll(/([\d.]+)([^\d.]+)/g)) sum += Number(number) * MILLISECONDS[unit!]!;
	return Number.isFinite(sum) ? sum : undefined;
}

/** `512`, `8MiB`, `100MB`, `1.5 GB`, `64k`, in whole bytes; `undefined` = not a size. */
export function sizeOf(text: string): number | undefined {
	const match = /^(\d{1,16}(?:\.\d{1,16})?) ?(?:([kmgtp])(i)?)?b?$/i.exec(text);
	if (!match) return undefined;
	const power = match[2] ? 'kmgtp'.indexOf(match[2].toLowerCase()) + 1 : 0;
	const bytes = Math.floor(Number(match[1]) * (match[3] ? 1024 : 1000) ** power);
	return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A duration in milliseconds. @throws CaddyfileError */
export function readDuration(token: Token): number {
	return durationOf(token.text) ?? bad(token, 'no duration', "a number and its unit, such as '500ms' or '1h30m'");
}

/** A size in bytes. @throws CaddyfileError */
export function readSize(token: Token): number {
	return sizeOf(token.text) ?? bad(token, 'no size', "a number of bytes, with a unit or without, such as '8MiB'");
}

/** @throws CaddyfileError unless it is a whole number from `minimum` to `maximum` */
export function readWholeNumber(token: Token, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number {
	const number = /^-?\d{1,16}$/.test(token.text) ? Number(token.text) : Number.NaN;
	if (number >= minimum && number <= maximum) return number;
	const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
	return bad(token, 'not possible here', `a whole number ${range}`);
}

/** What Go's ParseBool accepts. @throws CaddyfileError */
export function readBoolean(token: Token): boolean {
	if (/^(?:1|t|true)$/i.test(token.text)) return true;
	if (/^(?:0|f|false)$/i.test(token.text)) return false;
	return bad(token, 'neither true nor false', "'true' or 'false'");
}

/** One of a list of words. @throws CaddyfileError */
export function readChoice<T extends string>(token: Token, choices: readonly T[]): T {
	const choice = choices.find((each) => each === token.text);
	if (choice !== undefined) return choice;
	throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is not possible here`, {
		expected: choices.map((each) => `'${each}'`).join(', '),
		known: choices,
		word: token.text,
	});
}

/** An HTTP status from 100 to 999, or a placeholder that becomes one. @throws CaddyfileError */
export function readStatus(token: Token): number | string {
	if (/^\{.+\}$/s.test(token.text)) return token.text;
	return readWholeNumber(token, 100, 999);
}

/** A regular expression, with the forms that only Go has as JavaScript writes them. @throws CaddyfileError */
export function readRegularExpression(token: Token): string {
	const text = token.text.replaceAll('(?P<', '(?<').replace(/^\(\?([ims]+)\)(.*)$/s, '(?$1:$2)');
	try {
		new RegExp(text);
		return text;
	} catch (error) {
		const reason = error instanceof Error ? error.message : '';
		throw new CaddyfileError('bad_value', token.position, `this regular expression cannot be used: ${reason}`);
	}
}

function bad(token: Token, what: string, expected: string): never {
	throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is ${what}`, { expected });
}
