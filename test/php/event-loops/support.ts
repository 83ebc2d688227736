import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServeOptions, type Server, serve } from 'igor-php';
import { CapturingLogger } from '../../support/capturing-logger.ts';

const APPS = fileURLToPath(new URL('apps', import.meta.url));

/** A library, where Debian installs it. */
export type Library = { folder: string; package: string };

/** An event loop, and what of Debian it needs. */
export type Loop = { name: string; script: string; library?: Library };

const PREDIS: Library = { folder: '/usr/share/php/Predis', package: 'php-predis' };
const AMP: Library = { folder: '/usr/share/php/Amp', package: 'php-amphp-amp' };
/** Debian has it only among the libraries of Icinga, as it is. */
const REACT: Library = {
	folder: '/usr/share/icinga-php/vendor/vendor/react/event-loop',
	package: 'icinga-php-thirdparty',
};

/** Sidekicks that hear messages of Redis. */
export const LOOPS: readonly Loop[] = [
	{ name: 'Predis', script: 'predis.php', library: PREDIS },
	{ name: 'Amp 2', script: 'amp.php', library: AMP },
	{ name: 'fibers and stream_select(), as Revolt has them', script: 'fibers.php' },
];

/** Background workers that receive tasks, and hear a socket: of a test, or of Redis. */
export const TASK_LOOPS: readonly (Loop & { peer: 'socket' | 'redis' })[] = [
	{ name: 'stream_select()', script: 'tasks/select.php', peer: 'socket' },
	{ name: 'fibers', script: 'tasks/fibers.php', peer: 'socket' },
	{ name: 'Amp 2', script: 'tasks/amp.php', library: AMP, peer: 'socket' },
	{ name: 'ReactPHP', script: 'tasks/react.php', library: REACT, peer: 'socket' },
	{ name: 'Predis', script: 'tasks/predis.php', library: PREDIS, peer: 'redis' },
];

/** Why a loop cannot be tested here; undefined when it can. On a build machine all are tested. */
export function missing({ library }: Loop): string | undefined {
	if (library === undefined || process.env.CI || existsSync(library.folder)) return undefined;
	return `${library.folder} is not on this machine: install Debian's ${library.package}.`;
}

/** A server whose sidekicks are one event loop, or with a background worker that is, on a folder with the library. */
export class LoopApp implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-loop-')));
	readonly log = new CapturingLogger();
	server!: Server;

	static start(loop: Loop, redisPort: number): Promise<LoopApp> {
		return LoopApp.#start(loop, (folder) => ({
			sidekickEntrypoint: join(folder, loop.script),
			sidekickEager: ['loop'],
			env: { REDIS_PORT: String(redisPort) },
		}));
	}

	static startWorker(loop: Loop, peerPort: number): Promise<LoopApp> {
		return LoopApp.#start(loop, (folder) => ({
			backgroundWorkers: [{ name: 'loop', file: join(folder, loop.script), env: { PEER_PORT: String(peerPort) } }],
		}));
	}

	static async #start(loop: Loop, options: (folder: string) => ServeOptions): Promise<LoopApp> {
		const app = new LoopApp();
		cpSync(APPS, app.folder, { recursive: true });
		const { folder } = loop.library ?? {};
		if (folder !== undefined) {
			cpSync(folder, join(app.folder, 'debian', basename(folder)), { recursive: true, dereference: true });
		}
		app.server = await serve({ root: app.folder, listen: false, threads: 1, log: app.log, ...options(app.folder) });
		return app;
	}

	/** A variable that the loop has published; undefined = not yet. */
	variable(name: string): string | undefined {
		const entry = this.server.sidekicks.snapshot('loop')?.entries.find(({ key }) => key === name);
		return entry && new TextDecoder().decode(entry.value);
	}

	has(name: string): boolean {
		return existsSync(join(this.folder, name));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
