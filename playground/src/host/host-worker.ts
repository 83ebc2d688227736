import { expose } from 'comlink';
import { AppHost } from './app-host.ts';

/** Entry of the host worker: the app runs in here, so that neither a busy page nor one in the background slows it. */
expose(new AppHost((message) => postMessage(message)));
