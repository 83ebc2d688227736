import type { RunningScope } from '../../../../src/application/scope.ts';
import type { SharedFiles } from '../../../../src/shared-memory/files/shared-files.ts';

/** An application on shared files, which each platform starts in its own way. */
export interface SharedServer {
	readonly running: RunningScope;
	readonly files: SharedFiles;
	/** Runs a script below /app; resolves with what it printed. Rejects unless the status is 200. */
	run(script: string, query: Record<string, string | number>): Promise<string>;
	close(): Promise<void>;
}
