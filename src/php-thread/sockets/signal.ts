/**
 * What a descriptor tells that has nobody at its other end: asked for whenever PHP looks. Reading from it gives a line
 * break while it is readable. PHP thread.
 */
export interface Signal {
	/** There is something to do. */
	readonly readable: boolean;
	/** There never will be again: end of file, once it is not readable. */
	readonly ended: boolean;
	/** PHP has read from it, without doing what there was to do. */
	consumed(): void;
	/** The last descriptor was closed. */
	closed(): void;
	/** PHP begins, or ceases, to wait until it is readable. */
	waits?(isWaiting: boolean): void;
	/** PHP has looked without waiting, and it was not readable. */
	looked?(): void;
}

/** What wakes a thread whose signals have changed. PHP thread. */
export interface Alarm {
	/**
	 * Blocks the thread until `ready()` says so (true), or for `milliseconds`, or until the stop flag is raised. The event
	 * loop does not run meanwhile.
	 */
	block(ready: () => boolean, milliseconds: number): boolean;
	/** Resolves when signals may have changed since this call. */
	next(): Promise<unknown>;
}

/** What the descriptors of this thread's handles tell. */
export type HandleSignals = {
	/** A script begins. */
	begin(): void;
	/** Of a worker's handle; a quiet one tells of nothing but the end of the run. */
	worker(isQuiet: boolean): Signal;
	/** Of a task; undefined = it is over. */
	task(id: number): Signal | undefined;
	/** Takes back what made the worker's streams readable. False once the run has to end. */
	tick(): boolean;
};
