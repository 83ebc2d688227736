import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';
import type { Directive } from './parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock } from './reading.ts';
import { regularExpression } from './request-handlers.ts';
import { type ResponseMatcher, readResponseMatcher } from './response-matcher.ts';
import { readChoice, readStatus, readWholeNumber } from './units.ts';

/** A change of the response's header. */
export type HeaderOperation =
	| { readonly operation: 'set' | 'add' | 'default'; readonly field: string; readonly value: string }
	/** `*` at an end of the field's name is a wildcard. */
	| { readonly operation: 'delete'; readonly field: string }
	| { readonly operation: 'replace'; readonly field: string; readonly search: string; readonly replacement: string };

/** A compression that `encode` may choose. */
export type Encoding =
	| { readonly name: 'gzip' | 'br'; readonly level?: number }
	| { readonly name: 'zstd'; readonly level?: 'fastest' | 'default' | 'better' | 'best' };

/** Directives that answer, or that change the answer. A status is a number, or a placeholder that becomes one. */
export type ResponseHandler =
	| {
			readonly type: 'header';
			readonly operations: readonly HeaderOperation[];
			/** They are done when the response is sent, not before; always so for `default` and with `match`. */
			readonly deferred: boolean;
			readonly match?: ResponseMatcher;
	  }
	| {
			readonly type: 'encode';
			/** The first that the client takes as well as any other is used. */
			readonly encodings: readonly Encoding[];
			/** Bytes; shorter responses are left alone. */
			readonly minimumLength: number;
			readonly match?: ResponseMatcher;
	  }
	/** `html` = a page that redirects, with status 200. */
	| { readonly type: 'redir'; readonly to: string; readonly status: number | string; readonly html: boolean }
	/** Without a status: 200, or that of the error which is being handled. */
	| { readonly type: 'respond'; readonly status?: number | string; readonly body: string; readonly close: boolean }
	| { readonly type: 'error'; readonly status: number | string; readonly message: string };

type Of<T extends ResponseHandler['type']> = Extract<ResponseHandler, { type: T }>;

const ENCODINGS = ['zstd', 'br', 'gzip'] as const;
/** Caddy's. */
const DEFAULT_MINIMUM_LENGTH = 512;

/** @throws CaddyfileError */
export function readHeader(directive: Directive): Of<'header'> {
	const operations: HeaderOperation[] = [];
	let deferred = false;
	let match: ResponseMatcher | undefined;
	const add = (field: string, args: Arguments, line: Directive) => {
		deferred ||= field.startsWith('>') || field.startsWith('-');
		operations.push(headerOperation(field, args, line));
	};
	if (directive.args[0]) add(directive.args[0].text, new Arguments(directive, 1), directive);
	for (const line of directive.block ?? []) {
		if (line.name === 'defer') deferred = noArguments(line);
		else if (line.name === 'match') {
			if (match) throw new CaddyfileError('conflict', line.position, "'match' is given twice in 'header'");
			match = readResponseMatcher(line);
		} else if (directive.args[0]) {
			throw new CaddyfileError(
				'conflict',
				line.position,
				'fields stand in the first line or in the block, not in both',
			);
		} else {
			noBlock(line);
			add(line.name, new Arguments(line), line);
		}
	}
	if (operations.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, "'header' names no field", {
			expected: 'a field and its value, or a block of them',
		});
	}
	return { type: 'header', operations, deferred, ...(match && { match }) };
}

function headerOperation(written: string, args: Arguments, line: Directive): HeaderOperation {
	const [, sign, name] = /^([-+?>]?)(.*?):?$/s.exec(written)!;
	const field = name!;
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(field) && !field.includes('{')) {
		throw new CaddyfileError('bad_value', line.position, `${quoteWord(written)} names no header field`);
	}
	if (sign === '-') {
		args.end();
		return { operation: 'delete', field };
	}
	const value = args.optional();
	const replacement = args.optional();
	args.end();
	if (value && replacement) {
		return { operation: 'replace', field, search: regularExpression(value), replacement: replacement.text };
	}
	const operation = sign === '+' ? 'add' : sign === '?' ? 'default' : 'set';
	return { operation, field, value: value?.text ?? '' };
}

/** @throws CaddyfileError */
export function readEncode(directive: Directive): Of<'encode'> {
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

/** @throws CaddyfileError */
export function readRedir(directive: Directive): Of<'redir'> {
	const args = new Arguments(directive);
	const to = args.take('where to redirect to').text;
	const code = args.optional();
	args.end();
	noBlock(directive);
	const html = code?.text === 'html';
	return { type: 'redir', to, status: html ? 200 : redirStatus(code), html };
}

function redirStatus(code: Token | undefined): number | string {
	if (!code || code.text === 'temporary') return 302;
	if (code.text === 'permanent') return 301;
	if (code.text.startsWith('{')) return code.text;
	if (/^(?:3\d\d|401)$/.test(code.text)) return Number(code.text);
	throw new CaddyfileError('bad_value', code.position, `${quoteWord(code.text)} is no way to redirect`, {
		expected: "'temporary', 'permanent', 'html', a status from 300 to 399, or 401",
		known: ['temporary', 'permanent', 'html'],
		word: code.text,
	});
}

/** @throws CaddyfileError */
export function readRespond(directive: Directive): Of<'respond'> {
	let { status, text: body } = statusAndText(directive, 'a status or a text');
	let close = false;
	readBlock(directive, {
		once: {
			body: (line) => {
				if (body !== undefined) throw new CaddyfileError('conflict', line.position, 'there is a body already');
				body = onlyArgument(line, 'the text').text;
			},
			close: (line) => {
				close = noArguments(line);
			},
		},
	});
	return { type: 'respond', ...(status !== undefined && { status }), body: body ?? '', close };
}

/** @throws CaddyfileError */
export function readError(directive: Directive): Of<'error'> {
	let { status, text: message } = statusAndText(directive, 'a status or a message');
	readBlock(directive, {
		once: {
			message: (line) => {
				if (message !== undefined) throw new CaddyfileError('conflict', line.position, 'there is a message already');
				message = onlyArgument(line, 'the text').text;
			},
		},
	});
	return { type: 'error', status: status ?? 500, message: message ?? '' };
}

/** `STATUS`, `TEXT` or `TEXT STATUS`; three digits alone are a status. */
function statusAndText(directive: Directive, expected: string): { status?: number | string; text?: string } {
	const args = new Arguments(directive);
	const first = args.take(expected);
	const second = args.optional();
	args.end();
	if (second) return { text: first.text, status: readStatus(second) };
	return /^[1-9]\d\d$/.test(first.text) ? { status: Number(first.text) } : { text: first.text };
}
