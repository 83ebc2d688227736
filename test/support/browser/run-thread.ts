import type { TestThread } from '../test-thread.ts';

/** As test/support/node/run-thread.ts, in a module worker. */
export function runThread<Report>(script: URL, data: unknown): TestThread<Report> {
	const worker = new Worker(new URL('./thread-entry.ts', import.meta.url), { type: 'module' });
	const report = new Promise<Report>((resolve, reject) => {
		worker.addEventListener('message', (event: MessageEvent<Report>) => resolve(event.data));
		worker.addEventListener('error', (event) => reject(new Error(`${script} failed: ${event.message}`)));
	});
	report.catch(() => {});
	worker.postMessage({ script: script.href, data });
	return { report, stop: async () => worker.terminate() };
}
