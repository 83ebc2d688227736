import { MessageChannel, Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { RunningScope } from '../../../../../src/application/scope.ts';
import { startScope } from '../../../../../src/application/start-scope.ts';
import type { ServeOptions } from '../../../../../src/config/options.ts';
import { resolveOptions } from '../../../../../src/config/resolve-options.ts';
import type { PhpVersion } from '../../../../../src/config/values.ts';
import type { PhpFailure } from '../../../../../src/http/php-port.ts';
import type { ThreadControl, ThreadEvent } from '../../../../../src/php-thread/thread-messages.ts';
import { loadPhpBinaries } from '../../../../../src/platform/node/threads/node-binaries.ts';
import { byteStrings } from '../../../../../src/platform/node/threads/node-byte-strings.ts';
import { createFilesBuffer } from '../../../../../src/shared-memory/files/layout.ts';
import { SharedFiles } from '../../../../../src/shared-memory/files/shared-files.ts';
import type { ThreadFactory } from '../../../../../src/threads/thread-port.ts';
import { aRequest } from '../../../../dispatch/request.ts';
import type { CapturingLogger } from '../../../../support/capturing-logger.ts';
import type { SharedServer } from '../shared-server.ts';
import type { SharedThreadData } from './shared-thread.ts';

/** Folders that PHP sees; /app is the root. */
const FOLDERS = ['/app', '/tmp'];

/** PHP threads in worker threads of Node, on shared files and nothing else. */
class NodeSharedServer implements SharedServer {
	readonly files = new SharedFiles(createFilesBuffer());
	running!: RunningScope;
	readonly #log: CapturingLogger;
	#threads = 0;

	constructor(log: CapturingLogger) {
		this.#log = log;
	}

	async start(files: Record<string, string>, options: ServeOptions): Promise<void> {
		for (const [path, content] of Object.entries(files)) this.files.write(path, content);
		const resolved = resolveOptions(
			{ threads: 1, ...options, root: '/app' },
			{
				cwd: '/app',
				resolve: (path) => (path.startsWith('/') ? path : `/app/${path}`),
				look: (path) => this.files.look(path),
			},
		);
		const threads = await this.#factory(resolved.phpVersion, resolved.env, resolved.phpIni);
		this.running = await startScope(
			resolved,
			{ threads, byteStrings, startsInTurn: false, entrypointProblem: () => undefined },
			this.#log,
		);
	}

	close(): Promise<void> {
		return this.running.close();
	}

	run(script: string, query: Record<string, string | number>): Promise<string> {
		const { promise, resolve, reject } = Promise.withResolvers<string>();
		let text = '';
		let code = 0;
		const finish = (): void => (code === 200 ? resolve(text) : reject(new Error(`${code} ${text}`)));
		const queryString = Object.entries(query)
			.map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
			.join('&');
		const exchange = this.running.gateway.submit(
			aRequest({
				requestUri: `/${script}?${queryString}`,
				queryString,
				scriptFilename: `/app/${script}`,
				scriptName: `/${script}`,
				documentRoot: '/app',
			}),
			{
				informational: () => {},
				head: (status) => {
					code = status;
				},
				complete: (status, _reason, _headers, body) => {
					code = status;
					text = Buffer.from(body, 'latin1').toString();
					finish();
				},
				write: (chunk) => {
					text += Buffer.from(chunk).toString('latin1');
					return true;
				},
				end: () => {
					text = Buffer.from(text, 'latin1').toString();
					finish();
				},
				fail: (failure: PhpFailure) => reject(new Error(`${failure.status} ${failure.message}`)),
				wantBody: () => exchange.endBody(),
			},
		);
		return promise;
	}

	async #factory(
		version: PhpVersion,
		env: Readonly<Record<string, string>>,
		phpIni: Readonly<Record<string, string>>,
	): Promise<ThreadFactory> {
		const binaries = await loadPhpBinaries(version, []);
		const ini = [binaries.ini, ...Object.entries(phpIni).map(([key, value]) => `${key}=${value}`)].join('\n');
		return {
			start: (buffers, extra, listener) => {
				const { port1, port2 } = new MessageChannel();
				const processId = ++this.#threads;
				const data: SharedThreadData = {
					...binaries,
					ini,
					env: { ...env, ...extra },
					files: this.files.buffer,
					folders: FOLDERS,
					processId,
					buffers,
					control: port2,
				};
				const worker = new Worker(new URL('./shared-thread.ts', import.meta.url), {
					workerData: data,
					transferList: [port2],
					env: {},
					execArgv: ['--no-warnings'],
				});
				const control = wrap<ThreadControl>(nodeEndpoint(port1));
				worker.on('message', (event: ThreadEvent) => listener.event(event));
				worker.on('error', (error) => this.#log.error(String(error)));
				worker.on('exit', () => {
					port1.close();
					this.files.releaseThread(processId, true);
					listener.ended(undefined, true);
				});
				return {
					id: worker.threadId,
					processId,
					assume: (role) => control.assume(role),
					terminate: async () => {
						await worker.terminate();
					},
				};
			},
		};
	}
}

/** Starts it; paths of `files` and of options are below /app. */
export async function openSharedServer(
	files: Record<string, string>,
	options: ServeOptions,
	log: CapturingLogger,
): Promise<SharedServer> {
	const server = new NodeSharedServer(log);
	await server.start(files, options);
	return server;
}
