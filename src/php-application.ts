import { startApplication } from './application.ts';
import type { ResolvedOptions } from './config/options.ts';
import type { PhpApplication } from './http/php-application.ts';
import type { Logger } from './log/logger.ts';
import { createNodePlatform } from './platform/node/threads/application-platform.ts';
import { lockShortcoming } from './platform/node/threads/lock-shortcoming.ts';
import type { ThreadBudget } from './threads/thread-budget.ts';
import type { TraceEvent } from './trace/events.ts';

/** Starts an application on Node's worker threads. See startApplication(). */
export async function startPhpApplication(
	options: ResolvedOptions,
	log: Logger,
	budget?: ThreadBudget,
	onTrace?: (events: readonly TraceEvent[]) => void,
): Promise<PhpApplication> {
	const platform = await createNodePlatform(options);
	try {
		const starting = startApplication(options, platform, log, budget, onTrace);
		// While the threads start.
		const shortcoming = lockShortcoming();
		if (shortcoming !== undefined) log.warn(shortcoming);
		const application = await starting;
		return {
			...application,
			close: async () => {
				await application.close();
				await platform.dispose();
			},
		};
	} catch (error) {
		await platform.dispose();
		throw error;
	}
}
