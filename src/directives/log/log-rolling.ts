import type { Directive } from '../../caddyfile/parser.ts';
import { type BlockRules, noArguments, onlyArgument } from '../../caddyfile/reading.ts';
import { readChoice, readDuration, readSize, readWholeNumber } from '../../caddyfile/units.ts';

/** When a log file is put aside for a new one, and what happens to it; Caddy's. */
export interface LogRolling {
	/** Bytes. */
	readonly size: number;
	/** How many old files are kept. */
	readonly keep: number;
	/** Milliseconds that they are kept. */
	readonly keepFor: number;
	readonly compress: boolean;
	/** The times in their names are local ones, not UTC. */
	readonly localTime: boolean;
}

const MEBIBYTE = 1024 * 1024;
const DAY = 86_400_000;

/** Caddy's defaults. */
export const DEFAULT_ROLLING: LogRolling = {
	size: 100 * MEBIBYTE,
	keep: 10,
	keepFor: 90 * DAY,
	compress: true,
	localTime: false,
};

/** The lines about it in the block of `output file`. @param finish gets what they say; `false` = the file only grows */
export function rollingRules(finish: (rolling: LogRolling | false) => void): NonNullable<BlockRules['once']> {
	let rolling: LogRolling | false = DEFAULT_ROLLING;
	const change = (more: Partial<LogRolling>): void => {
		if (rolling !== false) rolling = { ...rolling, ...more };
		finish(rolling);
	};
	return {
		roll_disabled: (line: Directive) => {
			noArguments(line);
			rolling = false;
			finish(rolling);
		},
		// A zero means the default, as in Caddy, and sizes are whole mebibytes, times whole days.
		roll_size: (line: Directive) => {
			const size = Math.ceil(readSize(onlyArgument(line, 'a size')) / MEBIBYTE) * MEBIBYTE;
			change({ size: size || DEFAULT_ROLLING.size });
		},
		roll_keep: (line: Directive) => {
			change({ keep: readWholeNumber(onlyArgument(line, 'a number of files'), 0) || DEFAULT_ROLLING.keep });
		},
		roll_keep_for: (line: Directive) => {
			const days = Math.ceil(readDuration(onlyArgument(line, 'a duration')) / DAY);
			change({ keepFor: days * DAY || DEFAULT_ROLLING.keepFor });
		},
		roll_uncompressed: (line: Directive) => change({ compress: !noArguments(line) }),
		roll_compression: (line: Directive) => {
			change({ compress: readChoice(onlyArgument(line, 'a format'), ['gzip', 'none']) === 'gzip' });
		},
		roll_local_time: (line: Directive) => change({ localTime: noArguments(line) }),
	};
}
