import { LineSplitter } from '../log/line-splitter.ts';
import type { Logger } from '../log/logger.ts';
import { PHP_LEVEL } from '../log/php-log.ts';
import { createOutboxBuffers, Outbox } from '../shared-memory/outbox.ts';
import type { SidekickRun, SidekickRunEvents, SidekickRunRequest, SidekickThreads } from '../sidekicks/ports.ts';
import type { HandleOutcome, PhpThreadHandle } from './php-thread-handle.ts';
import type { ThreadSource } from './thread-source.ts';

/** Runs sidekicks and background workers on PHP threads. Main thread only. */
export class PhpSidekickThreads implements SidekickThreads {
	readonly #sourceOf: (env: SidekickRunRequest['env']) => ThreadSource;
	readonly #log: Logger;
	readonly #wakeWaiters: () => void;
	/** Those that run a background worker. */
	readonly #workers = new Set<PhpThreadHandle>();

	/**
	 * @param sourceOf where threads with these variables come from
	 * @param wakeWaiters makes threads that wait for a sidekick look at their stop flag
	 */
	constructor(sourceOf: (env: SidekickRunRequest['env']) => ThreadSource, log: Logger, wakeWaiters: () => void) {
		this.#sourceOf = sourceOf;
		this.#log = log;
		this.#wakeWaiters = wakeWaiters;
	}

	/** The threads whose background worker has not reached its ready point: max_execution_time applies until then. */
	get booting(): PhpThreadHandle[] {
		return [...this.#workers].filter(({ isServing }) => !isServing);
	}

	start(run: SidekickRunRequest, events: SidekickRunEvents): SidekickRun {
		let thread: PhpThreadHandle | undefined;
		let stop = false;
		let kill = false;
		const source = this.#sourceOf(run.env);
		const log = this.#log;
		const workers = this.#workers;
		const wakeWaiters = this.#wakeWaiters;
		const role = run.isBackground ? 'background' : 'sidekick';

		const drive = async (): Promise<HandleOutcome | { kind: 'startFailed'; message: string }> => {
			try {
				thread = await source.take(run.fresh);
			} catch (error) {
				return { kind: 'startFailed', message: (error as Error).message };
			}
			if (stop || kill) {
				await source.giveBack(thread);
				return { kind: 'exit', status: 0 };
			}
			source.prepareLater();
			const lines = new LineSplitter((line) => log.info(line, { sidekick: run.name }));
			thread.label = `${role} ${run.name}`;
			thread.role = role;
			if (run.isBackground) workers.add(thread);
			events.began();
			const { file: script, name, handle, seat, isBackground } = run;
			const outbox = run.shared && createOutboxBuffers(run.shared.maxSize);
			const published = outbox && new Outbox(outbox);
			const shared = run.shared && outbox && { ...run.shared, outbox };
			const running = thread.assume({ kind: 'sidekick', script, name, handle, seat, isBackground, shared });
			thread.onEvent = (event) => {
				if (event.type === 'sidekickReady') events.ready();
				else if (event.type === 'sidekickPublished') {
					const variables = published?.take();
					if (variables !== undefined) events.published?.(variables);
				} else if (event.type === 'output') lines.push(event.bytes);
				else if (event.type === 'log' && event.level >= PHP_LEVEL.error) events.phpError(event.message);
			};
			const outcome = await running;
			workers.delete(thread);
			lines.end();
			if (outcome.kind === 'exit') await source.giveBack(thread);
			else if (outcome.kind === 'trap') await thread.terminate();
			return outcome;
		};

		void drive().then((outcome) => {
			if (outcome.kind !== 'lost') events.ended(outcome);
			else events.ended({ kind: 'trap', message: outcome.message ?? 'the thread ended' });
		});

		return {
			get threadId() {
				return thread?.id;
			},
			raiseStop: () => {
				stop = true;
				thread?.cell.raiseStop();
				wakeWaiters();
			},
			terminate: () => {
				kill = true;
				void thread?.terminate();
			},
		};
	}
}
