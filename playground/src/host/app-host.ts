import {
	answerFrame,
	type BrowserServer,
	CookieJar,
	type FrameFetch,
	type PhpBinaries,
	type PhpVersion,
	serve,
} from '../../../src/browser.ts';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { FileFeed } from './file-feed.ts';
import { LoadGenerator } from './load-generator.ts';
import { LogFeed } from './log-feed.ts';
import { PhpTerminal } from './php-terminal.ts';
import type {
	AppFiles,
	AppSettings,
	BinaryFiles,
	ConsoleAnswer,
	ConsoleRequest,
	HostMessage,
	PlaygroundHost,
} from './protocol.ts';
import { StateFeed } from './state-feed.ts';

/** What a request is told that comes too early. */
const NOT_STARTED = 'The app is not running; run it first.';
/** Characters of a console request's answer that are passed on. */
const SHOWN_BODY = 1_000_000;

/** The running app, and everything that is reported about it. */
type RunningApp = {
	server: BrowserServer;
	files: FileFeed;
	state: StateFeed;
	load: LoadGenerator;
	terminal: PhpTerminal;
	/** Of the frame. */
	cookies: CookieJar;
};

/** See `PlaygroundHost`. Runs in the host worker. */
export class AppHost implements PlaygroundHost {
	readonly #tell: (message: HostMessage) => void;
	readonly #log: LogFeed;
	#app: RunningApp | undefined;
	/** The last start or stop; they never overlap. */
	#change: Promise<void> = Promise.resolve();
	/** Ends the start that is under way. */
	#abandon = new AbortController();
	/** Why nothing runs; a sentence. */
	#lack = NOT_STARTED;
	/** Of the newest start or stop: an older one that still waits does nothing. */
	#newest = 0;
	/** By version. The page loads them, so that it need not wait for this worker. */
	readonly #php = new Map<PhpVersion, PromiseWithResolvers<PhpBinaries>>();

	constructor(tell: (message: HostMessage) => void) {
		this.#tell = tell;
		this.#log = new LogFeed((records) => tell({ type: 'log', records }));
	}

	async usePhp(binaries: PhpBinaries): Promise<void> {
		this.#phpOf(binaries.version).resolve(binaries);
	}

	async lackPhp(version: PhpVersion, sentence: string): Promise<void> {
		const { promise, reject } = this.#phpOf(version);
		promise.catch(() => {});
		reject(new Error(sentence));
		// The next start may wait for another attempt.
		this.#php.delete(version);
	}

	start(files: AppFiles, binaries: BinaryFiles, settings: AppSettings): Promise<void> {
		return this.#inTurn(() => this.#start({ ...files, ...binaries }, settings));
	}

	stop(): Promise<void> {
		return this.#inTurn(async () => {});
	}

	async writeFile(path: string, content: string): Promise<void> {
		const app = this.#running();
		app.files.wroteByPage(path, content);
		app.server.files.write(path, content);
	}

	async removeFile(path: string): Promise<void> {
		const app = this.#running();
		app.files.wroteByPage(path, undefined);
		app.server.files.remove(path);
	}

	async request(request: ConsoleRequest): Promise<ConsoleAnswer> {
		const { server } = this.#running();
		const started = performance.now();
		try {
			const response = await send(server, request);
			const body = await response.text();
			return {
				status: response.status,
				headers: [...response.headers],
				body: body.slice(0, SHOWN_BODY),
				milliseconds: performance.now() - started,
			};
		} catch (error) {
			return { status: 0, headers: [], body: String(error), milliseconds: performance.now() - started };
		}
	}

	async runPhp(line: string): Promise<number> {
		return this.#running().terminal.run(line);
	}

	async stopPhp(): Promise<void> {
		this.#running().terminal.stop();
	}

	async load(request: ConsoleRequest, perSecond: number): Promise<void> {
		const { load, server } = this.#running();
		load.run(perSecond, async () => {
			const response = await send(server, request);
			await response.arrayBuffer();
		});
	}

	async restartSidekick(name: string): Promise<void> {
		this.#running().server.sidekicks.restart(name);
	}

	async stopSidekick(name: string): Promise<void> {
		await this.#running().server.sidekicks.stop(name);
	}

