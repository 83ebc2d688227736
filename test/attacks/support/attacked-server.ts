import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve } from 'igor-php';
import type { ServeOptions, Server } from '../../../src/index.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import { Grounds } from './canary.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const run = promisify(execFile);

/** Where PHP runs. */
export const PLACES = ['classic', 'worker', 'sidekick', 'php-cli'] as const;
export type Place = (typeof PLACES)[number];

/** What PHP is to do to files; see fixtures/operations.php. */
export type Operation = readonly [name: string, path?: string, more?: string | number];

/** A server whose root is the folder `inside`; what is done to files happens in `inside/work/tree`. */
export class AttackedServer implements AsyncDisposable {
	readonly grounds = new Grounds();
	readonly tree = join(this.grounds.inside, 'work/tree');
	readonly log = new CapturingLogger();
	server!: Server;
	#jobs = 0;

	static async start(options: Partial<ServeOptions> = {}): Promise<AttackedServer> {
		const attacked = new AttackedServer();
		const { inside } = attacked.grounds;
		cpSync(FIXTURES, inside, { recursive: true });
		mkdirSync(join(inside, 'jobs'));
		attacked.plant();
		try {
			attacked.server = await serve({
				root: inside,
				listen: false,
				threads: 2,
				workers: [{ file: join(inside, 'worker.php'), num: 2 }],
				sidekickEntrypoint: join(inside, 'bin/sidekick'),
				sidekickMax: 64,
				log: attacked.log,
				...options,
			});
		} catch (error) {
			attacked.grounds.remove();
			throw error;
		}
		return attacked;
	}

	/** The tree as it is at the start. */
	plant(): void {
		rmSync(dirname(this.tree), { recursive: true, force: true });
		mkdirSync(join(this.tree, 'a/sub'), { recursive: true });
		mkdirSync(join(this.tree, 'b'));
		for (const file of ['a/sub/x', 'a/x', 'f']) writeFileSync(join(this.tree, file), 'inside');
	}

	/** Has PHP do that, one after the other, on one thread; returns what each came to. */
	async do(place: Place, operations: readonly Operation[]): Promise<unknown[]> {
		const job = `job-${this.#jobs++}`;
		const file = join(this.grounds.inside, 'jobs', job);
		writeFileSync(`${file}.json`, JSON.stringify(operations));
		if (place === 'php-cli') {
			await run(process.execPath, [CLI, 'php-cli', join(this.grounds.inside, 'cli.php'), job], {
				cwd: this.grounds.inside,
			});
		} else {
			const path = {
				classic: `/index.php?job=${job}`,
				worker: `/worker.php?job=${job}`,
				sidekick: `/index.php?sidekick=${job}`,
			};
			await this.ask(path[place]);
			if (place === 'sidekick') await this.server.sidekicks.stop(job);
		}
		return JSON.parse(readFileSync(`${file}.out`, 'utf8')) as unknown[];
	}

	/** The answer to a request, which has to be a success. */
	async ask(path: string): Promise<string> {
		const answer = await this.server.fetch(path);
		const text = await answer.text();
		if (answer.status !== 200)
			throw new Error(`${path}: ${answer.status} ${text}\n${JSON.stringify(this.log.records.slice(-5))}`);
		return text;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		this.grounds.remove();
	}
}
