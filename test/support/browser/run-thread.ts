import type { TestThread } from '../test-thread.ts';
import type { ThreadTask } from './thread-entry.ts';

/** As test/support/node/run-thread.ts, in a module worker. */
export function runThread<Report>(script: URL, data: unknown): TestThread<Report> {
	const worker = new Worker(new URL('./thread-entry.ts', import.meta.url), { type: 'module' });
	const report = new Promise<Report>((resolve, reject) => {
		worker.addEventListener('message', (event: MessageEvent<Report>) => resolve(event.data));
		worker.addEventListener('error', (event) => reject(new Error(`${script} failed: ${event.message}`)));
	});
	report.catch(() => {});
	const life = `test-thread-${crypto.randomUUID()}`;
	worker.postMessage({ script: script.href, data, life } satisfies ThreadTask);
	const stop = async (): Promise<void> => {
		worker.terminate();
		// Given back when the thread is really gone: it may live on for a moment.
		await navigator.locks.request(life, () => {});
	};
	return { report, stop };
}
