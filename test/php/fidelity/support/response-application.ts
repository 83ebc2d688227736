import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from 'igor-php';
import { afterAll, beforeAll } from 'vitest';
import type { ServeOptions, Server } from '../../../../src/index.ts';
import type { RawClient } from '../../../robustness/support/raw-client.ts';
import type { Mode } from '../../../support/application.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Exchange, parseExchange, sendRequest } from './response-exchange.ts';

const FIXTURES = fileURLToPath(new URL('../response-fixtures', import.meta.url));

type Request = { method?: string; headers?: Record<string, string> };

/** A server with a socket on a copy of response-fixtures. */
export class ResponseApplication implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-response-')));
	readonly log = new CapturingLogger();
	server!: Server;

	static async start(options: Partial<ServeOptions> = {}): Promise<ResponseApplication> {
		const application = new ResponseApplication();
		const { folder, log } = application;
		cpSync(FIXTURES, folder, { recursive: true });
		application.server = await serve({
			threads: 1,
			...options,
			root: folder,
			listen: '127.0.0.1:0',
			workers: [{ file: join(folder, 'worker.php'), num: options.threads ?? 1 }],
			log,
		});
		return application;
	}

	/** The path of a request that runs scripts/`script`.php. */
	path(mode: Mode, script: string, parameters: Record<string, string> = {}): string {
		return `/${mode === 'worker' ? 'worker' : 'index'}.php?${new URLSearchParams({ script, ...parameters })}`;
	}

	/** Sends a request; the caller looks at the bytes that come. */
	open(mode: Mode, script: string, parameters: Record<string, string> = {}, request: Request = {}): RawClient {
		return sendRequest(this.server.url, this.path(mode, script, parameters), request);
	}

	/** What a client gets until the server ends the connection. */
	async ask(
		mode: Mode,
		script: string,
		parameters: Record<string, string> = {},
		request: Request = {},
	): Promise<Exchange> {
		using client = this.open(mode, script, parameters, request);
		await eventually(`the end of ${script} in ${mode} mode`, () => client.socket.closed, 20);
		return parseExchange(client.received);
	}

	/** Opens the gate that a script waits at. */
	put(name: string): void {
		writeFileSync(join(this.folder, 'state', name), '');
	}

	/** Whether a script has left that file. */
	has(name: string): boolean {
		return existsSync(join(this.folder, 'state', name));
	}

	/** What a script has left, once it is there and complete. */
	left(name: string): Promise<string> {
		const path = join(this.folder, 'state', name);
		return eventually(`the file ${name}`, () => existsSync(path) && readFileSync(path, 'utf8'));
	}

	/** Waits until a record of the log, made after the first `from` ones, has such a message. */
	logged(pattern: RegExp, from = 0): Promise<string> {
		return eventually(
			`${pattern} in the log`,
			() => this.log.records.slice(from).find(({ message }) => pattern.test(message))?.message,
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** One server for all tests of a file or group. */
export function useResponseApplication(options: Partial<ServeOptions> = {}): () => ResponseApplication {
	let application: ResponseApplication | undefined;
	beforeAll(async () => {
		application = await ResponseApplication.start(options);
	});
	afterAll(() => application?.[Symbol.asyncDispose]());
	return () => {
		if (application === undefined) throw new Error('The server of these tests did not start.');
		return application;
	};
}
