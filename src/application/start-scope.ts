import type { FleetMember } from '../cluster/engine.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ResolvedOptions } from '../config/options.ts';
import { type GatewayPlatform, RequestGateway } from '../dispatch/request-gateway.ts';
import type { PhpFailure } from '../http/php-port.ts';
import type { Logger } from '../log/logger.ts';
import { logPhpRecord } from '../log/php-log.ts';
import { createFileLockBuffer, FileLocks } from '../shared-memory/file-locks.ts';
import { createOutdatedCodeBuffer } from '../shared-memory/outdated-code.ts';
import { createSlotBuffer } from '../shared-memory/request-slots.ts';
import { OpcacheOfScope } from '../threads/opcache-copies.ts';
import { PhpThreadHandle, type ThreadHub } from '../threads/php-thread-handle.ts';
import type { ThreadBudget } from '../threads/thread-budget.ts';
import type { ThreadFactory } from '../threads/thread-port.ts';
import { statusOfThread } from '../threads/thread-status.ts';
import { ThreadSupply } from '../threads/thread-supply.ts';
import { Watchdog } from '../threads/watchdog.ts';
import { unlessAborted, within } from '../time/within.ts';
import { ScopeTrace } from '../trace/scope-trace.ts';
import type { TraceEvent } from '../trace/trace-events.ts';
import type { RunningScope } from './scope.ts';
import { createPoolRings, ScopePools } from './scope-pools.ts';
import { ScopeSidekicks } from './scope-sidekicks.ts';
import { maxSnapshotSizeOf, ownBoard, type ServerBoard } from './server-board.ts';

/** Among the owners of file locks; PHP threads count from 1. */
const MAIN_THREAD = -1;

/** What the platform provides. */
export type ScopePlatform = GatewayPlatform & {
	threads: ThreadFactory;
	/** The few processors also have to show the first answer: threads start one after another, after the first. */
	startsInTurn: boolean;
	/** A sentence when the sidekicks' entrypoint cannot be read. */
	entrypointProblem(path: string): string | undefined;
	/** Ends a start that is under way: its threads are terminated, whatever they are doing. */
	abandon?: AbortSignal | undefined;
	/** The engine of the fleet that the options name, and this scope as a holder; undefined = they name none. */
	fleet?: FleetMember | undefined;
};

/**
 * One scope: its PHP threads, its queue of requests, its sidekicks. Main thread only.
 * Resolves when every worker, background workers among them, and one classic thread are ready; rejects, with everything
 * stopped again, when one cannot start. Where threads start in turn, one of each worker is enough. The others start while
 * these serve.
 *
 * @param budget extra threads, shared by all scopes of a server; undefined = there are no other scopes, and only
 *   `options.maxThreads` counts
 * @param serverBoard of a server with global background workers; the scope that has nothing else runs them
 * @param onTrace hears what threads, requests and sidekicks do, in batches of about 16 ms; without it nothing is recorded
 */
