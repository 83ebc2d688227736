import type { ClientFacts } from '../../../http/client-facts.ts';
import { contentType } from '../../../http/content-type.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { FileServerOptions, FileTarget } from '../../../site/request/file-serving.ts';
import type { PhpCaller, SinkParts } from '../../../site/request/php-caller.ts';
import { RequestUri } from '../../../site/values/request-uri.ts';
import type { WireRequest } from './web-request.ts';
import { errorResponse, webResponse } from './web-response.ts';
import { WebResponseSink } from './web-response-sink.ts';

const NO_TLS = { protocol: '', cipher: '' };

/** A web request as the PHP side sees it. Nothing is rewritten, there are no limits, and errors are answered in one line. */
export class WebCaller implements PhpCaller {
	readonly start = performance.now();
	readonly protocol = 'HTTP/1.1';
	readonly serverAddress = '127.0.0.1';
	readonly tls = NO_TLS;
	readonly hasUnannouncedBody = false;
	readonly withoutBody = false;
	readonly client: ClientFacts;
	readonly target: string;
	readonly query: string;
	/** The answer; it rejects when the request is aborted. `undefined` = there is none yet. */
	response: Response | Promise<Response> | undefined;
	/** Set when PHP answers. */
	sink: WebResponseSink | undefined;
	readonly #request: WireRequest;
	readonly #files: SharedFiles;

	constructor(request: WireRequest, files: SharedFiles) {
		const { pathname, search, protocol } = request.url;
		this.target = pathname + search;
		this.query = search.slice(1);
		this.client = { remoteAddress: '127.0.0.1', remotePort: 0, https: protocol === 'https:' };
		this.#request = request;
		this.#files = files;
	}

	get method(): string {
		return this.#request.method;
	}

	get rawHeaders(): readonly string[] {
		return this.#request.rawHeaders;
	}

	get uri(): RequestUri {
		return RequestUri.parse(this.#request.url.pathname, this.query) ?? RequestUri.of('/', this.query);
	}

	openSink({ log }: SinkParts): WebResponseSink {
		this.sink = new WebResponseSink(this.#request, log);
		this.response = this.sink.response;
		return this.sink;
	}

	serveFile({ path }: FileTarget, { root }: FileServerOptions): boolean {
		const isHead = this.method === 'HEAD';
		const content = this.#files.read(root + path);
		if (content === undefined) return false;
		if (this.method !== 'GET' && !isHead) {
			this.fail(405, ['Allow', 'GET, HEAD']);
			return true;
		}
		const [ending = ''] = /(?<=[^/])\.[^/.]+$/.exec(path) ?? [];
		this.response = webResponse(isHead ? null : (content as Uint8Array<ArrayBuffer>), 200, 'OK', [
			...['Content-Type', contentType(ending)],
			...['Content-Length', String(content.length), 'Cache-Control', 'no-cache'],
		]);
		return true;
	}

	answer(status: number, headers: string[], text: string): void {
		const length = String(new TextEncoder().encode(text).length);
		const body = text === '' || this.method === 'HEAD' ? null : text;
		this.response = webResponse(body, status, undefined, [...headers, 'Content-Length', length]);
	}

	fail(status: number, headers?: readonly string[]): void {
		this.response = errorResponse(status, headers);
	}
}
