import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadScript } from '../test-thread.ts';

const { script, data } = workerData as { script: string; data: unknown };
const { default: run } = (await import(script)) as { default: ThreadScript };
parentPort?.postMessage(run(data as never));
