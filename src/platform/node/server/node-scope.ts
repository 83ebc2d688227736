import type { RunningScope } from '../../../application/scope.ts';
import type { ServerBoard } from '../../../application/server-board.ts';
import { startScope } from '../../../application/start-scope.ts';
import type { ResolvedOptions } from '../../../config/options.ts';
import type { Logger } from '../../../log/logger.ts';
import type { ThreadBudget } from '../../../threads/thread-budget.ts';
import type { TraceEvent } from '../../../trace/trace-events.ts';
import { openEngine } from '../cluster/open-engine.ts';
import { lockShortcoming } from '../threads/koffi-locks.ts';
import { createNodePlatform } from '../threads/node-platform.ts';

/** Starts a scope on Node's worker threads. See startScope(). */
export async function startNodeScope(
	options: ResolvedOptions,
	log: Logger,
	budget?: ThreadBudget,
	onTrace?: (events: readonly TraceEvent[]) => void,
	board?: ServerBoard,
): Promise<RunningScope> {
	const platform = await createNodePlatform({
		...options,
		onHidden: (message) => log.warn(message),
		onSlow: (message) => log.warn(message),
	});
	const fleet = options.cluster && (await openEngine(options.cluster, log));
	const end = async (): Promise<void> => {
		await fleet?.close();
		await platform.dispose();
	};
	try {
		const starting = startScope(options, { ...platform, fleet }, log, budget, onTrace, board);
		// While the threads start.
		const shortcoming = lockShortcoming();
		if (shortcoming !== undefined) log.warn(shortcoming);
		const scope = await starting;
		return {
			...scope,
			close: async (patience) => {
				await scope.close(patience);
				await end();
			},
		};
	} catch (error) {
		await end();
		throw error;
	}
}
