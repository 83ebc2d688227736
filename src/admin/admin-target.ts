import type { RunningScope } from '../application/scope.ts';

/** The server behind the admin API. Main thread only. */
export interface AdminTarget {
	/** The scopes that run now, in the order of the configuration. */
	scopes(): readonly RunningScope[];
	/** The configuration that runs now, as Caddy's JSON. */
	config(): unknown;
	/** What it was warned of. */
	warnings(): readonly unknown[];
	/**
	 * Loads another configuration, as `igor reload` does. Resolves when it serves; rejects with an error whose message is
	 * for people, and then the previous configuration stays.
	 *
	 * @param text in the format
	 * @param file its path, for errors and relative paths in it; `undefined` = that of the running configuration
	 */
	load(text: string, file: string | undefined, format: 'caddyfile' | 'json'): Promise<void>;
	/** Begins a graceful stop and returns at once. */
	stop(): void;
	/** Threads that may still start under load; missing = none. */
	reservedThreads?(): number;
}
