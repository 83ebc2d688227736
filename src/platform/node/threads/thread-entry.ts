import path from 'node:path';
import { workerData } from 'node:worker_threads';
import { CachedScript } from './cached-script.ts';
import { loadGlue } from './load-glue.ts';
import type { EarlyThreadData, PhpThreadData } from './node-threads.ts';

/** Entry of a worker thread: loads its code and PHP's glue, compiled if an earlier thread has kept them so. */
const { glue, codeCache } = workerData as PhpThreadData | EarlyThreadData;
const code = new CachedScript<typeof import('./run-node-thread.ts')>(path.join(__dirname, 'php-thread.js'), codeCache);
const { loading, save } = loadGlue(glue, codeCache);
loading.catch(() => {});
void code.exports.runNodeThread(loading).then(() => {
	code.save();
	save();
});