export async function startScope(
	options: ResolvedOptions,
	platform: ScopePlatform,
	log: Logger,
	budget?: ThreadBudget,
	onTrace?: (events: readonly TraceEvent[]) => void,
	serverBoard?: ServerBoard,
): Promise<RunningScope> {
	const rings = createPoolRings(options);
	const slots = createSlotBuffer();
	const place = serverBoard?.forScope(maxSnapshotSizeOf(options) || DEFAULTS.maxSnapshotSize) ?? ownBoard(options);
	const fileLocks = createFileLockBuffer();
	const locks = new FileLocks(fileLocks, MAIN_THREAD);
	const trace = onTrace && new ScopeTrace(onTrace, log);
	const shared = {
		slots,
		board: place.buffers,
		fileLocks,
		outdatedCode: createOutdatedCodeBuffer(),
		traceSequence: trace?.sequenceBuffer,
	};
	const gateway = new RequestGateway(slots, rings.classic, rings.workers, platform, options.maxWaitTime, trace);
	/** Threads that are being terminated, and what their clients are told. */
	const ending = new Map<PhpThreadHandle, PhpFailure>();
	const alive = new Set<PhpThreadHandle>();

	const hub: ThreadHub = {
		doorbell: (thread) => gateway.drain(thread),
		event: (thread, event) => {
			if (event.type === 'ensure') {
				trace?.waitBegan(thread, event);
				sidekicks.ensure(thread, event, trace && ((names, handles) => trace.named(names, handles)));
			} else if (event.type === 'waitEnded') sidekicks.waitEnded(event);
			else if (event.type === 'log') logPhpRecord(log, { thread: thread.id, role: thread.label }, event);
		},
		lost: (thread) => {
			trace?.lost(thread);
			for (const left of thread.unanswered) gateway.threadLost(left, ending.get(thread) ?? CRASHED);
			ending.delete(thread);
			alive.delete(thread);
			sidekicks.threadLost(thread);
			locks.releaseThread(thread.processId);
		},
		...(trace && {
			changed: (thread, role) => trace.thread(thread, role),
			assumes: (thread, role) => trace.assumes(thread, role),
			ending: (thread) => trace.ending(thread),
		}),
	};
	const sidekickEnv = options.sidekicks?.env ?? {};
	const opcache = new OpcacheOfScope();
	const supply = new ThreadSupply(
		(env) => {
			const thread = new PhpThreadHandle(platform.threads, shared, env, hub, opcache.of(env));
			alive.add(thread);
			return thread;
		},
		sidekickEnv,
		options.maxThreadMemory,
	);
	const sidekicks = new ScopeSidekicks(options, {
		place,
		sourceOf: (env) => supply.of(env),
		log,
		entrypointProblem: (path) => platform.entrypointProblem(path),
		fleet: platform.fleet,
	});

	if (options.isGlobal) sidekicks.becomeGlobal();
	if (trace !== undefined) sidekicks.subscribe((event) => trace.sidekick(event));

	let started = false;
	let tellFatal: ((error: Error) => void) | undefined;
	/** Until everything runs, failures reject this function's promise. */
	const giveUp = (error: Error): void => {
		if (!started) return;
		gateway.refuseAll({ status: 503, code: 'WORKER_FAILED', message: error.message });
		tellFatal?.(error);
	};
	const pools = new ScopePools(options, { rings, gateway, supply, budget, log, giveUp });
	const watchdog = new Watchdog(
		() => [...pools.threads, ...sidekicks.booting],
		(thread, seconds) => {
			if (ending.has(thread)) return;
			const failure = overran(seconds);
			ending.set(thread, failure);
			log.error(`Maximum execution time of ${seconds} seconds exceeded; the thread is replaced`, { thread: thread.id });
			void thread.terminate(failure.message);
		},
	);

	const close = async (patience = options.stopTimeout): Promise<void> => {
		const served = pools.close();
		await Promise.all([sidekicks.close(patience), within(patience, served)]);
		watchdog.close();
		await pools.terminate();
		await served;
		gateway.refuseAll(STOPPING);
		await Promise.all([supply.close(), sidekicks.closeTasks()]);
		// Those still booting for somebody who did not wait.
		const booting = [...alive].filter(({ state }) => state === 'booting');
		await Promise.all(booting.map((thread) => thread.terminate()));
		trace?.close();
	};

	const endThread = async (id: number): Promise<boolean> => {
		const thread = [...alive].find((one) => one.id === id);
		if (thread === undefined) return false;
		if (!ending.has(thread)) ending.set(thread, ENDED);
		log.warn('A thread is terminated because somebody asked for it', { thread: id, role: thread.label });
		await thread.terminate('somebody asked for it');
		supply.prepare();
		return true;
	};

	try {
		const ready = Promise.all([pools.start(platform.startsInTurn), sidekicks.registry.startDeclared()]);
		await unlessAborted(ready, platform.abandon);
	} catch (error) {
		// An endless loop before the first request ends by no patience.
		await close(platform.abandon?.aborted ? 0 : undefined);
		throw error;
	}
	started = true;
	sidekicks.startEager();
	// A first request may wait for a sidekick.
	supply.prepare();
	void pools.complete(platform.startsInTurn);
	return {
		name: options.name,
		gateway,
		sidekicks: sidekicks.registry,
		fileLocks,
		threads: () => [...alive].map(statusOfThread),
		measures: () => sidekicks.measures(pools.measures()),
		onSidekickEvent: (listener) => sidekicks.subscribe(listener),
		restartWorkers: () => {
			opcache.drop();
			return pools.restartWorkers();
		},
		endThread,
		drain: () => {
			for (const { cell } of pools.threads) cell.drain();
		},
		close,
		onFatal: (listener) => {
			tellFatal = listener;
		},
	};
}

const CRASHED: PhpFailure = {
	status: 500,
	code: 'PHP_CRASHED',
	message: 'PHP crashed while it served this request; its thread has been replaced. The log says more.',
};
const ENDED: PhpFailure = {
	status: 500,
	code: 'THREAD_ENDED',
	message: 'The PHP thread that served this request was ended from outside; it has been replaced.',
};
const STOPPING: PhpFailure = { status: 503, code: 'STOPPING', message: 'The server is shutting down.' };

function overran(seconds: number): PhpFailure {
	return {
		status: 500,
		code: 'EXECUTION_TIME_EXCEEDED',
		message: `Maximum execution time of ${seconds} seconds exceeded.`,
	};
}
