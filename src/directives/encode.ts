import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { type ResponseMatcher, readResponseMatcher } from '../caddyfile/response-matcher.ts';
import { readChoice, readWholeNumber } from '../caddyfile/units.ts';

/** `encode [MATCHER] [FORMAT…] { … }`, Caddy's; `br` comes with FrankenPHP's build of it. */
export interface Encode {
	readonly type: 'encode';
	/** The first of those that the client likes best is used. */
	readonly encodings: readonly Encoding[];
	/** Bytes; shorter responses are left alone. */
	readonly minimumLength: number;
	/** `undefined` = Caddy's default types. */
	readonly match?: ResponseMatcher;
}

/** A compression that `encode` may choose. */
export type Encoding =
	| { readonly name: 'gzip' | 'br'; readonly level?: number }
	| { readonly name: 'zstd'; readonly level?: 'fastest' | 'default' | 'better' | 'best' };

const ENCODINGS = ['zstd', 'br', 'gzip'] as const;
/** Caddy's. */
export const DEFAULT_MINIMUM_LENGTH = 512;

/** @throws CaddyfileError */
export function readEncode(directive: Directive): Encode {
	const encodings = new Map<string, Encoding>();
	let minimumLength = DEFAULT_MINIMUM_LENGTH;
	let match: ResponseMatcher | undefined;
	const level = (line: Directive): Token | undefined => {
		readBlock(line, { unsupported: ['level', 'disable_checksum'] });
		const args = new Arguments(line);
		const token = args.optional();
		args.end();
		return token;
	};
	const numbered = (name: 'gzip' | 'br', minimum: number, maximum: number) => (line: Directive) => {
		const token = level(line);
		encodings.set(name, { name, ...(token && { level: readWholeNumber(token, minimum, maximum) }) });
	};
	readBlock(directive, {
		once: {
			gzip: numbered('gzip', 1, 9),
			br: numbered('br', 0, 11),
			zstd: (line) => {
				const token = level(line);
				const choices = ['fastest', 'default', 'better', 'best'] as const;
				encodings.set('zstd', { name: 'zstd', ...(token && { level: readChoice(token, choices) }) });
			},
			minimum_length: (line) => {
				minimumLength = readWholeNumber(onlyArgument(line, 'a number of bytes'), 0);
			},
			match: (line) => {
				match = readResponseMatcher(line);
			},
		},
	});
	for (const arg of directive.args) {
		const name = readChoice(arg, ENCODINGS);
		if (!encodings.has(name)) encodings.set(name, { name });
	}
	const chosen = encodings.size > 0 ? [...encodings.values()] : ([{ name: 'zstd' }, { name: 'gzip' }] as const);
	return { type: 'encode', encodings: chosen, minimumLength, ...(match && { match }) };
}
