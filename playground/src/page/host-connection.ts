import { hostWorker } from 'igor:build';
import { type Remote, transfer, wrap } from 'comlink';
import { type Frames, forwardFrames } from '../../../src/platform/browser/page/frames.ts';
import type { HostMessage, PlaygroundHost } from '../host/protocol.ts';

/** The page's end of the line to the host worker, in which the app runs. */
export type HostConnection = {
	readonly host: Remote<PlaygroundHost>;
	/** Where frames find the app. */
	readonly frames: Frames;
};

/**
 * Starts the host worker and brings it the requests of the frame.
 *
 * @param onMessage hears what the worker tells
 * @param onBroken hears, in a sentence, that the worker is gone or did not load; nothing more comes then
 */
export function connectHost(
	onMessage: (message: HostMessage) => void,
	onBroken: (sentence: string) => void,
): HostConnection {
	const worker = new Worker(new URL(hostWorker, import.meta.url), { type: 'module', name: 'igor-host' });
	worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
		if (isHostMessage(data)) onMessage(data);
	});
	worker.addEventListener('error', (event) => {
		onBroken(
			event.message
				? `The worker that runs the app has failed: ${event.message}. Reload the page.`
				: 'The worker that runs the app could not be loaded. Look at the connection, and reload the page.',
		);
	});
	const host = wrap<PlaygroundHost>(worker);
	const frames = forwardFrames({ pageId: crypto.randomUUID() }, (port) => {
		host.serve(transfer(port, [port])).catch(() => port.close());
	});
	return { host, frames };
}

const TYPES: readonly string[] = [
	'starting',
	'progress',
	'trace',
	'log',
	'files',
	'state',
	'fatal',
] satisfies HostMessage['type'][];

/** Comlink's own messages come the same way; they have no such type. */
function isHostMessage(data: unknown): data is HostMessage {
	return typeof data === 'object' && data !== null && 'type' in data && TYPES.includes(data.type as string);
}
