import { expose } from 'comlink';
import { FakeHost } from './fake-host.ts';

// The host's place in the page, without PHP: for work on the page alone.
expose(new FakeHost((message) => globalThis.postMessage(message)));
