import type { ThreadScript } from '../test-thread.ts';

/** What a thread gets: `life` is the name of the lock that it holds as long as it lives. */
export type ThreadTask = { script: string; data: unknown; life: string };

addEventListener('message', ({ data }: MessageEvent<ThreadTask>) => {
	navigator.locks
		.request(data.life, async () => {
			await run(data);
			// The page ends this thread.
			await new Promise(() => {});
		})
		// Into the error event of the page's worker.
		.catch(reportError);
});

async function run({ script, data }: ThreadTask): Promise<void> {
	const { default: start } = (await import(/* @vite-ignore */ script)) as { default: ThreadScript };
	const report = (value: unknown): void => postMessage(value);
	const returned = start(data as never, report);
	if (returned !== undefined) report(returned);
}
