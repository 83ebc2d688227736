import type { RunningScope, Unsubscribe } from '../application/scope.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { SidekickInfo } from '../sidekicks/status.ts';
import type { AdminEvent, TasksEvent } from './event-stream.ts';

/** A sidekick and its scope. */
export interface KnownSidekick {
	readonly scope: RunningScope;
	readonly info: SidekickInfo;
	/** Over (`stopped`, `failed`): the registry has forgotten it, the next `get_vars()` starts it anew. */
	readonly over: boolean;
}

/** How many finished ones each scope remembers; the oldest go first. */
const REMEMBERED = 100;

/**
 * Every sidekick of every scope, including those that are over: an operator wants to know which one has failed, and
 * why, after the registry has forgotten it. Main thread only.
 */
export class SidekickLedger {
	readonly #scopes: () => readonly RunningScope[];
	readonly #publish: (scope: string, event: AdminEvent) => void;
	readonly #followed = new Map<RunningScope, FollowedScope>();

	/** @param scopes those that run now; `publish` is told everything that happens */
	constructor(scopes: () => readonly RunningScope[], publish: (scope: string, event: AdminEvent) => void) {
		this.#scopes = scopes;
		this.#publish = publish;
	}

	/**
	 * Checks which scopes exist now, and tells what has become of tasks. Call it regularly: nothing tells when the
	 * configuration has changed.
	 */
	refresh(): void {
		const running = new Set(this.#scopes());
		for (const scope of this.#followed.keys()) {
			if (running.has(scope)) continue;
			// Still subscribed, to learn how its sidekicks end.
			this.#followed.delete(scope);
			this.#publish(scope.name, { type: 'scope-ended' });
		}
		for (const scope of running) {
			const known = this.#followed.get(scope);
			known?.tellTasks();
			if (known !== undefined) continue;
			this.#followed.set(scope, new FollowedScope(scope, this.#publish));
			this.#publish(scope.name, { type: 'scope-started' });
		}
	}

	/** All, scope by scope in the order of the configuration. */
	list(): KnownSidekick[] {
		this.refresh();
		return this.#scopes().flatMap((scope) => this.#followed.get(scope)?.list() ?? []);
	}

	/** The scope of that name; undefined = there is none. */
	scope(name: string): FollowedScope | undefined {
		this.refresh();
		return [...this.#followed.values()].find(({ scope }) => scope.name === name);
	}

	/** Stops listening. */
	close(): void {
		for (const followed of this.#followed.values()) followed.unsubscribe();
		this.#followed.clear();
	}
}

/** What is remembered of one scope. */
export class FollowedScope {
	readonly scope: RunningScope;
	readonly unsubscribe: Unsubscribe;
	readonly #latest = new Map<string, SidekickInfo>();
	readonly #over = new Map<string, SidekickInfo>();
	/** What was told last of the tasks of each; none yet = nothing has been sent to it. */
	readonly #told = new Map<string, string>();
	readonly #publish: (scope: string, event: AdminEvent) => void;

	constructor(scope: RunningScope, publish: (scope: string, event: AdminEvent) => void) {
		this.scope = scope;
		this.#publish = publish;
		this.unsubscribe = scope.onSidekickEvent((event) => {
			this.#note(event);
			publish(scope.name, event);
		});
	}

	list(): KnownSidekick[] {
		const running = this.scope.sidekicks.list();
		for (const info of running) this.#latest.set(info.name, info);
		const names = new Set(running.map(({ name }) => name));
		const over = [...this.#over.values()].filter(({ name }) => !names.has(name));
		return [...running.map((info) => this.#known(info, false)), ...over.map((info) => this.#known(info, true))];
	}

	get(name: string): KnownSidekick | undefined {
		const running = this.scope.sidekicks.get(name);
		if (running !== undefined) return this.#known(running, false);
		const over = this.#over.get(name);
		return over && this.#known(over, true);
	}

	/** Forgets one that is over. */
	forget(name: string): void {
		this.#over.delete(name);
		this.#latest.delete(name);
	}

	/** Tells of tasks what has changed since the last call. */
	tellTasks(): void {
		const running = this.scope.sidekicks.list();
		for (const { name, tasks } of running) {
			if (tasks === undefined) continue;
			const { completed, aborted, abandoned, timeout, depth: waiting, busy } = tasks;
			const event: TasksEvent = { type: 'tasks', name, completed, aborted, abandoned, timeout, waiting, busy };
			const now = JSON.stringify(event);
			const wasSent = completed + aborted + abandoned + timeout + waiting + busy > 0;
			if (this.#told.get(name) === now || (!wasSent && !this.#told.has(name))) continue;
			this.#told.set(name, now);
			this.#publish(this.scope.name, event);
		}
		const names = new Set(running.map(({ name }) => name));
		for (const name of this.#told.keys()) if (!names.has(name)) this.#told.delete(name);
	}

	#known(info: SidekickInfo, over: boolean): KnownSidekick {
		return { scope: this.scope, info, over };
	}

	#note(event: SidekickEvent): void {
		const { name } = event;
		const info = this.scope.sidekicks.get(name) ?? this.#latest.get(name);
		if (event.type !== 'failed' && event.type !== 'stopped') {
			if (info !== undefined) this.#latest.set(name, info);
			this.#over.delete(name);
			return;
		}
		this.#latest.delete(name);
		if (info === undefined) return;
		const lastError = event.type === 'failed' ? (info.lastError ?? event.reason) : info.lastError;
		this.#over.delete(name);
		this.#over.set(name, { ...info, state: event.type, threadId: undefined, readersWaiting: 0, size: 0, lastError });
		const [oldest] = this.#over.keys();
		if (this.#over.size > REMEMBERED && oldest !== undefined) this.#over.delete(oldest);
	}
}
