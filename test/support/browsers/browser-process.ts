import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_FLAGS } from './chromium-flags.ts';
import { FIREFOX_PREFERENCES } from './firefox-preferences.ts';
import { type BrowserName, browserProgram, missingBrowser } from './installed-browsers.ts';

/** How long a browser gets to end by itself, milliseconds. */
const END = 5000;

/** What ends this process, and has to end the browser with it. */
const SIGNALS = ['SIGTERM', 'SIGHUP'] as const;

/** No window, and a tab that is never "in the background". */
const CHROMIUM_IN_FRONT = [
	'--headless',
	'--disable-background-timer-throttling',
	'--disable-backgrounding-occluded-windows',
	'--disable-renderer-backgrounding',
];

/** The servers of browser tests have certificates that nobody else trusts. */
const CHROMIUM_TRUSTING = '--ignore-certificate-errors';

/** A browser of this machine with one page, without a window, on a profile of its own. */
export class BrowserProcess {
	readonly #process: ChildProcess;
	readonly #profile: string;
	readonly #ended: Promise<void>;
	#closing = false;
	#isOver = false;

	/**
	 * Opens the page. `onEnd` hears a sentence when the browser ends by itself.
	 *
	 * @throws Error when the browser is not on this machine
	 */
	constructor(name: BrowserName, url: string, onEnd: (sentence: string) => void) {
		const program = browserProgram(name);
		if (program === undefined) throw new Error(missingBrowser(name));
		this.#profile = mkdtempSync(join(tmpdir(), `igor-${name}-`));
		const flags = name === 'chromium' ? this.#chromium() : this.#firefox();
		// A group of its own: Debian's programs are scripts that start others.
		this.#process = spawn(program, [...flags, url], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
		let complaints = '';
		this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
			complaints = (complaints + text).slice(-2000);
		});
		this.#ended = new Promise((resolve) => {
			this.#process.once('error', (error) => {
				if (!this.#closing) onEnd(`${program} does not start: ${error.message}`);
				resolve();
			});
			this.#process.once('exit', (status, signal) => {
				// The rest of its group, at once: later the number may be another one's.
				this.#signal('SIGKILL');
				this.#isOver = true;
				if (!this.#closing) onEnd(`${program} ended by itself (${signal ?? status}). It said last:\n${complaints}`);
				resolve();
			});
		});
		process.once('exit', this.#kill);
		for (const signal of SIGNALS) process.once(signal, this.#onSignal);
	}

	/** Ends the browser, whatever it does, and removes its profile. */
	async close(): Promise<void> {
		this.#closing = true;
		this.#signal('SIGTERM');
		const timer = setTimeout(() => this.#signal('SIGKILL'), END);
		await this.#ended;
		clearTimeout(timer);
		this.#removeProfile();
		process.off('exit', this.#kill);
		for (const signal of SIGNALS) process.off(signal, this.#onSignal);
	}

	readonly #kill = (): void => {
		this.#signal('SIGKILL');
		this.#removeProfile();
	};

	/** What a dying process still writes must not make this fail. */
	#removeProfile(): void {
		rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
	}

	/** A process that is ended by a signal has no 'exit' event. */
	readonly #onSignal = (signal: NodeJS.Signals): void => {
		this.#kill();
		if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
	};

	/** To the whole group. */
	#signal(signal: NodeJS.Signals): void {
		try {
			if (this.#process.pid !== undefined && !this.#isOver) process.kill(-this.#process.pid, signal);
		} catch {
			// It has ended already.
		}
	}

	#chromium(): string[] {
		return [...CHROMIUM_FLAGS, ...CHROMIUM_IN_FRONT, CHROMIUM_TRUSTING, `--user-data-dir=${this.#profile}`];
	}

	#firefox(): string[] {
		const lines = Object.entries(FIREFOX_PREFERENCES).map(
			([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
		);
		writeFileSync(join(this.#profile, 'user.js'), lines.join(''));
		return ['--headless', '--no-remote', '--profile', this.#profile];
	}
}
