import type { ResolvedOptions } from '../../config/options.ts';
import type { Logger } from '../../log/logger.ts';

/**
 * Which scripts below the root belong to which worker, for `ScriptTable.workers`. Warns about those that lie elsewhere.
 * @param separator between the names of a path on this host
 */
export function workersBelow(
	{ root, workers }: Pick<ResolvedOptions, 'root' | 'workers'>,
	log: Logger,
	separator = '/',
): Map<string, number> {
	const folder = root.endsWith(separator) ? root : root + separator;
	const below = new Map<string, number>();
	for (const [index, { file }] of workers.entries()) {
		if (file.startsWith(folder)) below.set(`/${file.slice(folder.length).split(separator).join('/')}`, index);
		else log.warn(`The worker ${file} gets no requests: it is outside the root ${root}.`);
	}
	return below;
}
