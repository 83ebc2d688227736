import type { ServeOptions } from '../../../../src/config/options.ts';
import type { SharedFiles } from '../../../../src/shared-memory/files/shared-files.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { eventually } from '../../../support/eventually.ts';
import { openSharedServer } from './node/shared-server.ts';
import type { SharedServer } from './shared-server.ts';

/** PHP threads on shared files and nothing else. */
export class SharedApplication implements AsyncDisposable {
	readonly log = new CapturingLogger();
	#server!: SharedServer;
	#scripts = 0;

	/** Paths of `files`, `workers` and the sidekick entrypoint are below /app. */
	static async start(files: Record<string, string>, options: ServeOptions = {}): Promise<SharedApplication> {
		const shared = new SharedApplication();
		shared.#server = await openSharedServer(files, { threads: 1, ...options }, shared.log);
		return shared;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#server.close();
	}

	get files(): SharedFiles {
		return this.#server.files;
	}

	/** Runs a script below /app; resolves with what it printed. Rejects unless the status is 200. */
	run(script: string, query: Record<string, string | number> = {}): Promise<string> {
		return this.#server.run(script, query);
	}

	/** Runs a piece of PHP and decodes the JSON of what it returns. */
	async php<T = unknown>(code: string): Promise<T> {
		const name = `code-${this.#scripts++}.php`;
		this.files.write(name, `<?php echo json_encode((function () { ${code} })(), JSON_THROW_ON_ERROR);`);
		const text = await this.run(name);
		try {
			return JSON.parse(text) as T;
		} catch {
			throw new Error(`No JSON: ${text}`);
		}
	}

	/** Ends the one thread that serves a request now, in the middle of its work. */
	async endBusyThread(): Promise<void> {
		const { running } = this.#server;
		const { id } = await eventually('one busy thread', () => {
			const busy = running.threads().filter(({ state }) => state === 'busy');
			return busy.length === 1 && busy[0];
		});
		if (!(await running.endThread(id))) throw new Error(`Thread ${id} was not there any more.`);
	}
}
