import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { AdminTarget } from '../../../src/admin/admin-target.ts';
import { type AdminServer, openAdminServer } from '../../../src/platform/node/operations/admin-server.ts';
import type { AdminEndpoint } from '../../../src/scopes/admin-address.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import type { TestScope } from './scope.ts';

/** A server for the admin API to control, as plain data. */
export class TestTarget implements AdminTarget {
	running: TestScope[];
	configuration: unknown = { global: {}, sites: [], warnings: [] };
	readonly loads: { text: string; file: string | undefined; format?: 'json' }[] = [];
	warned: unknown[] = [];
	stops = 0;
	onLoad: () => Promise<void> = async () => {};

	constructor(...scopes: TestScope[]) {
		this.running = scopes;
	}

	scopes(): readonly TestScope[] {
		return this.running;
	}

	config(): unknown {
		return this.configuration;
	}

	warnings(): readonly unknown[] {
		return this.warned;
	}

	async load(text: string, file: string | undefined, format: 'caddyfile' | 'json'): Promise<void> {
		this.loads.push({ text, file, ...(format === 'json' && { format }) });
		await this.onLoad();
	}

	stop(): void {
		this.stops++;
	}
}

export interface TestAdmin {
	readonly server: AdminServer;
	readonly log: CapturingLogger;
	readonly ask: (method: string, path: string, more?: Question) => Promise<Reply>;
}

export interface Question {
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

export interface Reply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** Of a body that is JSON. */
	readonly json: unknown;
}

/** Opens the admin API on any free port; it is closed with the test. */
export async function openAdmin(target: AdminTarget, more: Partial<AdminEndpoint> = {}): Promise<TestAdmin> {
	const log = new CapturingLogger();
	const endpoint: AdminEndpoint = { host: '127.0.0.1', port: 0, origins: [], enforceOrigin: false, ...more };
	const server = await openAdminServer(target, endpoint, log);
	onTestFinished(() => server.close());
	return { server, log, ask: (method, path, question) => ask(server.url, method, path, question) };
}

/** One request on a connection of its own; the path is sent as it is. */
export async function ask(url: string, method: string, path: string, question: Question = {}): Promise<Reply> {
	const { hostname, port } = new URL(url);
	const sent = request({
		hostname: hostname.replace(/^0\.0\.0\.0$/, '127.0.0.1'),
		port,
		method,
		path,
		headers: { ...question.headers },
		agent: false,
	});
	// A body that is refused may still be on its way when the answer is here.
	sent.on('error', () => {});
	sent.end(question.body);
	const [response] = await once(sent, 'response');
	const body = await text(response);
	const isJson = String(response.headers['content-type']).startsWith('application/json') && body !== '';
	return {
		status: response.statusCode,
		headers: response.headers,
		body,
		json: isJson ? JSON.parse(body) : undefined,
	};
}
