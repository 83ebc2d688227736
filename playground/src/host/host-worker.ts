import { type Endpoint, expose } from 'comlink';
import { AppHost } from './app-host.ts';
import type { HostMessage } from './protocol.ts';

/** Runs the app in the thread that has imported this module; `tell` as in AppHost. */
export function runHost(line: Endpoint, tell: (message: HostMessage) => void): void {
	expose(new AppHost(tell), line);
}

// As the entry of the host worker: the app runs in here, so that neither a busy nor a hidden page slows it down.
if (!('document' in globalThis)) expose(new AppHost((message) => postMessage(message)));
