import { hostWorker } from 'igor:build';
import { type Endpoint, type Remote, transfer, wrap } from 'comlink';
import { type Frames, forwardFrames } from '../../../src/platform/browser/page/frames.ts';
import type { HostMessage, PlaygroundHost } from '../host/protocol.ts';

/** The page's connection to the host, which runs the app. */
export type HostConnection = {
	readonly host: Remote<PlaygroundHost>;
	/** Where frames find the app. */
	readonly frames: Frames;
};

/**
 * Starts the host, and passes it the frame's requests. It runs in a web worker, but in Firefox in the page: there the
 * app's threads would be workers of a worker, and about one in a hundred `new Worker()` would never return.
 *
 * @param onMessage hears what the host reports
 * @param onBroken hears, in a sentence, that the host is gone or did not load; nothing more comes then
 */
export function connectHost(
	onMessage: (message: HostMessage) => void,
	onBroken: (sentence: string) => void,
): HostConnection {
	const isFirefox = navigator.userAgent.includes('Firefox/');
	const line = isFirefox ? hostHere(onMessage, onBroken) : hostInWorker(onMessage, onBroken);
	const host = wrap<PlaygroundHost>(line);
	const frames = forwardFrames({ pageId: crypto.randomUUID() }, (port) => {
		host.serve(transfer(port, [port])).catch(() => port.close());
	});
	return { host, frames };
}

const NOT_LOADED = 'The code that runs the app could not be loaded. Check the connection, and reload the page.';

function hostInWorker(onMessage: (message: HostMessage) => void, onBroken: (sentence: string) => void): Endpoint {
	const worker = new Worker(new URL(hostWorker, import.meta.url), { type: 'module', name: 'igor-host' });
	worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
		if (isHostMessage(data)) onMessage(data);
	});
	worker.addEventListener('error', ({ message }) => {
		onBroken(message ? `The worker that runs the app has failed: ${message}. Reload the page.` : NOT_LOADED);
	});
	return worker;
}

function hostHere(onMessage: (message: HostMessage) => void, onBroken: (sentence: string) => void): Endpoint {
	const { port1, port2 } = new MessageChannel();
	const module: Promise<typeof import('../host/host-worker.ts')> = import(new URL(hostWorker, import.meta.url).href);
	module.then(
		({ runHost }) => runHost(port1, onMessage),
		() => onBroken(NOT_LOADED),
	);
	return port2;
}

const TYPES: readonly string[] = [
	'starting',
	'progress',
	'trace',
	'log',
	'files',
	'terminal',
	'state',
	'fatal',
] satisfies HostMessage['type'][];

/** Comlink's own messages come the same way; they have no such type. */
function isHostMessage(data: unknown): data is HostMessage {
	return typeof data === 'object' && data !== null && 'type' in data && TYPES.includes(data.type as string);
}
