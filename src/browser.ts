/** `igor-php/browser`: the server in a browser, in a page or in a worker of it. */

export type { Unsubscribe } from './application/scope.ts';
export { ServerClosedError } from './application/server.ts';
export type { BackgroundWorkerOption, ServeOptions, WorkerOption } from './config/options.ts';
export { OptionsError, type OptionsErrorCode } from './config/options-error.ts';
export type { PhpVersion } from './config/values.ts';
export type { LogContext, Logger } from './log/logger.ts';
export type {
	BrowserServeOptions,
	BrowserServer,
	PhpCliOptions,
	ServerFiles,
} from './platform/browser/browser-server.ts';
export { loadPhp } from './platform/browser/load-php.ts';
export {
	answerFrame,
	type FrameAnswer,
	type FrameFetch,
	type FrameRequest,
} from './platform/browser/page/answer-frame.ts';
export type { Unsupported } from './platform/browser/page/browser-support.ts';
export { CookieJar } from './platform/browser/page/cookie-jar.ts';
export { type Frames, type FramesOptions, forwardFrames, serveFrames } from './platform/browser/page/frames.ts';
export { keepOffline } from './platform/browser/page/keep-offline.ts';
export { type Isolated, prepareIsolation } from './platform/browser/page/prepare-isolation.ts';
export { serve } from './platform/browser/serve.ts';
export type { PhpBinaries, StartProgress } from './platform/browser/threads/browser-binaries.ts';
export type { SidekickControl, SidekickInfo, SidekickSnapshot, SnapshotEntry } from './sidekicks/control.ts';
export type { SidekickEvent } from './sidekicks/sidekick-event.ts';
export type { ThreadStatus } from './threads/thread-status.ts';
export type { TraceEvent, TraceRole } from './trace/trace-events.ts';
