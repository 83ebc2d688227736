import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from 'igor-php';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import type { ServeOptions, Server } from '../../../src/index.ts';
import type { AppFiles, InsideOptions, OpenServer, Platform, StartOptions } from '../app-files.ts';
import { CapturingLogger } from '../capturing-logger.ts';
import { parts } from './parts.ts';

const FIXTURES = fileURLToPath(new URL('../../php/api/fixtures', import.meta.url));

/** A temporary folder of the disk. */
class AppFolder implements AppFiles {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-test-')));

	write(name: string, content: string): void {
		const path = join(this.folder, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(`${path}.new`, content);
		renameSync(`${path}.new`, path);
	}

	read(name: string): string | undefined {
		const path = join(this.folder, name);
		return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
	}

	remove(name: string): void {
		rmSync(join(this.folder, name), { recursive: true, force: true });
	}

	serve(options: StartOptions): Promise<Server> {
		return serve(this.#inFolder(options));
	}

	async open(options: StartOptions, { budget, onTrace }: InsideOptions): Promise<OpenServer> {
		const { resolveOptions, createOptionsHost, startNodeScope, openServer } = await parts();
		const resolved = resolveOptions(this.#inFolder(options), createOptionsHost());
		const log = options.log || new CapturingLogger();
		const scope = await startNodeScope(resolved, log, budget, onTrace);
		return { running: scope, server: await openServer(resolved, scope, log) };
	}

	#inFolder(options: StartOptions): ServeOptions {
		const { workers = [], backgroundWorkers = [], sidekickEntrypoint } = options;
		const inFolder = (name: string): string => join(this.folder, name);
		return {
			...options,
			root: this.folder,
			listen: options.listen ?? false,
			workers: workers.map((worker) =>
				typeof worker === 'string' ? inFolder(worker) : { ...worker, file: inFolder(worker.file) },
			),
			backgroundWorkers: backgroundWorkers.map((worker) => ({ ...worker, file: inFolder(worker.file) })),
			sidekickEntrypoint: sidekickEntrypoint === undefined ? undefined : inFolder(sidekickEntrypoint),
		};
	}

	discard(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Node.js: the library as it is installed. */
export const platform: Platform = {
	emptyFolder: () => new AppFolder(),
	copyOfFixtures: () => {
		const files = new AppFolder();
		cpSync(FIXTURES, files.folder, { recursive: true });
		return files;
	},
	phpVersions: PHP_VERSIONS,
	hasFlock: true,
};
