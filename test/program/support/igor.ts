import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../../bin/igor.js', import.meta.url));

const running = new Set<Igor>();
const folders = new Set<string>();

/** For afterEach(): kills what still runs, removes what was written. */
export async function cleanUp(): Promise<void> {
	await Promise.all([...running].map((igor) => igor.kill()));
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
	folders.clear();
	rmSync(join(tmpdir(), `igor-saved-${process.pid}`), { recursive: true, force: true });
}

/** Writes files into a new folder outside the repository. */
export function writeApp(files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(join(tmpdir(), 'igor-process-'));
	folders.add(folder);
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
	return folder;
}

export interface StartOptions {
	/** The program that runs it; default: the Node.js of the tests. */
	node?: string;
	/** A process group of its own, which signalGroup() can name. */
	ownGroup?: boolean;
	/** Default true; false = nobody takes what it writes to stderr. */
	readsStderr?: boolean;
}

/** One process of the command `igor`, as a user starts it. */
export class Igor {
	stdout = '';
	stderr = '';
	/** Its exit status, or the signal that ended it; after its outputs have ended. */
	readonly exit: Promise<number | NodeJS.Signals>;
	readonly #child: ChildProcess;
	readonly #ownGroup: boolean;
	readonly #looks = new Set<() => void>();

	constructor(
		args: readonly string[],
		cwd: string,
		env: Readonly<Record<string, string>> = {},
		{ node = process.execPath, readsStderr = true, ownGroup = false }: StartOptions = {},
	) {
		this.#child = spawn(node, [BIN, ...args], {
			cwd,
			env: { ...process.env, XDG_CONFIG_HOME: join(tmpdir(), `igor-saved-${process.pid}`), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: ownGroup,
		});
		this.#ownGroup = ownGroup;
		running.add(this);
		this.#child.stdout?.on('data', (chunk) => {
			this.stdout += chunk;
			this.#look();
		});
		if (readsStderr) {
			this.#child.stderr?.on('data', (chunk) => {
				this.stderr += chunk;
				this.#look();
			});
		}
		this.exit = once(this.#child, readsStderr ? 'close' : 'exit').then(([status, signal]) => {
			running.delete(this);
			this.#look();
			return status ?? signal;
		});
	}

	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** To all of its processes at once, as service managers do. */
	signalGroup(signal: NodeJS.Signals): void {
		process.kill(-(this.#child.pid as number), signal);
	}

	async kill(): Promise<void> {
		if (this.#ownGroup) this.signalGroup('SIGKILL');
		else this.#child.kill('SIGKILL');
		await this.exit;
	}

	/** The URL of its ready line. */
	async ready(): Promise<string> {
		// A start boots several threads: on a busy machine that takes its time.
		await this.until(() => this.stdout.includes('\n'), 60_000);
		return this.stdout.replace(/^Listening on (.*)\n$/, '$1');
	}

	/** Resolves when `condition` holds; looked at whenever something was written. Rejects after `limit`, or at the exit. */
	until(condition: () => boolean, limit = 20_000): Promise<void> {
		return new Promise((resolve, reject) => {
			const settle = (act: () => void) => {
				clearTimeout(timer);
				this.#looks.delete(look);
				act();
			};
			const fail = (why: string) => settle(() => reject(new Error(`${why}\n${this.stdout}\n${this.stderr}`)));
			const timer = setTimeout(() => fail('Time was over.'), limit);
			const look = () => {
				if (condition()) settle(resolve);
				else if (!running.has(this)) fail('igor has ended.');
			};
			this.#looks.add(look);
			look();
		});
	}

	#look(): void {
		for (const look of [...this.#looks]) look();
	}
}

/** Runs `igor` to its end. */
export async function run(args: readonly string[], cwd: string = tmpdir(), env: Readonly<Record<string, string>> = {}) {
	const igor = new Igor(args, cwd, env);
	const status = await igor.exit;
	return { status, out: igor.stdout, err: igor.stderr };
}
