import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock, readBlock } from '../caddyfile/reading.ts';
import { type ResponseMatcher, readResponseMatcher } from '../caddyfile/response-matcher.ts';
import { readStatus } from '../caddyfile/units.ts';
import type { BlockContents, BlockReader } from './directive.ts';
import type { AdaptedDirective } from './list.ts';

/** What happens to a response: it gets another status, or other directives answer in its place. */
export interface ResponseHandler extends Partial<BlockContents> {
	/** `undefined` = every response. */
	readonly match?: ResponseMatcher;
	readonly status?: number | string;
}

/**
 * `intercept [MATCHER] { @NAME …; replace_status [@NAME] STATUS; handle_response [@NAME] { … } }`, Caddy's: the first that
 * matches deals with the response of whatever comes after it.
 */
export interface Intercept {
	readonly type: 'intercept';
	/** Those without a matcher come last. */
	readonly handlers: readonly ResponseHandler[];
}

/** @throws CaddyfileError */
export function readIntercept(directive: Directive, blocks: BlockReader): Intercept {
	new Arguments(directive).end();
	const matchers = new Map<string, ResponseMatcher>();
	const handlers: ResponseHandler[] = [];
	const matched = (line: Directive, args: Arguments, count: number): Pick<ResponseHandler, 'match'> => {
		if (line.args.length < count) return {};
		const token = args.take('a matcher');
		const match = matchers.get(token.text);
		if (match) return { match };
		throw new CaddyfileError(
			'bad_matcher',
			token.position,
			`there is no response matcher ${quoteWord(token.text)} here`,
			{
				expected: 'one that is defined in this block, before it is used',
			},
		);
	};
	const lines = directive.block ?? [];
	for (const line of lines) if (line.name.startsWith('@')) matchers.set(line.name, readResponseMatcher(line));
	readBlock(
		{ ...directive, block: lines.filter(({ name }) => !name.startsWith('@')) },
		{
			often: {
				replace_status: (line) => {
					noBlock(line);
					const args = new Arguments(line);
					const match = matched(line, args, 2);
					handlers.push({ ...match, status: readStatus(args.take('a status')) });
					args.end();
				},
				handle_response: (line) => {
					const args = new Arguments(line);
					const match = matched(line, args, 1);
					args.end();
					const contents = blocks.contents({ ...line, args: [] }, 'sorted');
					refusePhp(contents.directives, line);
					handlers.push({ ...match, ...contents });
				},
			},
		},
	);
	const [some, all] = [handlers.filter(({ match }) => match), handlers.filter(({ match }) => !match)];
	return { type: 'intercept', handlers: [...some, ...all] };
}

function refusePhp(directives: readonly AdaptedDirective[], { position }: Directive): void {
	for (const directive of directives) {
		if (directive.type === 'php' || directive.type === 'php_server') {
			throw new CaddyfileError('unsupported', position, "PHP cannot answer in 'handle_response'", {
				hint: "use 'handle_errors', or let the first script answer",
			});
		}
		if ('directives' in directive) refusePhp(directive.directives, { name: '', args: [], position });
	}
}
