import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadScript } from '../test-thread.ts';

const { script, data } = workerData as { script: string; data: unknown };
const { default: run } = (await import(script)) as { default: ThreadScript };
const report = (value: unknown): void => parentPort?.postMessage(value);
const returned = run(data as never, report);
if (returned !== undefined) report(returned);
