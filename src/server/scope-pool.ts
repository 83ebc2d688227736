import type { PhpApplication } from '../http/php-application.ts';
import type { ThreadBudget } from '../threads/thread-budget.ts';
import type { ScopePlan, ServerPlan } from './scope-plan.ts';

/** A scope that runs, and the plan that it was started from. */
export interface RunningScope {
	readonly plan: ScopePlan;
	readonly application: PhpApplication;
}

/** Starts the threads of one scope; see startApplication(). */
export type StartScope = (plan: ScopePlan, budget: ThreadBudget) => Promise<PhpApplication>;

/** The scopes of the next configuration: some run already, the others have just been started. */
export interface ScopeChange {
	/** In the order of the plan. */
	readonly scopes: readonly RunningScope[];
	readonly kept: readonly RunningScope[];
	readonly started: readonly RunningScope[];
	/** Run still, but are in the plan no more. */
	readonly dropped: readonly RunningScope[];
}

/**
 * Starts the scopes of a plan, all at once. A scope that runs with the very same options is kept: its readers keep
 * their snapshots. When one cannot start, those that were started are closed again and nothing has changed.
 */
export async function changeScopes(
	running: readonly RunningScope[],
	plan: ServerPlan,
	budget: ThreadBudget,
	start: StartScope,
): Promise<ScopeChange> {
	const left = new Map(running.map((scope) => [fingerprint(scope.plan), scope]));
	const outcomes = await Promise.allSettled(
		plan.scopes.map(async (scope) => {
			const known = left.get(fingerprint(scope));
			left.delete(fingerprint(scope));
			if (known !== undefined) return { scope: { plan: scope, application: known.application }, kept: true };
			return { scope: { plan: scope, application: await start(scope, budget) }, kept: false };
		}),
	);
	const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
	const kept = done.filter((one) => one.kept).map(({ scope }) => scope);
	const started = done.filter((one) => !one.kept).map(({ scope }) => scope);
	const failure = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failure !== undefined) {
		await closeScopes(started);
		throw failure.reason;
	}
	return { scopes: done.map(({ scope }) => scope), kept, started, dropped: [...left.values()] };
}

/** Closes applications, all at once. */
export async function closeScopes(scopes: readonly RunningScope[]): Promise<void> {
	await Promise.all(scopes.map(({ application }) => application.close()));
}

/** Restarts workers, then sidekicks, so that both run the newest code. Rejects when the workers' code does not start. */
export async function restartScope({ application }: RunningScope): Promise<void> {
	await application.restartWorkers();
	application.sidekicks.restartAll();
}

/** Equal for plans whose threads are started alike. */
function fingerprint({ options }: ScopePlan): string {
	return JSON.stringify(options);
}
