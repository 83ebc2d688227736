/** The rules of a scope for the life of a sidekick. */
export type SidekickPolicy = {
	/** Boot failures in a row before it is given up; -1 = never. */
	maxConsecutiveFailures: number;
	/** Milliseconds between the stop flag and the termination of the thread. */
	stopTimeout: number;
};

/** What a sidekick tells its registry. */
export type SidekickOwner = {
	/** A run is over, and its thread no longer waits for anything. */
	runEnded(name: string): void;
	/** Stopped, failed or abandoned: its name is free after this, and its cell is freed next. */
	gone(name: string): void;
};
