import type { RunningScope } from '../application/scope.ts';
import type { ServerBoard } from '../application/server-board.ts';
import type { ThreadBudget } from '../threads/thread-budget.ts';
import type { ScopePlan, ServerPlan } from './scope-plan.ts';

/** A scope that runs, and the plan that it was started from. */
export interface PlannedScope {
	readonly plan: ScopePlan;
	readonly scope: RunningScope;
	/** What it shares with others; `undefined` = nothing. */
	readonly board?: ServerBoard | undefined;
}

/** Starts the threads of one scope; see startScope(). */
export type StartScope = (
	plan: ScopePlan,
	budget: ThreadBudget,
	board: ServerBoard | undefined,
) => Promise<RunningScope>;

/** The scopes of the next configuration: some were running already, the others have just been started. */
export interface ScopeChange {
	/** In the order of the plan; the global one first. */
	readonly scopes: readonly PlannedScope[];
	readonly kept: readonly PlannedScope[];
	readonly started: readonly PlannedScope[];
	/** Still running, but no longer in the plan. */
	readonly dropped: readonly PlannedScope[];
}

/**
 * Starts the scopes of a plan, all at once. A scope that runs with exactly the same options is kept: its readers keep
 * their snapshots. When one cannot start, those that were started are closed again and nothing has changed.
 */
export async function changeScopes(
	running: readonly PlannedScope[],
	next: ServerPlan,
	budget: ThreadBudget,
	start: StartScope,
	board?: ServerBoard,
): Promise<ScopeChange> {
	const left = new Map(running.map((planned) => [fingerprint(planned.plan), planned]));
	const follow = async (plan: ScopePlan) => {
		const known = left.get(fingerprint(plan));
		if (known !== undefined && known.board === board) {
			left.delete(fingerprint(plan));
			return { planned: { plan, scope: known.scope, board }, kept: true };
		}
		return { planned: { plan, scope: await start(plan, budget, board), board }, kept: false };
	};
	// The global one first: the code of the others may ask for its workers as soon as it runs.
	const global = await Promise.allSettled(next.global === undefined ? [] : [follow(next.global)]);
	const others = global.some(({ status }) => status === 'rejected') ? [] : next.scopes.map(follow);
	const outcomes = [...global, ...(await Promise.allSettled(others))];
	const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
	const kept = done.filter((one) => one.kept).map(({ planned }) => planned);
	const started = done.filter((one) => !one.kept).map(({ planned }) => planned);
	const failure = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failure !== undefined) {
		await closeScopes(started);
		throw failure.reason;
	}
	return { scopes: done.map(({ planned }) => planned), kept, started, dropped: [...left.values()] };
}

/** Requests that wait without need are told after this part of the time they have: they still have to answer. */
const TOLD_AFTER = 1 / 4;

/** Waits for running requests, before scopes are closed. @param grace milliseconds until their connections are closed */
export async function drainScopes(
	scopes: readonly PlannedScope[],
	grace: number,
	drained: Promise<unknown>,
): Promise<void> {
	const telling = setTimeout(() => {
		for (const { scope } of scopes) scope.drain();
	}, grace * TOLD_AFTER);
	try {
		await drained;
	} finally {
		clearTimeout(telling);
	}
}

/** Closes scopes, all at once; for `patience` see RunningScope.close(). */
export async function closeScopes(scopes: readonly PlannedScope[], patience?: number): Promise<void> {
	await Promise.all(scopes.map(({ scope }) => scope.close(patience)));
}

/** Restarts workers, then sidekicks, so that both run the newest code. Rejects when the workers' code does not start. */
export async function restartScope({ scope }: PlannedScope): Promise<void> {
	await scope.restartWorkers();
	scope.sidekicks.restartAll();
}

/** Equal for plans whose threads are started alike. */
function fingerprint({ options }: ScopePlan): string {
	return JSON.stringify(options);
}
