import { type NetworkRule, parseNetworkRule } from '../config/network.ts';
import { CaddyfileError } from './errors.ts';
import type { Directive } from './parser.ts';
import { Arguments, readBlock, someArguments } from './reading.ts';
import { readChoice } from './units.ts';

/** Reads `network off`, or `network { allow HOST:PORT… }`. @throws CaddyfileError */
export function readNetwork(directive: Directive): readonly NetworkRule[] {
	const args = new Arguments(directive);
	const off = args.optional();
	args.end();
	if (off !== undefined) readChoice(off, ['off']);
	const rules: NetworkRule[] = [];
	readBlock(directive, {
		often: {
			allow: (line) => {
				for (const [index, text] of someArguments(line, 'HOST:PORT').entries()) {
					try {
						rules.push(parseNetworkRule(text));
					} catch (error) {
						const { position } = line.args[index] ?? line;
						throw new CaddyfileError('bad_value', position, error instanceof Error ? error.message : String(error));
					}
				}
			},
		},
	});
	return rules;
}
