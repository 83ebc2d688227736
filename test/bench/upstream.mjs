import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { app, PHP_VERSION } from './igor.mjs';

const program = new URL('programs/upstream-php.mjs', import.meta.url);
const script = readFileSync(`${app}/public/hello.php`, 'utf8');

/**
 * How often a thread may run a script: without the rotation of runtimes that upstream adds (left out here, in its
 * favour), it has no file descriptors left after about 1,000 runs.
 */
export const MOST_RUNS = 900;

/** Boots a thread with PHP as @php-wasm/node loads it. */
export async function startUpstream() {
	const started = performance.now();
	const worker = new Worker(program, { workerData: { version: PHP_VERSION, script } });
	await once(worker, 'message');
	const milliseconds = performance.now() - started;
	return {
		/** From the start of the thread to its first answer. */
		milliseconds,
		/** Microseconds of one `PHP.run()` of the hello script. */
		async microsecondsPerRun(runs) {
			worker.postMessage(runs);
			return (await once(worker, 'message'))[0];
		},
		stop: () => worker.terminate(),
	};
}
