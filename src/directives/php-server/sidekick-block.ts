import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import { keyAndValue, onlyArgument, readBlock, someArguments } from '../../caddyfile/reading.ts';
import { readDuration, readSize, readWholeNumber } from '../../caddyfile/units.ts';

/** The sidekicks of a `php_server`. What is missing has Igor's default. Paths are as written. */
export interface SidekickConfig {
	readonly entrypoint: string;
	/** How many may run at the same time. */
	readonly max?: number;
	/** Patterns of the names that may be started; an empty list = every name. */
	readonly allow: readonly string[];
	/** Added to the environment of the `php_server`. */
	readonly env: Readonly<Record<string, string>>;
	readonly maxConsecutiveFailures?: number;
	/** Milliseconds. */
	readonly stopTimeout?: number;
	/** Bytes. */
	readonly maxSnapshotSize?: number;
	/** Names that are started with the server. */
	readonly eager: readonly string[];
	/** Patterns of names that run once in the fleet; `undefined` = none do. */
	readonly shared?: readonly string[];
	readonly position: Position;
}

/**
 * Reads `sidekick_entrypoint FILE` and the block `sidekick { … }`; one of them, or both, must name the entrypoint once.
 *
 * @returns `undefined` when there is neither
 * @throws CaddyfileError
 */
export function readSidekick(short: Directive | undefined, block: Directive | undefined): SidekickConfig | undefined {
	const shortEntrypoint = short && onlyArgument(short, 'the path of a script').text;
	if (!block) {
		if (!short || !shortEntrypoint) return undefined;
		return { entrypoint: shortEntrypoint, allow: [], env: {}, eager: [], position: short.position };
	}
	if (block.args[0]) {
		throw new CaddyfileError('bad_arguments', block.args[0].position, "'sidekick' takes a block and no arguments", {
			hint: "the short form is 'sidekick_entrypoint FILE'",
		});
	}
	let entrypoint = shortEntrypoint;
	let max: number | undefined;
	let maxConsecutiveFailures: number | undefined;
	let stopTimeout: number | undefined;
	let maxSnapshotSize: number | undefined;
	const allow: string[] = [];
	const eager: string[] = [];
	const shared: string[] = [];
	const env = new Map<string, string>();
	readBlock(block, {
		once: {
			entrypoint: (line) => {
				if (short) {
					throw new CaddyfileError('conflict', line.position, "'sidekick_entrypoint' names the entrypoint already");
				}
				entrypoint = onlyArgument(line, 'the path of a script').text;
			},
			max: (line) => {
				max = readWholeNumber(onlyArgument(line, 'a number of sidekicks'), 1);
			},
			max_consecutive_failures: (line) => {
				maxConsecutiveFailures = readWholeNumber(onlyArgument(line, 'a number, or -1'), -1);
			},
			stop_timeout: (line) => {
				stopTimeout = readDuration(onlyArgument(line, 'a duration'));
			},
			max_snapshot_size: (line) => {
				const size = onlyArgument(line, 'a size');
				maxSnapshotSize = readSize(size);
				if (maxSnapshotSize < 1) throw new CaddyfileError('bad_value', size.position, 'no snapshot is that small');
			},
		},
		often: {
			allow: (line) => allow.push(...someArguments(line, 'patterns of names')),
			eager: (line) => eager.push(...someArguments(line, 'names of sidekicks')),
			shared: (line) => shared.push(...someArguments(line, 'patterns of names')),
			env: (line) => keyAndValue(line, env),
		},
	});
	if (!entrypoint) {
		throw new CaddyfileError('bad_arguments', block.position, "'sidekick' has no entrypoint", {
			expected: "'entrypoint FILE' in its block",
		});
	}
	return {
		entrypoint,
		...(max !== undefined && { max }),
		allow,
		env: Object.fromEntries(env),
		...(maxConsecutiveFailures !== undefined && { maxConsecutiveFailures }),
		...(stopTimeout !== undefined && { stopTimeout }),
		...(maxSnapshotSize !== undefined && { maxSnapshotSize }),
		eager,
		...(shared.length > 0 && { shared }),
		position: block.position,
	};
}
