import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { CachedScript } from './cached-script.ts';
import { setEngineFlags } from './engine-flags.ts';
import { loadGlue } from './load-glue.ts';
import type { EarlyThreadData, PhpThreadData } from './node-threads.ts';

/** Entry of a worker thread: loads its code and PHP's glue, compiled if an earlier thread has kept them so. */
const data = workerData as PhpThreadData | EarlyThreadData;
const { glue, codeCache } = data;
if ('flags' in data && data.flags !== undefined) {
	// Before any code is loaded: what was kept compiled is for an engine with these flags.
	setEngineFlags(data.flags);
	parentPort?.postMessage('begun');
}
const code = new CachedScript<typeof import('./run-node-thread.ts')>(path.join(__dirname, 'php-thread.js'), codeCache);
const { loading, save } = loadGlue(glue, codeCache);
loading.catch(() => {});
void code.exports.runNodeThread(loading).then(() => {
	code.save();
	save();
});
