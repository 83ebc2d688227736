import type { OpcacheCopy, Role, ThreadBuffers, ThreadEvent } from '../php-thread/thread-messages.ts';

/** A thread of the platform, as the host side needs it. */
export interface PlatformThread {
	readonly id: number;
	/** What PHP takes for its process id, from 1, unique within the server. */
	readonly processId: number;
	/** Starts a role; its end comes as an event. Rejects only when the role could not be handed over. */
	assume(role: Role, opcache?: OpcacheCopy): Promise<void>;
	/** Terminates the thread, whatever it is doing. Resolves when it is gone. */
	terminate(): Promise<void>;
}

/** What a thread reports while it lives. */
export type ThreadListener = {
	event(event: ThreadEvent): void;
	/** Comes exactly once, last. `isGone` = none of its code still runs: what it shared can be reused. */
	ended(reason: string | undefined, isGone: boolean): void;
};

/** Starts threads. Main thread only. */
export interface ThreadFactory {
	/**
	 * @param env added to the environment of the scope, for the whole life of the thread: php.wasm exports nothing by which
	 *   it could be changed later
	 */
	start(buffers: ThreadBuffers, env: Readonly<Record<string, string>>, listener: ThreadListener): PlatformThread;
}
