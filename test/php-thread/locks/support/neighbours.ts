import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nativePhp } from './native-php.ts';

const BIN = fileURLToPath(new URL('../../../../bin/igor.js', import.meta.url));

/** Who runs a script in a process of its own. */
export type Program = 'php-cli' | 'native';

/** A script that runs in another process. What it prints ends with what the test waits for. */
export class Neighbour implements AsyncDisposable {
	output = '';
	readonly #child: ChildProcess;
	readonly #ended: Promise<unknown>;
	readonly #looks = new Set<() => void>();

	constructor(program: Program, cwd: string, script: string, ...args: string[]) {
		const [file, first] =
			program === 'native' ? [nativePhp ?? 'php', []] : [process.execPath, [BIN, 'php-cli', '--php', '8.4']];
		this.#child = spawn(file, [...first, script, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream?.on('data', (chunk) => {
				this.output += chunk;
				this.#look();
			});
		}
		this.#ended = once(this.#child, 'close').then(() => this.#look());
	}

	get pid(): number {
		return this.#child.pid ?? -1;
	}

	/** Everything that it printed, once it has ended. */
	async ended(): Promise<string> {
		await this.#ended;
		return this.output;
	}

	/** Resolves when it has printed `text`; rejects when it ends without. */
	printed(text: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const look = (): void => {
				const isThere = this.output.includes(text);
				if (!isThere && this.#child.exitCode === null && this.#child.signalCode === null) return;
				this.#looks.delete(look);
				if (isThere) resolve();
				else reject(new Error(`It ended without "${text}": ${this.output}`));
			};
			this.#looks.add(look);
			look();
		});
	}

	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#ended;
	}

	#look(): void {
		for (const look of [...this.#looks]) look();
	}
}
