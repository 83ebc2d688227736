import type { RunningScope, ScopeMeasures, WorkerMeasures } from '../../../src/application/scope.ts';
import type { SidekickSnapshot } from '../../../src/sidekicks/control.ts';
import type { SidekickEvent } from '../../../src/sidekicks/sidekick-event.ts';
import type { SidekickInfo } from '../../../src/sidekicks/status.ts';
import type { ThreadStatus } from '../../../src/threads/thread-status.ts';

/** A scope as plain data: what a test writes into it is what the admin API reads. */
export class TestScope implements RunningScope {
	readonly name: string;
	readonly infos = new Map<string, SidekickInfo>();
	readonly snapshots = new Map<string, SidekickSnapshot>();
	readonly calls: string[] = [];
	readonly fileLocks = new SharedArrayBuffer(0);
	listedThreads: ThreadStatus[] = [];
	measured: ScopeMeasures = { totalThreads: 0, busyThreads: 0, queueDepth: 0, workers: [] };
	restartError: Error | undefined;
	readonly #listeners = new Set<(event: SidekickEvent) => void>();

	constructor(name: string) {
		this.name = name;
	}

	get listeners(): number {
		return this.#listeners.size;
	}

	readonly gateway: RunningScope['gateway'] = {
		submit: () => {
			throw new Error('No test of the admin API sends a request to PHP.');
		},
	};

	readonly sidekicks: RunningScope['sidekicks'] = {
		list: () => [...this.infos.values()],
		get: (name) => this.infos.get(name),
		snapshot: (name) => this.snapshots.get(name),
		counters: () => [],
		restart: (name) => {
			this.calls.push(`restart ${name}`);
			return this.infos.has(name);
		},
		restartAll: () => {
			this.calls.push('restartAll');
		},
		stop: async (name) => {
			this.calls.push(`stop ${name}`);
			if (!this.infos.has(name)) return false;
			this.end({ type: 'stopped', name });
			return true;
		},
	};

	threads(): ThreadStatus[] {
		return this.listedThreads;
	}

	measures(): ScopeMeasures {
		return this.measured;
	}

	onSidekickEvent(listener: (event: SidekickEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async restartWorkers(): Promise<void> {
		this.calls.push('restartWorkers');
		if (this.restartError) throw this.restartError;
	}

	async endThread(): Promise<boolean> {
		return false;
	}

	drain(): void {}

	async close(): Promise<void> {}

	onFatal(): void {}

	/** A sidekick that is ready, and whatever else is said of it. */
	add(name: string, more: Partial<SidekickInfo> = {}, values: Record<string, Uint8Array> = {}): void {
		this.infos.set(name, { ...READY, name, ...more });
		const entries = Object.entries(values).map(([key, value]) => ({
			key,
			type: 'string' as const,
			size: value.byteLength,
			value,
		}));
		this.snapshots.set(name, { version: 1, entries });
	}

	tell(event: SidekickEvent): void {
		for (const listener of [...this.#listeners]) listener(event);
	}

	/** As the registry ends a sidekick: it tells first, then it forgets. */
	end(event: SidekickEvent & { type: 'stopped' | 'failed' }): void {
		this.tell(event);
		this.infos.delete(event.name);
		this.snapshots.delete(event.name);
	}
}

const READY: SidekickInfo = {
	name: '',
	origin: 'first read',
	state: 'ready',
	ready: true,
	num: 1,
	runningThreads: 1,
	readyThreads: 1,
	attempts: 1,
	restarts: 0,
	startedAt: Date.UTC(2026, 0, 1),
	lastPublication: Date.UTC(2026, 0, 2),
	version: 1,
	size: 12,
	lastError: undefined,
	exitStatus: undefined,
	threadId: 7,
	failures: 0,
	readersWaiting: 0,
	publications: 3,
	starts: 1,
	crashes: 0,
	bootFailures: 0,
	timeToReady: 250,
};

export function worker(name: string, more: Partial<WorkerMeasures> = {}): WorkerMeasures {
	return {
		name,
		total: 2,
		busy: 0,
		ready: 2,
		crashes: 0,
		restarts: 0,
		requestCount: 0,
		requestTime: 0,
		queueDepth: 0,
		...more,
	};
}
