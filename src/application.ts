import type { ResolvedOptions } from './config/options.ts';
import type { PhpApplication } from './http/php-application.ts';
import type { Logger } from './log/logger.ts';
import { logPhpRecord } from './log/php-log.ts';
import type { ThreadEvent } from './php-thread/messages.ts';
import type { ByteStrings } from './requests/byte-strings.ts';
import { RequestGateway } from './requests/gateway.ts';
import { createFileLockBuffer, FileLocks } from './shared-memory/file-locks.ts';
import { createRingBuffer } from './shared-memory/request-ring.ts';
import { createSlotBuffer, SLOT_COUNT } from './shared-memory/request-slots.ts';
import { createBoardBuffers, MAX_SIDEKICKS, SidekickBoard } from './shared-memory/sidekick-board.ts';
import type { Reply } from './shared-memory/thread-cell.ts';
import { logSidekickEvents } from './sidekicks/event-log.ts';
import type { Clock } from './sidekicks/ports.ts';
import { type EnsureResult, SidekickRegistry } from './sidekicks/registry.ts';
import { PhpThreadHandle, type ThreadHub } from './threads/php-thread-handle.ts';
import { ServingPool } from './threads/serving-pool.ts';
import { BoardCells } from './threads/sidekick-cells.ts';
import { PhpSidekickThreads } from './threads/sidekick-threads.ts';
import { SpareThread } from './threads/spare-thread.ts';
import type { ThreadFactory } from './threads/thread-port.ts';
import { Watchdog } from './threads/watchdog.ts';

/** Cells beyond the limit: one that has just failed is not used again while its waiters still read why. */
const EXTRA_CELLS = 8;
/** Among the owners of file locks; PHP threads count from 1. */
const MAIN_THREAD = -1;

const CLOCK: Clock = {
	now: () => performance.timeOrigin + performance.now(),
	after: (milliseconds, fn) => {
		const timer = setTimeout(fn, milliseconds);
		return () => clearTimeout(timer);
	},
};

/** What the platform provides. */
export type ApplicationPlatform = {
	threads: ThreadFactory;
	byteStrings: ByteStrings;
	/** A sentence when the sidekicks' entrypoint cannot be read. */
	entrypointProblem(path: string): string | undefined;
};

/**
 * One application: its PHP threads, its queue of requests, its sidekicks. Main thread only.
 * Resolves when every worker is ready; rejects, with everything stopped again, when one cannot start.
 */
