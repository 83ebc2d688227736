import type {
	PhpBinaries,
	PhpVersion,
	SidekickInfo,
	StartProgress,
	ThreadStatus,
	TraceEvent,
} from '../../../src/browser.ts';

/** The files of an app by path, relative to its folder (`public/index.php`). All of them are text. */
export type AppFiles = Readonly<Record<string, string>>;

/** Its files that are not text: path → content. */
export type BinaryFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** How an app is served; the paths are names of its files. */
export type AppSettings = {
	/** Default: that of the server. */
	readonly php?: PhpVersion;
	/** Lines of php.ini. */
	readonly ini?: Readonly<Record<string, string>>;
	/** The document root, a folder of the app. */
	readonly root: string;
	readonly workers: readonly { readonly file: string; readonly num: number }[];
	/** Threads for classic requests. */
	readonly threads: number;
	readonly sidekickEntrypoint?: string;
	readonly sidekickEager?: readonly string[];
	readonly backgroundWorkers?: readonly { readonly name: string; readonly file: string; readonly num: number }[];
	/** Seconds that a request may take; 0 = no limit. */
	readonly timeLimit: number;
	/** Milliseconds that a sidekick gets to end after its stop flag. */
	readonly stopTimeout: number;
};

/** A request from the console. */
export type ConsoleRequest = { readonly method: string; readonly path: string; readonly body: string };

/** Its answer; `milliseconds` from the call to the end of the body. */
export type ConsoleAnswer = {
	readonly status: number;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: string;
	readonly milliseconds: number;
};

/** A variable of a snapshot, as text; `value` is cut to 4 KiB. */
export type SnapshotVariable = { readonly key: string; readonly value: string; readonly size: number };

/** A sidekick and what it has published. */
export type SidekickView = SidekickInfo & { readonly variables: readonly SnapshotVariable[] };

/** A record of the log. `at` in milliseconds since 1970. */
export type LogRecord = {
	readonly at: number;
	readonly level: 'debug' | 'info' | 'warn' | 'error';
	readonly message: string;
	/** The sidekick or thread that it is about, for people; '' = the server. */
	readonly source: string;
};

/** What PHP has printed in the terminal. */
export type TerminalText = { readonly kind: 'stdout' | 'stderr'; readonly text: string };

/** What the host worker tells the page, by `postMessage`, about every 16 ms while something happens. */
export type HostMessage =
	/** From now on, messages are about the latest start. */
	| { readonly type: 'starting' }
	| { readonly type: 'progress'; readonly progress: StartProgress }
	| { readonly type: 'trace'; readonly events: readonly TraceEvent[] }
	| { readonly type: 'log'; readonly records: readonly LogRecord[] }
	/** A script of the app has written or removed files: their new content, undefined = removed. */
	| { readonly type: 'files'; readonly changed: Readonly<Record<string, string | undefined>> }
	| { readonly type: 'terminal'; readonly texts: readonly TerminalText[] }
	/** Four times a second while the app runs. */
	| {
			readonly type: 'state';
			readonly sidekicks: readonly SidekickView[];
			readonly threads: readonly ThreadStatus[];
			/** Answers in the last second, of all requests. */
			readonly rate: number;
	  }
	/** The app cannot continue (a worker that fails at every start, …); a sentence. */
	| { readonly type: 'fatal'; readonly message: string };

/** What the page asks of the host worker, over comlink. The app runs there: the page may be busy, or hidden. */
export interface PlaygroundHost {
	/** A version of PHP has been loaded; starts wait for theirs. */
	usePhp(binaries: PhpBinaries): Promise<void>;
	/** PHP could not be loaded, as the sentence explains: waiting starts fail. */
	lackPhp(version: PhpVersion, sentence: string): Promise<void>;
	/**
	 * Ends what runs or starts, writes the files and starts the app. Rejects with a sentence when it cannot start, or when
	 * another start or a stop comes first.
	 */
	start(files: AppFiles, binaries: BinaryFiles, settings: AppSettings): Promise<void>;
	/** Ends the app, or its start. */
	stop(): Promise<void>;
	/** Writes one file of the running app, and its watchers notice. */
	writeFile(path: string, content: string): Promise<void>;
	removeFile(path: string): Promise<void>;
	/** Sends one request. Never rejects for what PHP does; see `status`. */
	request(request: ConsoleRequest): Promise<ConsoleAnswer>;
	/**
	 * Runs a line of the terminal, on a thread of its own; what it prints comes as messages. Resolves with the exit status,
	 * rejects with a sentence when it was stopped.
	 */
	runPhp(line: string): Promise<number>;
	/** Ends what `runPhp()` runs, whatever it is doing. */
	stopPhp(): Promise<void>;
	/** A steady load of this many requests per second; 0 = none. */
	load(request: ConsoleRequest, perSecond: number): Promise<void>;
	restartSidekick(name: string): Promise<void>;
	stopSidekick(name: string): Promise<void>;
	/** Terminates a thread, whatever it is doing: an endless loop, or a deliberate crash. */
	endThread(thread: number): Promise<void>;
	/**
	 * A request of the frame, from the service worker; the answer goes to the port, once a running start is over.
	 * See `src/platform/browser`.
	 */
	serve(port: MessagePort): Promise<void>;
}
