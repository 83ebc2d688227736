import { DEFAULTS } from '../config/defaults.ts';
import type { ResolvedSidekicks } from '../config/options.ts';
import type { SidekickConfig } from '../directives/php-server/sidekick-block.ts';
import type { PathFinder } from './path-finder.ts';

/**
 * The sidekicks of a scope, with their defaults.
 *
 * @param bases folders in which the entrypoint is looked for
 * @throws CaddyfileError when it is not there
 */
export function resolveSidekicks(
	sidekick: SidekickConfig,
	finder: PathFinder,
	bases: readonly string[],
): ResolvedSidekicks {
	return {
		entrypoint: finder.findFile(sidekick.entrypoint, bases, sidekick.position, 'the sidekick entrypoint'),
		max: sidekick.max ?? DEFAULTS.maxSidekicks,
		allow: sidekick.allow,
		eager: sidekick.eager,
		env: sidekick.env,
		maxConsecutiveFailures: sidekick.maxConsecutiveFailures ?? DEFAULTS.maxConsecutiveFailures,
		stopTimeout: sidekick.stopTimeout ?? DEFAULTS.stopTimeout,
		maxSnapshotSize: sidekick.maxSnapshotSize ?? DEFAULTS.maxSnapshotSize,
		...(sidekick.shared && { shared: sidekick.shared }),
	};
}