export async function startApplication(
	options: ResolvedOptions,
	platform: ApplicationPlatform,
	log: Logger,
): Promise<PhpApplication> {
	const rings = {
		classic: createRingBuffer(SLOT_COUNT),
		workers: options.workers.map(() => createRingBuffer(SLOT_COUNT)),
	};
	const slots = createSlotBuffer();
	const cells = Math.min((options.sidekicks?.max ?? 0) + EXTRA_CELLS, MAX_SIDEKICKS);
	const fileLocks = createFileLockBuffer();
	const locks = new FileLocks(fileLocks, MAIN_THREAD);
	const shared = { slots, board: createBoardBuffers(cells, options.sidekicks?.maxSnapshotSize ?? 0), fileLocks };
	const board = new SidekickBoard(shared.board);
	const gateway = new RequestGateway(slots, rings.classic, rings.workers, platform.byteStrings);
	const overruns = new Map<PhpThreadHandle, number>();
	let registry: SidekickRegistry | undefined;

	const hub: ThreadHub = {
		doorbell: (thread) => gateway.drain(thread),
		event: (thread, event) => receive(thread, event),
		lost: (thread) => {
			const seconds = overruns.get(thread);
			gateway.failRequest(thread.cell.currentRequest, seconds === undefined ? CRASHED : overran(seconds));
			overruns.delete(thread);
			locks.releaseThread(thread.processId);
		},
	};
	const receive = (thread: PhpThreadHandle, event: Exclude<ThreadEvent, null>): void => {
		switch (event.type) {
			case 'ensure':
				thread.cell.reply(event.ticket, answer(registry?.ensure(event.names, event.waiter)));
				break;
			case 'waitEnded':
				registry?.waitEnded(event.waiter, event.names);
				break;
			case 'log':
				logPhpRecord(log, { thread: thread.id, role: thread.label }, event);
				break;
		}
	};

	let started = false;
	let tellFatal: ((error: Error) => void) | undefined;
	/** Before everything runs, failures are the rejection of this function. */
	const fatal = (error: Error): void => {
		if (!started) return;
		gateway.refuseAll({ status: 503, code: 'WORKER_FAILED', message: error.message });
		tellFatal?.(error);
	};
	const spare = new SpareThread(() => new PhpThreadHandle(platform.threads, shared, hub));
	const pool = (
		label: string,
		role: ConstructorParameters<typeof ServingPool>[0]['role'],
		threads: number,
		maxConsecutiveFailures: number,
	) =>
		new ServingPool({
			label,
			role,
			threads,
			spare,
			log,
			maxConsecutiveFailures,
			giveUp: fatal,
		});
	const pools = [
		pool('classic', { kind: 'classic', ring: rings.classic }, options.threads, -1),
		...options.workers.map((worker, i) =>
			pool(
				worker.file,
				{ kind: 'worker', ring: rings.workers[i] as SharedArrayBuffer, script: worker.file },
				worker.num,
				worker.maxConsecutiveFailures,
			),
		),
	];
	const entrypoint = options.sidekicks?.entrypoint;
	registry = new SidekickRegistry(
		{
			entrypoint: entrypoint === undefined ? undefined : { path: entrypoint },
			...(options.sidekicks && {
				max: options.sidekicks.max,
				maxConsecutiveFailures: options.sidekicks.maxConsecutiveFailures,
				stopTimeout: options.sidekicks.stopTimeout,
			}),
		},
		{
			clock: CLOCK,
			cells: new BoardCells(board),
			threads: new PhpSidekickThreads(spare, entrypoint ?? '', log, () => board.wakeWaiters()),
			log: logSidekickEvents(log),
			entrypointProblem: () => (entrypoint === undefined ? undefined : platform.entrypointProblem(entrypoint)),
		},
	);
	const watchdog = new Watchdog(
		() => pools.flatMap((one) => [...one.threads]),
		(thread, seconds) => {
			if (overruns.has(thread)) return;
			overruns.set(thread, seconds);
			log.error(`Maximum execution time of ${seconds} seconds exceeded; the thread is replaced`, { thread: thread.id });
			void thread.terminate();
		},
	);

	const close = async (): Promise<void> => {
		const deadline = Promise.withResolvers<void>();
		const timer = setTimeout(deadline.resolve, options.stopTimeout);
		const served = Promise.all(pools.map((one) => one.close()));
		await Promise.all([registry?.stopAll(), Promise.race([served, deadline.promise])]);
		clearTimeout(timer);
		watchdog.close();
		await Promise.all(pools.map((one) => one.terminate()));
		await served;
		gateway.refuseAll(STOPPING);
		await spare.close();
	};

	try {
		await Promise.all(pools.map((one) => one.start()));
	} catch (error) {
		await close();
		throw error;
	}
	started = true;
	spare.prepare();
	return {
		name: options.name,
		threads: () => [],
		measures: () => ({ totalThreads: 0, busyThreads: 0, queueDepth: 0, workers: [] }),
		onSidekickEvent: () => () => {},
		restartWorkers: async () => {},
		gateway,
		sidekicks: registry,
		close,
		onFatal: (listener) => {
			tellFatal = listener;
		},
	};
}

const CRASHED = {
	status: 500,
	code: 'PHP_CRASHED',
	message: 'PHP crashed while it served this request; its thread has been replaced. The log says more.',
};
const STOPPING = { status: 503, code: 'STOPPING', message: 'The server is shutting down.' };

function answer(result: EnsureResult | undefined): Reply {
	if (result === undefined) return { ok: false, message: 'The server is starting.' };
	return result.ok ? result : { ok: false, message: result.error.message };
}

function overran(seconds: number): { status: number; code: string; message: string } {
	return {
		status: 500,
		code: 'EXECUTION_TIME_EXCEEDED',
		message: `Maximum execution time of ${seconds} seconds exceeded.`,
	};
}
