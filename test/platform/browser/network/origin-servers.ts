import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { TestProject } from 'vitest/node';
import { createCertificate } from '../../../php-thread/sockets/test-certificate.ts';

/** Ports of localhost: servers that a page may read from, by http and https, and one that it may not. */
export type Origins = { plain: number; secure: number; withoutCors: number };

declare module 'vitest' {
	interface ProvidedContext {
		origins: Origins;
	}
}

/** 5 MB in which every byte occurs. */
const BYTES = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

/** Before tests in a browser: servers for PHP to ask, which only Node can start. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const talk = talker();
	const shared: RequestListener = (request, response) => {
		response.setHeader('Access-Control-Allow-Origin', '*');
		response.setHeader('Access-Control-Allow-Headers', '*');
		response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE, PATCH');
		response.setHeader('Access-Control-Expose-Headers', '*');
		if (request.method === 'OPTIONS') response.writeHead(204).end();
		else void talk(request, response);
	};
	const servers = [
		createServer(shared),
		createSecureServer(await createCertificate(), shared),
		createServer((_request, response) => response.end('a secret')),
	];
	const [plain = 0, secure = 0, withoutCors = 0] = await Promise.all(servers.map(listen));
	project.provide('origins', { plain, secure, withoutCors });
	return async () => {
		for (const server of servers) {
			server.close();
			server.closeAllConnections();
		}
	};
}

async function listen(server: Server): Promise<number> {
	server.listen(0, 'localhost');
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

/** What a server of these tests answers. */
function talker(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	const open = new Map<string, ServerResponse>();
	const together: ServerResponse[] = [];
	let count = 0;
	return async (request, response) => {
		const url = new URL(request.url ?? '/', 'http://localhost');
		const key = url.searchParams.get('key') ?? '';
		switch (url.pathname) {
			case '/echo':
				response.setHeader('Content-Type', 'application/json');
				response.setHeader('X-Answer', 'yes');
				response.end(
					JSON.stringify({
						method: request.method,
						url: request.url,
						headers: request.headers,
						body: await text(request),
					}),
				);
				break;
			case '/digest': {
				const hash = createHash('sha256');
				for await (const bytes of request) hash.update(bytes as Uint8Array);
				response.end(hash.digest('hex'));
				break;
			}
			case '/megabytes':
				response.setHeader('Content-Length', BYTES.length);
				response.end(BYTES);
				break;
			case '/megabytes/digest':
				response.end(createHash('sha256').update(BYTES).digest('hex'));
				break;
			case '/gzip':
				response.setHeader('Content-Encoding', 'gzip');
				response.end(gzipSync('plain again'));
				break;
			case '/redirect':
				response.writeHead(302, { Location: '/echo?redirected' }).end();
				break;
			case '/missing':
				response.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here');
				break;
			case '/nothing':
				response.writeHead(204).end();
				break;
			// Half an answer; the other half when somebody asks for it.
			case '/half':
				// Chromium keeps the first 1024 bytes back while it may have to guess the type.
				response.setHeader('X-Content-Type-Options', 'nosniff');
				response.write('first\n');
				open.set(key, response);
				break;
			case '/rest':
				open.get(key)?.end('second\n');
				response.end();
				break;
			case '/broken':
				open.get(key)?.destroy();
				response.end();
				break;
			// Answers when three have asked.
			case '/together':
				together.push(response);
				if (together.length === 3) for (const one of together.splice(0)) one.end('together');
				break;
			case '/count':
				response.end(String(++count));
				break;
			case '/never':
				break;
			default:
				response.writeHead(400).end();
		}
	};
}
