import { CaddyfileError } from './errors.ts';
import { type HeaderMatch, readHeaderMatches } from './matcher-definitions.ts';
import type { Directive } from './parser.ts';
import { noBlock, readBlock } from './reading.ts';
import { type Statuses, statusPatterns } from './statuses.ts';

/** Which responses `encode` and `header` are for. */
export interface ResponseMatcher {
	/** One of them; an empty list = any. */
	readonly statuses: Statuses;
	/** Every one of them. */
	readonly headers: readonly HeaderMatch[];
}

/** `match status 2xx`, `match header NAME VALUE`, or a block of both. @throws CaddyfileError */
export function readResponseMatcher(directive: Directive): ResponseMatcher {
	let statuses: Statuses = [];
	const headerLines: Directive[] = [];
	const [name, ...args] = directive.args;
	if (name) noBlock(directive);
	const lines = name ? [{ name: name.text, args, position: name.position }] : directive.block;
	if (!lines?.length) {
		throw new CaddyfileError('bad_matcher', directive.position, "'match' has no condition", {
			expected: "'status' or 'header'",
		});
	}
	readBlock(
		{ ...directive, block: lines },
		{
			often: {
				header: (line) => headerLines.push(line),
				status: (line) => {
					statuses = [...statuses, ...statusPatterns(line)];
				},
			},
		},
	);
	return { statuses, headers: readHeaderMatches(headerLines) };
}
