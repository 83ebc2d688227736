import type { BrowserServer } from '../../../src/browser.ts';
import { phpArguments } from './php-line.ts';
import type { HostMessage, TerminalText } from './protocol.ts';

/** Milliseconds from the first text to its report. */
const PAUSE = 50;
/** Characters that a report may have: a script that prints without end must not drown the page. */
const MOST = 50_000;

/** Runs lines of the terminal, and reports what they print. */
export class PhpTerminal {
	readonly #server: BrowserServer;
	readonly #tell: (message: HostMessage) => void;
	#stop = new AbortController();
	#texts: TerminalText[] = [];
	#length = 0;

	constructor(server: BrowserServer, tell: (message: HostMessage) => void) {
		this.#server = server;
		this.#tell = tell;
	}

	/** Resolves with the exit status, after all that it prints has been reported; rejects when it was stopped. */
	async run(line: string): Promise<number> {
		const { files } = this.#server;
		const args = phpArguments(line, (name) => files.read(name) !== undefined);
		this.#stop = new AbortController();
		const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
		try {
			return await this.#server.phpCli(args, {
				onOutput: (stream, bytes) => this.#add(stream, decoders[stream].decode(bytes, { stream: true })),
				signal: this.#stop.signal,
			});
		} finally {
			this.#flush();
		}
	}

	stop(): void {
		this.#stop.abort(new Error('Stopped.'));
	}

	#add(kind: TerminalText['kind'], text: string): void {
		if (this.#length === 0) setTimeout(() => this.#flush(), PAUSE);
		const room = MOST - this.#length;
		if (room > 0) this.#texts.push({ kind, text: text.slice(0, room) });
		this.#length += text.length;
	}

	#flush(): void {
		const texts = this.#texts;
		if (this.#length === 0) return;
		if (this.#length > MOST) {
			texts.push({ kind: 'stderr', text: `\n… ${this.#length - MOST} more characters are not shown\n` });
		}
		this.#texts = [];
		this.#length = 0;
		this.#tell({ type: 'terminal', texts });
	}
}
