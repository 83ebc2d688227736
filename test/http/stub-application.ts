import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunningScope } from '../../src/application/scope.ts';
import type { Server } from '../../src/application/server.ts';
import type { ResolvedOptions } from '../../src/config/options.ts';
import type { PhpExchange, PhpPort, PhpRequest, ResponseSink } from '../../src/http/php-port.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { openServer } from '../../src/platform/node/server/open-server.ts';
import type { SidekickControl } from '../../src/sidekicks/control.ts';

/** What a stubbed PHP does with one request: answers through `sink`, returns the exchange. */
export type Script = (request: PhpRequest, sink: ResponseSink) => Partial<PhpExchange> | undefined;

export const OK: Script = (_request, sink) => {
	setImmediate(() => sink.complete(200, undefined, ['Content-Type', 'text/plain'], 'ok'));
	return undefined;
};

/** Reads the whole body, then tells its length; each chunk is answered by 'enough for now'. */
export const COUNT_BODY: Script = (_request, sink) => {
	let bytes = 0;
	setImmediate(() => sink.wantBody());
	return {
		pushBody(chunk) {
			bytes += chunk.byteLength;
			setImmediate(() => sink.wantBody());
			return false;
		},
		endBody: () => sink.complete(200, undefined, [], String(bytes)),
	};
};

/** Sends bytes (latin1), resolves with everything that came back until the connection ended, or broke after that. */
export function raw(url: string, text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		let answer = '';
		const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text, 'latin1'));
		socket.setEncoding('latin1').on('data', (chunk) => {
			answer += chunk;
		});
		socket.on('close', () => resolve(answer)).on('error', (error) => answer === '' && reject(error));
	});
}

/** A folder with these files, real path. */
export function folderWith(files: Record<string, string>): string {
	const root = realpathSync(mkdtempSync(join(tmpdir(), 'igor-http-')));
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), content);
	}
	return root;
}

/** PHP threads that are `script`. */
export function stubGateway(script: Script): PhpPort {
	const nothing = (): void => {};
	return {
		submit: (request, sink) => ({
			pushBody: () => true,
			endBody: nothing,
			abortBody: nothing,
			drained: nothing,
			abort: nothing,
			...script(request, sink),
		}),
	};
}

/** The real HTTP side on a free port, in front of a PHP that is `script`. */
export async function serveStub(
	script: Script,
	more: Partial<ResolvedOptions> & { files?: Record<string, string>; onClose?: (patience?: number) => void } = {},
): Promise<Server & { url: string; root: string }> {
	const { files, onClose, ...given } = more;
	const root = more.root ?? folderWith({ 'index.php': '', 'style.css': 'body {}', ...files });
	const scope: RunningScope = {
		name: 'stub',
		gateway: stubGateway(script),
		sidekicks: { list: () => [], get: () => undefined, restart: () => Promise.resolve() } as unknown as SidekickControl,
		fileLocks: new SharedArrayBuffer(0),
		threads: () => [],
		measures: () => ({ totalThreads: 0, busyThreads: 0, queueDepth: 0, workers: [] }),
		onSidekickEvent: () => () => {},
		restartWorkers: () => Promise.resolve(),
		endThread: () => Promise.resolve(false),
		drain: () => {},
		close: async (patience) => onClose?.(patience),
		onFatal: () => {},
	};
	const options: ResolvedOptions = {
		name: 'stub',
		root,
		listen: { host: '127.0.0.1', port: 0 },
		workers: [],
		sidekicks: undefined,
		threads: 1,
		maxThreads: 1,
		maxWaitTime: 0,
		maxIdleTime: 5000,
		maxRequests: 0,
		maxThreadMemory: 0,
		phpVersion: '8.4',
		env: {},
		extensions: [],
		network: undefined,
		processes: undefined,
		phpIni: {},
		visiblePaths: [],
		stopTimeout: 1000,
		...given,
	};
	const server = await openServer(options, scope, silentLogger);
	onTestFinished(() => server.close());
	return Object.assign(server as Server & { url: string }, { root });
}