	async endThread(thread: number): Promise<void> {
		await this.#running().server.endThread(thread);
	}

	async serve(port: MessagePort): Promise<void> {
		// A frame asks while the app is starting or restarting.
		await this.#settled();
		const fetch: FrameFetch = async (request) => {
			await this.#settled();
			return this.#running().server.fetch(new URL(request.url), request);
		};
		answerFrame(port, fetch, this.#app?.cookies);
	}

	#phpOf(version: PhpVersion): PromiseWithResolvers<PhpBinaries> {
		const known = this.#php.get(version);
		if (known !== undefined) return known;
		const coming = Promise.withResolvers<PhpBinaries>();
		this.#php.set(version, coming);
		return coming;
	}

	#running(): RunningApp {
		if (this.#app === undefined) throw new Error(this.#lack);
		return this.#app;
	}

	/** Resolves when no start and no stop is running or waiting. */
	async #settled(): Promise<void> {
		for (let change: Promise<void> | undefined; change !== this.#change; ) {
			change = this.#change;
			await change;
		}
	}

	#inTurn(action: () => Promise<void>): Promise<void> {
		const number = ++this.#newest;
		// Its code may loop for ever, and what comes next would wait for it.
		this.#abandon.abort(new Error('This start was given up for a newer one.'));
		const done = this.#change.then(async () => {
			if (number !== this.#newest) return;
			await this.#close();
			this.#abandon = new AbortController();
			await action();
		});
		done.catch((error: unknown) => {
			if (number === this.#newest) this.#lack = error instanceof Error ? error.message : String(error);
		});
		this.#change = done.catch(() => {});
		return done;
	}

	async #start(files: Readonly<Record<string, string | Uint8Array>>, settings: AppSettings): Promise<void> {
		this.#lack = NOT_STARTED;
		this.#tell({ type: 'starting' });
		const state = new StateFeed((message) => this.#tell(message));
		const { php = DEFAULTS.phpVersion, ini, workers, sidekickEntrypoint, sidekickEager } = settings;
		const { backgroundWorkers = [] } = settings;
		const server = await serve({
			files,
			root: settings.root,
			workers: workers.map((worker) => ({ ...worker })),
			threads: settings.threads,
			...(sidekickEntrypoint !== undefined && { sidekickEntrypoint }),
			...(sidekickEager !== undefined && { sidekickEager }),
			backgroundWorkers: backgroundWorkers.map((worker) => ({ ...worker })),
			stopTimeout: settings.stopTimeout,
			php,
			binaries: this.#phpOf(php).promise,
			phpIni: { max_execution_time: String(settings.timeLimit), 'opcache.revalidate_freq': '0', ...ini },
			log: this.#log,
			onProgress: (progress) => this.#tell({ type: 'progress', progress }),
			onTrace: (events) => {
				state.count(events);
				this.#tell({ type: 'trace', events });
			},
			onFatal: (error) => this.#tell({ type: 'fatal', message: error.message }),
			signal: this.#abandon.signal,
		});
		state.follow(server);
		this.#app = {
			server,
			state,
			files: new FileFeed(server.files, (changed) => this.#tell({ type: 'files', changed })),
			load: new LoadGenerator(),
			terminal: new PhpTerminal(server, (message) => this.#tell(message)),
			cookies: new CookieJar(),
		};
	}

	async #close(): Promise<void> {
		const app = this.#app;
		if (app === undefined) return;
		this.#app = undefined;
		app.load.stop();
		app.files.close();
		app.state.close();
		await app.server.close();
	}
}

function send(server: BrowserServer, { method, path, body }: ConsoleRequest): Promise<Response> {
	const hasBody = body !== '' && method !== 'GET' && method !== 'HEAD';
	return server.fetch(path.startsWith('/') ? path : `/${path}`, {
		method,
		...(hasBody && { body, headers: { 'Content-Type': typeOf(body) } }),
	});
}

/** The most likely type of a body from the console. */
function typeOf(body: string): string {
	if (/^\s*[[{]/.test(body)) return 'application/json';
	return /^[^\s=&]+=/.test(body) ? 'application/x-www-form-urlencoded' : 'text/plain; charset=utf-8';
}
