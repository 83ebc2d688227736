import { spawn } from 'node:child_process';
import { BIN } from './igor.ts';

/** `igor` as a user runs it on a terminal: `script` of util-linux makes one. */
export class Terminal {
	/** What it shows: both outputs, and what was typed. Without the terminal's control sequences. */
	shown = '';
	/** The same, with them. */
	raw = '';
	readonly exit: Promise<number>;
	readonly #child;
	readonly #looks = new Set<() => void>();

	constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
		const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
		// `exec`: the signals and the status are those of igor, not of a shell.
		this.#child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], {
			cwd,
			env: { ...process.env, TERM: 'dumb', COLUMNS: '120', NO_COLOR: '1', ...env },
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
			this.raw += text;
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
			this.shown += text.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r', '');
			for (const look of [...this.#looks]) look();
		});
		this.#child.stdin.on('error', () => {});
		this.exit = new Promise((resolve) => this.#child.on('close', (code) => resolve(code ?? -1)));
	}

	/** Types a text, as it is. */
	type(text: string): void {
		this.#child.stdin.write(text);
	}

	/** Resolves when the terminal shows it; rejects when the program ends without it, or after 30 s. */
	until(text: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const fail = (why: string): void => reject(new Error(`${why}, without "${text}":\n${this.shown}`));
			const limit = setTimeout(() => fail('Time was over'), 30_000);
			const look = (): void => {
				if (!this.shown.includes(text)) return;
				clearTimeout(limit);
				this.#looks.delete(look);
				resolve();
			};
			this.#looks.add(look);
			void this.exit.then(() => {
				look();
				clearTimeout(limit);
				fail('igor has ended');
			});
			look();
		});
	}

	/** Ends it, if it still runs: closes the terminal. */
	async close(): Promise<void> {
		this.#child.kill('SIGTERM');
		await this.exit;
	}
}
