import type {
	AppFiles,
	AppSettings,
	ConsoleAnswer,
	ConsoleRequest,
	HostMessage,
	PlaygroundHost,
	SidekickView,
} from '../../../playground/src/host/protocol.ts';
import type { ThreadStatus, TraceEvent } from '../../../src/browser.ts';
import { answerFrame } from '../../../src/platform/browser/page/answer-frame.ts';

const SLOW = 800;
/** Acts as if an app ran: threads 1 and 2 are workers, 3 and 4 sidekicks. A path with `loop` never answers. */
export class FakeHost implements PlaygroundHost {
	readonly #tell: (message: HostMessage) => void;
	#files: Record<string, string> = {};
	#timers: ReturnType<typeof setInterval>[] = [];
	#loadTimer: ReturnType<typeof setInterval> | undefined;
	#version = 0;
	#request = 0;
	#served = 0;
	#stuck = new Map<number, () => void>();
	#perSecond = 0;

	constructor(tell: (message: HostMessage) => void) {
		this.#tell = tell;
	}

	async start(files: AppFiles, _: AppSettings): Promise<void> {
		await this.stop();
		this.#files = { ...files };
		for (const [name, content] of Object.entries(files)) {
			if (content.includes('FAIL'))
				throw new Error(
					`The worker ${name} ended before its loop: PHP Parse error on line 3. Correct it, and run it again.`,
				);
		}
		const total = 5_670_000;
		for (let loaded = 0; loaded < total; loaded += 700_000) {
			this.#tell({ type: 'progress', progress: { step: 'download', loaded, total } });
			await pause(SLOW / 10);
		}
		this.#tell({ type: 'progress', progress: { step: 'compile' } });
		await pause(SLOW / 4);
		for (let ready = 0; ready <= 4; ready++) {
			this.#tell({ type: 'progress', progress: { step: 'threads', ready, total: 4 } });
			await pause(SLOW / 8);
		}
		this.#tell({ type: 'progress', progress: { step: 'ready' } });
		this.#trace(
			[1, 2].map((thread) => ({ type: 'thread', at: now(), thread, role: 'worker', label: 'public/index.php' })),
		);
		this.#log(
			'info',
			'The sidekick feature-flags has published for the first time, 212 ms after its start.',
			'feature-flags',
		);
		this.#publish();
		this.#timers = [setInterval(() => this.#state(), 250), setInterval(() => this.#publish(), 2500)];
	}

	async stop(): Promise<void> {
		for (const timer of this.#timers) clearInterval(timer);
		clearInterval(this.#loadTimer);
		this.#timers = [];
	}

	async writeFile(path: string, content: string): Promise<void> {
		this.#files[path] = content;
		this.#log('debug', `${path} has changed.`, '');
		this.#publish();
	}

	async removeFile(path: string): Promise<void> {
		delete this.#files[path];
	}

	async request({ method, path, body }: ConsoleRequest): Promise<ConsoleAnswer> {
		const began = performance.now();
		const request = ++this.#request;
		const thread = 1 + (request % 2);
		this.#trace([
			{ type: 'submitted', at: now(), request, method, url: path },
			{ type: 'requestBegan', at: now(), thread, request },
		]);
		if (path.includes('loop')) await new Promise<void>((resolve) => this.#stuck.set(thread, resolve));
		else await pause(4 + Math.random() * 10);
		if (path.includes('write')) {
			this.#files['var/state.json'] = JSON.stringify({ request });
			this.#tell({ type: 'files', changed: { 'var/state.json': this.#files['var/state.json'] } });
		}
		this.#served++;
		this.#trace([
			{ type: 'requestEnded', at: now(), thread, request },
			{ type: 'answered', at: now(), request, status: 200 },
		]);
		return {
			status: path.includes('loop') ? 500 : path.includes('missing') ? 404 : 200,
			headers: [
				['content-type', 'application/json'],
				['x-powered-by', 'PHP/8.4.12'],
			],
			body: JSON.stringify({ method, path, body, thread, flags: { 'flag.new-checkout': 'on' } }),
			milliseconds: performance.now() - began,
		};
	}

	async load(request: ConsoleRequest, perSecond: number): Promise<void> {
		clearInterval(this.#loadTimer);
		this.#perSecond = perSecond;
		if (perSecond > 0) this.#loadTimer = setInterval(() => void this.request(request), 1000 / perSecond);
	}

	async restartSidekick(name: string): Promise<void> {
		this.#log('warn', `The sidekick ${name} is being restarted.`, name);
	}

	async stopSidekick(name: string): Promise<void> {
		this.#log('error', `The sidekick ${name} ignored its stop flag for 5000 ms; its thread was ended.`, name);
	}

	async endThread(thread: number): Promise<void> {
		this.#stuck.get(thread)?.();
		this.#stuck.delete(thread);
	}

	async serve(port: MessagePort): Promise<void> {
		answerFrame(port, async ({ url }) => {
			const files = Object.keys(this.#files).length;
			return new Response(`<!doctype html><title>App</title><h1>The app</h1><p>${url}</p><p>${files} files</p>`, {
				headers: { 'Content-Type': 'text/html' },
			});
		});
	}

	#publish(): void {
		const version = ++this.#version;
		this.#trace([{ type: 'published', at: now(), thread: 3, name: 'feature-flags', version, first: version === 1 }]);
		if (version % 4 === 0) this.#log('info', 'flags.json is fine, flags: 3', 'feature-flags');
	}

	#state(): void {
		const threads = [
			thread(1, 'worker', 'public/index.php', this.#stuck.has(1) ? 'busy' : 'waiting', this.#served >> 1),
			thread(2, 'worker', 'public/index.php', this.#stuck.has(2) ? 'busy' : 'waiting', this.#served >> 1),
			thread(3, 'sidekick', 'sidekick feature-flags', 'busy', 0),
			thread(4, 'sidekick', 'sidekick machine-load', 'busy', 0),
			thread(5, 'spare', 'spare', 'waiting', 0),
		];
		this.#tell({
			type: 'state',
			threads,
			rate: this.#perSecond,
			sidekicks: [
				sidekick('feature-flags', 'ready', this.#version, {
					'flag.new-checkout': this.#version % 2 ? 'on' : 'off',
					'flag.headline': 'Sidekicks at work',
					'flag.accent': 'violet',
					STATUS: 'flags.json is fine, flags: 3',
				}),
				sidekick('machine-load', 'restarting', 7, { LOAD_1: '0.42', LOAD_5: '0.37', CPUS: '2' }),
			],
		});
	}

	#trace(events: TraceEvent[]): void {
		this.#tell({ type: 'trace', events });
	}

	#log(level: 'debug' | 'info' | 'warn' | 'error', message: string, source: string): void {
		this.#tell({ type: 'log', records: [{ at: Date.now(), level, message, source }] });
	}
}

function now(): number {
	return performance.timeOrigin + performance.now();
}

function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function thread(id: number, role: ThreadStatus['role'], label: string, state: ThreadStatus['state'], requests: number) {
	return { id, role, label, state, waitingFor: 0, requests, memory: 38_000_000 + id * 1_300_000 };
}

function sidekick(
	name: string,
	state: SidekickView['state'],
	version: number,
	vars: Record<string, string>,
): SidekickView {
	const variables = Object.entries(vars).map(([key, value]) => ({ key, value, size: value.length }));
	return {
		name,
		state,
		attempts: 1,
		restarts: state === 'restarting' ? 2 : 0,
		failures: 0,
		starts: 1,
		crashes: 0,
		bootFailures: 0,
		publications: version,
		readersWaiting: 0,
		timeToReady: 212,
		startedAt: Date.now(),
		lastPublication: Date.now() - (state === 'restarting' ? 14_000 : 300),
		version,
		size: 240,
		lastError:
			state === 'restarting'
				? 'PHP Fatal error: Uncaught RuntimeException: /proc/loadavg is gone in src/MachineLoad.php:31'
				: undefined,
		exitStatus: undefined,
		threadId: 3,
		variables,
	};
}
