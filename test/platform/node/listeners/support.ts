import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { type Agent as PlainAgent, request as plainRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DEFAULT_SERVERS } from '../../../../src/adapt/servers.ts';
import type { ClientFacts } from '../../../../src/http/client-facts.ts';
import type { HttpRequest, HttpResponse, SiteHandler } from '../../../../src/platform/node/http/http-messages.ts';
import {
	type ListenerOptions,
	openListeners,
	type ServedSite,
	type SiteListeners,
} from '../../../../src/platform/node/listeners/site-listeners.ts';
import { adapt } from '../../../caddyfile/support.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';

export type Handle = (request: HttpRequest, response: HttpResponse, client: ClientFacts) => void;

/** A handler that never waits for anything. */
export function handler(handle: Handle): SiteHandler {
	return { handle, idle: async () => {} };
}

/** Answers with a text. */
export function says(text: string): SiteHandler {
	return handler((_request, response) => void (response as { end(text: string): unknown }).end(text));
}

/** The one site of a Caddyfile, served by `by`. */
export function site(caddyfile: string, by: SiteHandler): ServedSite {
	const [first] = adapt(caddyfile).sites;
	if (first === undefined) throw new Error(`There is no site in ${caddyfile}.`);
	return { site: first, handler: by };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-listeners-')));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** What no test cares about. */
export function options(given: Partial<ListenerOptions> = {}): ListenerOptions {
	const folder = given.folder ?? given.dataFolder ?? temporaryFolder();
	return {
		httpPort: 0,
		httpsPort: 0,
		autoHttps: 'disable_redirects',
		servers: DEFAULT_SERVERS,
		folder,
		dataFolder: folder,
		...given,
	};
}

/** Listeners that are closed after the test. */
export async function open(
	sites: readonly ServedSite[],
	given: ListenerOptions = options(),
	log = new CapturingLogger(),
): Promise<SiteListeners> {
	const listeners = await openListeners(sites, given, log);
	onTestFinished(() => listeners.close(0));
	return listeners;
}

/** The port in a URL of listeners. */
export function portOf(listeners: SiteListeners, scheme = 'http'): number {
	const url = listeners.urls.find((each) => each.startsWith(`${scheme}:`));
	return Number(new URL(url ?? '').port);
}

export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly rawHeaders: readonly string[];
	readonly body: Buffer;
	readonly text: string;
	/** The certificate that the server showed. */
	readonly certificate?: { readonly subjectaltname?: string; readonly issuer: string; readonly trusted: boolean };
}

export interface Ask {
	readonly port: number;
	readonly host?: string;
	readonly path?: string;
	readonly method?: string;
	readonly headers?: Record<string, string | string[]>;
	readonly body?: string;
	readonly agent?: PlainAgent;
	/** Makes it HTTPS. '' = the client names no host. */
	readonly serverName?: string;
	readonly ca?: string;
	readonly localAddress?: string;
}

/** One request of HTTP/1.1. */
export function ask({
	port,
	host = 'localhost',
	path = '/',
	method = 'GET',
	headers = {},
	body,
	agent,
	...tls
}: Ask): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const common = { host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: agent ?? false };
		const request =
			tls.serverName === undefined
				? plainRequest(common)
				: secureRequest({ ...common, servername: tls.serverName, ca: tls.ca, rejectUnauthorized: false } as object);
		request.on('error', reject);
		request.on('response', (response) => {
			const chunks: Buffer[] = [];
			const socket = response.socket as import('node:tls').TLSSocket;
			const shown = tls.serverName === undefined ? undefined : socket.getPeerCertificate();
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const whole = Buffer.concat(chunks);
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					rawHeaders: response.rawHeaders,
					body: whole,
					text: whole.toString(),
					...(shown && {
						certificate: {
							...(shown.subjectaltname !== undefined && { subjectaltname: shown.subjectaltname }),
							issuer: [shown.issuer?.CN ?? ''].flat().join(),
							trusted: socket.authorized,
						},
					}),
				});
			});
		});
		request.end(body);
	});
}

/** A session of HTTP/2, closed after the test. */
export function session(port: number, serverName = 'localhost'): ClientHttp2Session {
	const client = connect(`https://127.0.0.1:${port}`, { servername: serverName, rejectUnauthorized: false });
	client.on('error', () => {});
	onTestFinished(() => client.destroy());
	return client;
}

/** One request of HTTP/2. */
export function askTwo(
	client: ClientHttp2Session,
	headers: Record<string, string | string[]>,
	body?: string,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const stream = client.request({ ':path': '/', ':method': 'GET', ':authority': 'localhost', ...headers });
		const chunks: Buffer[] = [];
		let head: Record<string, string | string[] | undefined> = {};
		let rawHeaders: string[] = [];
		stream.on('response', (received, _flags, raw) => {
			head = received as typeof head;
			rawHeaders = raw as unknown as string[];
		});
		stream.on('data', (chunk) => chunks.push(chunk));
		stream.on('error', reject);
		stream.on('end', () => {
			const whole = Buffer.concat(chunks);
			resolve({ status: Number(head[':status']), headers: head, rawHeaders, body: whole, text: whole.toString() });
		});
		stream.end(body);
	});
}
