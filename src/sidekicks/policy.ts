/** The rules of a scope for the life of a sidekick. */
export type SidekickPolicy = {
	/** Boot failures in a row after which it is given up; -1 = never. */
	maxConsecutiveFailures: number;
	/** Milliseconds between the stop flag and the termination of the thread. */
	stopTimeout: number;
};

/** What a sidekick tells its registry. */
export type SidekickOwner = {
	/** A run is over; what its thread was waiting for matters no longer. */
	runEnded(name: string): void;
	/** Stopped, failed or abandoned: its cell is freed, the name is free after this. */
	gone(name: string): void;
};
