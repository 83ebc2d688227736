import mime from 'mime/lite';
import { toByteString } from '../../../bytes/byte-string.ts';
import { parseHostHeader } from '../../../http/host-header.ts';
import type { PhpGateway } from '../../../http/php-gateway.ts';
import type { Logger } from '../../../log/logger.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { FileProbe } from '../../../site/file-probe.ts';
import { Router } from '../../../site/router.ts';
import type { PhpDecision, RouteTable } from '../../../site/routing.ts';
import { WebExchange } from './web-exchange.ts';
import type { WireRequest } from './web-request.ts';
import { errorResponse, webResponse } from './web-response.ts';

/** What a site works with. */
export type WebSiteParts = {
	/** Absolute. */
	readonly root: string;
	readonly workers: ReadonlyMap<string, number>;
	readonly files: SharedFiles;
	readonly gateway: PhpGateway;
	readonly log: Logger;
};

/** Answers requests by PHP, a file, a redirect or an error; routes like `php_server`. */
export class WebSite {
	readonly #parts: WebSiteParts;
	readonly #router: Router;
	readonly #running = new Set<Promise<void>>();

	constructor(parts: WebSiteParts) {
		const { root, workers, files } = parts;
		const table: RouteTable = { root, workers };
		this.#parts = parts;
		this.#router = new Router(table, probeBelow(root, files));
	}

	/** Rejects only when the request is aborted. */
	async answer(request: WireRequest): Promise<Response> {
		const decision = this.#router.decide(request.url.pathname);
		switch (decision.kind) {
			case 'php':
				return this.#submit(request, decision);
			case 'file':
				return this.#sendFile(request, decision.path);
			case 'redirect':
				return webResponse(null, 308, undefined, [
					'Location',
					decision.location + request.url.search,
					'Content-Length',
					'0',
				]);
			case 'refuse':
				return errorResponse(decision.status);
			case 'pass':
				return errorResponse(404);
		}
	}

	/** Resolves when no request is running any more. */
	async idle(): Promise<void> {
		while (this.#running.size > 0) await Promise.all(this.#running);
	}

	#submit(request: WireRequest, decision: PhpDecision): Promise<Response> {
		const { gateway, log, root } = this.#parts;
		const { url, contentLength, body, rawHeaders } = request;
		const https = url.protocol === 'https:';
		const host = rawHeaders[rawHeaders.indexOf('host') + 1] ?? url.host;
		const identity = parseHostHeader(host, https);
		const exchange = new WebExchange(request, log);
		this.#running.add(exchange.finished);
		void exchange.finished.then(() => this.#running.delete(exchange.finished));
		exchange.attach(
			gateway.submit(
				{
					worker: decision.worker,
					method: request.method,
					requestUri: url.pathname + url.search,
					queryString: url.search.slice(1),
					scriptFilename: decision.scriptFilename,
					scriptName: decision.scriptName,
					pathInfo: decision.pathInfo,
					documentRoot: toByteString(root),
					serverName: identity.name,
					serverPort: identity.port,
					serverAddress: '127.0.0.1',
					remoteAddress: '127.0.0.1',
					remotePort: 0,
					https,
					tlsProtocol: '',
					tlsCipher: '',
					protocol: 1001,
					rawHeaders,
					contentLength,
					hasBody: body !== undefined,
				},
				exchange,
			),
		);
		return exchange.response;
	}

	#sendFile({ method }: WireRequest, path: string): Response {
		const { root, files } = this.#parts;
		if (method !== 'GET' && method !== 'HEAD') return errorResponse(405, ['Allow', 'GET, HEAD']);
		const content = files.read(root + path);
		if (content === undefined) return errorResponse(404);
		const type = mime.getType(path) ?? 'application/octet-stream';
		const charset = /^text\/|[/+](?:json|xml|javascript)$/.test(type) ? '; charset=utf-8' : '';
		return webResponse(method === 'HEAD' ? null : (content as Uint8Array<ArrayBuffer>), 200, 'OK', [
			'Content-Type',
			type + charset,
			'Content-Length',
			String(content.length),
			'Cache-Control',
			'no-cache',
		]);
	}
}

/** What routing sees of the shared files. */
function probeBelow(root: string, files: SharedFiles): FileProbe {
	const prefix = root === '/' ? '/' : `${root}/`;
	return {
		look(path) {
			const found = files.look(path === '/' ? root : root + path);
			if (found === undefined) return undefined;
			if (found.realPath !== root && !found.realPath.startsWith(prefix)) return undefined;
			return { kind: found.kind, realPath: found.realPath.slice(root === '/' ? 0 : root.length) || '/' };
		},
	};
}
