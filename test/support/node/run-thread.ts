import { Worker } from 'node:worker_threads';
import type { TestThread } from '../test-thread.ts';

/**
 * Starts a thread of a test.
 *
 * @param script a module whose default export takes `data` and returns the report
 */
export function runThread<Report>(script: URL, data: unknown): TestThread<Report> {
	const worker = new Worker(new URL('thread-entry.ts', import.meta.url), {
		workerData: { script: script.href, data },
	});
	const report = new Promise<Report>((resolve, reject) => {
		worker.once('message', resolve);
		worker.once('error', reject);
		worker.once('exit', (status) => reject(new Error(`${script} ended with ${status} and without a report`)));
	});
	report.catch(() => {});
	return {
		report,
		stop: async () => {
			await worker.terminate();
		},
	};
}
