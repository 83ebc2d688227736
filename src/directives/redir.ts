import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';

/** `redir [MATCHER] TO [STATUS]`, Caddy's. */
export interface Redir {
	readonly type: 'redir';
	readonly to: string;
	/** A number, or a placeholder that becomes one. */
	readonly status: number | string;
	/** A page that redirects, with status 200. */
	readonly html: boolean;
}

/** @throws CaddyfileError */
export function readRedir(directive: Directive): Redir {
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
