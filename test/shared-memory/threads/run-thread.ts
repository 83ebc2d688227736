import { Worker } from 'node:worker_threads';

/** A thread of a test: what it reported so far can be waited for; `stop` ends it whatever it does. */
export type TestThread<Report> = { report: Promise<Report>; stop(): Promise<number> };

/** Starts one of the scripts beside this file. It reports exactly once, by `parentPort.postMessage()`. */
export function runThread<Report>(script: string, workerData: unknown): TestThread<Report> {
	const worker = new Worker(new URL(script, import.meta.url), { workerData });
	const report = new Promise<Report>((resolve, reject) => {
		worker.once('message', resolve);
		worker.once('error', reject);
		worker.once('exit', (status) => reject(new Error(`${script} ended with ${status} and without a report`)));
	});
	report.catch(() => {});
	return { report, stop: () => worker.terminate() };
}
