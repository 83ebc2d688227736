import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import type { AdaptedConfig } from '../../src/adapt/adapted-config.ts';
import { adaptJson } from '../../src/adapt/json/caddy-json.ts';
import { type Logger, silentLogger } from '../../src/log/logger.ts';
import { createCaddyfileHost } from '../../src/platform/node/config/caddyfile-host.ts';
import type { HttpRequest, HttpResponse } from '../../src/platform/node/http/http-messages.ts';
import { createSiteHandler } from '../../src/platform/node/sites/site-handler.ts';
import type { SiteScope } from '../../src/site/php/site-scope.ts';
import { throughJson } from '../caddyfile/support.ts';
import { folderWith, OK, type Script, stubGateway } from '../http/stub-application.ts';

export interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	/** Flat, as they came. */
	rawHeaders: string[];
	body: string;
}

export interface Ask {
	method?: string;
	headers?: Record<string, string | string[]>;
	body?: string;
}

export interface ServedSite {
	readonly url: string;
	readonly folder: string;
	/** By HTTP/1.1, or by HTTP/2 if the site is served by that. */
	ask(path: string, ask?: Ask): Promise<Answer>;
	/** Resolves when nothing runs any more. */
	idle(): Promise<void>;
}

export interface SiteSetup {
	readonly files?: Record<string, string>;
	readonly script?: Script;
	readonly scope?: Partial<SiteScope>;
	/** Of the scope, in the folder of the site; default: that folder. */
	readonly root?: string;
	readonly http2?: boolean;
	/** The site is written as Caddy's JSON, and served as that is read. */
	readonly asJson?: boolean;
	readonly log?: Logger;
}

/** A site of a Caddyfile on a free port: `directives` are the lines of its block, files lie in a folder of its own. */
export async function serveSite(directives: string, setup: SiteSetup = {}): Promise<ServedSite> {
	const folder = folderWith({ Caddyfile: directives, ...setup.files });
	const text = `:80 {\n${directives}\n}\n`;
	const config = adaptCaddyfile(text, `${folder}/Caddyfile`, createCaddyfileHost({}));
	return serveConfig(setup.asJson === true ? throughJson(config) : config, folder, setup);
}

/** The same of a server in Caddy's JSON. */
export async function serveJson(server: Readonly<Record<string, unknown>>, setup: SiteSetup = {}): Promise<ServedSite> {
	const folder = folderWith(setup.files ?? {});
	const text = JSON.stringify({ apps: { http: { servers: { main: { listen: [':80'], ...server } } } } });
	return serveConfig(adaptJson(text, 'caddy.json'), folder, setup);
}

async function serveConfig(config: AdaptedConfig, folder: string, setup: SiteSetup): Promise<ServedSite> {
	const { script = OK, scope = {}, root = '', http2 = false, log = silentLogger } = setup;
	const site = config.sites[0];
	if (site === undefined) throw new Error('no site');
	const lifetime = new AbortController();
	onTestFinished(() => lifetime.abort());
	const handler = createSiteHandler(site, {
		log,
		folder,
		lifetime: lifetime.signal,
		hiddenFiles: [`${folder}/Caddyfile`],
		scopeOf: () => ({
			gateway: stubGateway(script),
			root: join(folder, root),
			workers: new Map(),
			workerMatches: [],
			...scope,
		}),
	});
	const client = { remoteAddress: '203.0.113.7', remotePort: 1234, https: http2 };
	const listener = (request: HttpRequest, response: HttpResponse): void => handler.handle(request, response, client);
	const server: Server = http2 ? createHttp2Server(listener) : createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		folder,
		ask: (path, ask = {}) => (http2 ? askHttp2(port, path, ask) : askHttp1(port, path, ask)),
		idle: () => handler.idle(),
	};
}

async function askHttp1(port: number, path: string, { method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
	const request = httpRequest({
		host: '127.0.0.1',
		port,
		path,
		method,
		agent: false,
		headers: { host: 'site.test', ...headers },
	});
	request.on('error', () => {});
	request.end(body);
	const [response] = await once(request, 'response');
	const { statusCode, rawHeaders } = response;
	return { status: statusCode, headers: response.headers, rawHeaders, body: await text(response) };
}

async function askHttp2(port: number, path: string, { method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
	const session = connect(`http://127.0.0.1:${port}`);
	try {
		const stream = session.request({ ':path': path, ':method': method, ':authority': 'site.test', ...headers });
		stream.end(body);
		const [answer] = await once(stream, 'response');
		const { ':status': status = 0, ...rest } = answer;
		return { status, headers: rest, rawHeaders: [], body: await text(stream) };
	} finally {
		session.close();
	}
}

/** Answers with what PHP was asked, as JSON. */
export const ECHO: Script = (request, sink) => {
	const { rawHeaders, ...rest } = request;
	const body = JSON.stringify({ ...rest, headers: rawHeaders });
	setImmediate(() => sink.complete(200, undefined, ['Content-Type', 'application/json', 'X-Php', 'yes'], body));
	return undefined;
};
