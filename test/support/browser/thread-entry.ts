import type { ThreadScript } from '../test-thread.ts';

addEventListener('message', async ({ data: { script, data } }: MessageEvent<{ script: string; data: unknown }>) => {
	try {
		const { default: run } = (await import(/* @vite-ignore */ script)) as { default: ThreadScript };
		postMessage(run(data as never));
	} catch (error) {
		// Into the error event of the page's worker.
		reportError(error);
	}
});
