import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, readBlock, someArguments } from '../../caddyfile/reading.ts';
import { readChoice } from '../../caddyfile/units.ts';
import {
	type ListenRule,
	type NetworkRule,
	type NetworkRules,
	parseListenRule,
	parseNetworkRule,
} from '../../config/network-rules.ts';

/** Reads `network off`, or `network { allow HOST:PORT… listen ADDRESS:PORT… }`, or both. @throws CaddyfileError */
export function readNetwork(directive: Directive): NetworkRules {
	const args = new Arguments(directive);
	const off = args.optional();
	args.end();
	if (off !== undefined) readChoice(off, ['off']);
	let connect: NetworkRule[] | undefined = off === undefined ? undefined : [];
	const listen: ListenRule[] = [];
	readBlock(directive, {
		often: {
			allow: (line) => {
				if (off !== undefined) {
					throw new CaddyfileError('conflict', line.position, "'network off' allows no connection at all", {
						hint: "leave out 'off' or 'allow'",
					});
				}
				connect = [...(connect ?? []), ...readRules(line, 'HOST:PORT', parseNetworkRule)];
			},
			listen: (line) => {
				listen.push(...readRules(line, 'ADDRESS:PORT', parseListenRule));
			},
		},
	});
	// `network` alone means that nothing is allowed.
	return { connect: connect ?? (listen.length > 0 ? undefined : []), listen };
}

function readRules<Rule>(line: Directive, what: string, parse: (text: string) => Rule): Rule[] {
	return someArguments(line, what).map((text, index) => {
		try {
			return parse(text);
		} catch (error) {
			const { position } = line.args[index] ?? line;
			throw new CaddyfileError('bad_value', position, error instanceof Error ? error.message : String(error));
		}
	});
}
