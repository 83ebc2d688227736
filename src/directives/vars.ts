import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';

/** `vars [MATCHER] NAME VALUE`, or a block of such lines, Caddy's: variables for `{vars.NAME}` and the matcher `vars`. */
export interface Vars {
	readonly type: 'vars';
	/** Placeholders are still in both. */
	readonly values: readonly { readonly name: string; readonly value: string }[];
}

/** @throws CaddyfileError */
export function readVars(directive: Directive): Vars {
	const values: { name: string; value: string }[] = [];
	const add = (line: Directive, name: string, args: Arguments) => {
		const value = args.take('a value after the name').text;
		args.end();
		if (name === 'root') {
			throw new CaddyfileError('unsupported', line.position, "the variable 'root' is not set by 'vars' in Igor", {
				hint: "write 'root PATH'",
			});
		}
		values.push({ name, value });
	};
	const args = new Arguments(directive);
	const name = args.optional();
	if (name) add(directive, name.text, args);
	for (const line of directive.block ?? []) {
		noBlock(line);
		add(line, line.name, new Arguments(line));
	}
	if (values.length > 0) return { type: 'vars', values };
	throw new CaddyfileError('bad_arguments', directive.position, "'vars' names no variable", {
		expected: 'a name and its value, or a block of them',
	});
}
