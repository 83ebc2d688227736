import { LineSplitter } from '../log/line-splitter.ts';
import type { Logger } from '../log/logger.ts';
import { PHP_LEVEL } from '../log/php-log.ts';
import type { SidekickRun, SidekickRunEvents, SidekickRunRequest, SidekickThreads } from '../sidekicks/ports.ts';
import type { HandleOutcome, PhpThreadHandle } from './php-thread-handle.ts';
import type { ThreadSource } from './thread-source.ts';

/** Runs sidekicks on PHP threads. Main thread only. */
export class PhpSidekickThreads implements SidekickThreads {
	readonly #source: ThreadSource;
	readonly #entrypoint: string;
	readonly #log: Logger;
	readonly #wakeWaiters: () => void;

	/** `wakeWaiters` makes threads that wait for a sidekick look at their stop flag. */
	constructor(source: ThreadSource, entrypoint: string, log: Logger, wakeWaiters: () => void) {
		this.#source = source;
		this.#entrypoint = entrypoint;
		this.#log = log;
		this.#wakeWaiters = wakeWaiters;
	}

	start(run: SidekickRunRequest, events: SidekickRunEvents): SidekickRun {
		let thread: PhpThreadHandle | undefined;
		let stop = false;
		let kill = false;
		const source = this.#source;
		const log = this.#log;
		const entrypoint = this.#entrypoint;
		const wakeWaiters = this.#wakeWaiters;

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
			thread.label = `sidekick ${run.name}`;
			thread.role = 'sidekick';
			const running = thread.assume({ kind: 'sidekick', script: entrypoint, name: run.name, handle: run.handle });
			thread.onEvent = (event) => {
				if (event.type === 'published') events.published();
				else if (event.type === 'output') lines.push(event.bytes);
				else if (event.type === 'log' && event.level >= PHP_LEVEL.error) events.phpError(event.message);
			};
			const outcome = await running;
			lines.end();
			if (outcome.kind === 'exit') await source.giveBack(thread);
			else if (outcome.kind === 'trap') await thread.terminate();
			return outcome;
		};

		void drive().then((outcome) => {
			if (outcome.kind !== 'lost') events.ended(outcome);
			else if (kill) events.ended({ kind: 'terminated' });
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
