import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { serve } from 'igor-php';
import { afterAll, beforeAll } from 'vitest';
import type { ServeOptions, Server } from '../../../../src/index.ts';
import type { Mode } from '../../../support/application.ts';
import { eventually } from '../../../support/eventually.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** A request as it goes over the wire: nothing is added but Host, the script's name, and the length of the body. */
export type WireRequest = {
	method?: string;
	/** What follows the name of the PHP file: a path info, a query. */
	rest?: string;
	/** The whole target; wins over `rest`. */
	target?: string;
	host?: string;
	/** Flat: name, value, name, value, … */
	headers?: readonly string[];
	/** A list is sent chunked, without a length. */
	body?: string | Uint8Array | readonly string[];
};

export type WireAnswer = { status: number; body: string; headers: IncomingMessage['headers'] };

/** A server on a copy of test/php/fidelity/fixtures, with a socket; `state` is where scripts and tests meet by files. */
export class FidelityServer implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-fidelity-')));
	server!: Server;

	static async start(options: ServeOptions = {}, workerThreads = 1): Promise<FidelityServer> {
		const started = new FidelityServer();
		cpSync(FIXTURES, started.folder, { recursive: true });
		mkdirSync(join(started.folder, 'state'));
		try {
			started.server = await serve({
				threads: workerThreads,
				...options,
				root: started.folder,
				workers: [{ file: join(started.folder, 'worker.php'), num: workerThreads }],
				listen: '127.0.0.1:0',
				log: false,
			});
		} catch (error) {
			rmSync(started.folder, { recursive: true, force: true });
			throw error;
		}
		return started;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Sends exactly what is asked for. */
	async send(mode: Mode, script: string, options: WireRequest = {}): Promise<WireAnswer> {
		const { hostname, port, host } = new URL(this.server.url ?? '');
		const { method = 'GET', rest = '', headers = [], body } = options;
		const length = typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : undefined;
		const answer = await new Promise<IncomingMessage>((resolve, reject) => {
			const message = request(
				{
					hostname,
					port,
					method,
					path: options.target ?? `/${mode === 'worker' ? 'worker' : 'index'}.php${rest}`,
					agent: false,
					signal: AbortSignal.timeout(20_000),
					headers: [
						...['Host', options.host ?? host, 'X-Script', script],
						...(length === undefined ? [] : ['Content-Length', String(length)]),
						...(body !== undefined && length === undefined ? ['Transfer-Encoding', 'chunked'] : []),
						...headers,
					],
				},
				resolve,
			);
			message.on('error', reject);
			if (typeof body === 'string' || body instanceof Uint8Array) message.write(body);
			else for (const chunk of body ?? []) message.write(chunk);
			message.end();
		});
		return { status: answer.statusCode ?? 0, body: await text(answer), headers: answer.headers };
	}

	/** What the script returned. */
	async ask<T = Record<string, unknown>>(mode: Mode, script: string, options: WireRequest = {}): Promise<T> {
		const { status, body } = await this.send(mode, script, options);
		if (status !== 200) throw new Error(`Status ${status}: ${body}`);
		try {
			return JSON.parse(body) as T;
		} catch {
			throw new Error(`The script ${script} answered something else than JSON: ${body.slice(0, 1000)}`);
		}
	}

	/** Opens a gate that a script waits for. */
	put(name: string, content = ''): void {
		const path = join(this.folder, 'state', name);
		writeFileSync(`${path}.new`, content);
		renameSync(`${path}.new`, path);
	}

	has(name: string): boolean {
		return existsSync(join(this.folder, 'state', name));
	}

	/** Waits until a script has left that file. */
	left(name: string): Promise<unknown> {
		return eventually(`the file ${name}`, () => this.has(name));
	}
}

/** One server for all tests of a file or group. */
export function useFidelityServer(options: ServeOptions = {}, workerThreads = 1): () => FidelityServer {
	let started: FidelityServer | undefined;
	beforeAll(async () => {
		started = await FidelityServer.start(options, workerThreads);
	});
	afterAll(() => started?.[Symbol.asyncDispose]());
	return () => {
		if (started === undefined) throw new Error('The server did not start.');
		return started;
	};
}
