import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Server, serve } from 'igor-php';
import { CapturingLogger } from '../../support/capturing-logger.ts';

/** Where Debian installs PHP libraries. */
const DEBIAN = '/usr/share/php';
const APPS = fileURLToPath(new URL('apps', import.meta.url));

/** An event loop, and what of Debian it needs. */
export const LOOPS: readonly { name: string; script: string; folder?: string; package?: string }[] = [
	{ name: 'Predis', script: 'predis.php', folder: 'Predis', package: 'php-predis' },
	{ name: 'Amp 2', script: 'amp.php', folder: 'Amp', package: 'php-amphp-amp' },
	{ name: 'fibers and stream_select(), as Revolt has them', script: 'fibers.php' },
];

/** Why a loop cannot be tested here; undefined when it can. On a build machine all are tested. */
export function missing({ folder, package: name }: (typeof LOOPS)[number]): string | undefined {
	if (folder === undefined || process.env.CI || existsSync(join(DEBIAN, folder))) return undefined;
	return `${folder} is not on this machine: install Debian's ${name}.`;
}

/** A server whose sidekicks are one event loop, on a folder with the library. */
export class LoopApp implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-loop-')));
	readonly log = new CapturingLogger();
	server!: Server;

	static async start(loop: (typeof LOOPS)[number], redisPort: number): Promise<LoopApp> {
		const app = new LoopApp();
		cpSync(APPS, app.folder, { recursive: true });
		const { folder } = loop;
		if (folder !== undefined) {
			cpSync(join(DEBIAN, folder), join(app.folder, 'debian', folder), { recursive: true, dereference: true });
		}
		app.server = await serve({
			root: app.folder,
			listen: false,
			threads: 1,
			log: app.log,
			sidekickEntrypoint: join(app.folder, loop.script),
			sidekickEager: ['loop'],
			env: { REDIS_PORT: String(redisPort) },
		});
		return app;
	}

	/** A variable that the loop has published; undefined = not yet. */
	variable(name: string): string | undefined {
		const entry = this.server.sidekicks.snapshot('loop')?.entries.find(({ key }) => key === name);
		return entry && new TextDecoder().decode(entry.value);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
