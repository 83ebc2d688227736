import { createServer, request as http1Request, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, HttpResponse } from '../../../src/platform/node/http/http-messages.ts';

export type Handler = (request: HttpRequest, response: HttpResponse) => void;
export type Version = 'HTTP/1.1' | 'HTTP/2';
export const VERSIONS: readonly Version[] = ['HTTP/1.1', 'HTTP/2'];

export interface Answer {
	readonly status: number;
	readonly reason: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	/** Of informational responses. */
	readonly early: readonly number[];
}

export interface Question {
	readonly path?: string;
	readonly method?: string;
	readonly headers?: Record<string, string>;
	/** Sees each chunk as it arrives; `leave` cuts the connection. */
	readonly onChunk?: (chunk: Buffer, leave: () => void) => void;
}

/** A server with one handler, and a client for it. */
export class TestServer {
	readonly #server: Server | Http2Server;
	readonly #version: Version;

	constructor(version: Version, handler: Handler) {
		this.#version = version;
		this.#server = version === 'HTTP/2' ? createHttp2Server(handler) : createServer(handler);
	}

	async open(): Promise<this> {
		await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
			if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
		});
	}

	ask(question: Question = {}): Promise<Answer> {
		return this.#version === 'HTTP/2' ? this.#askHttp2(question) : this.#askHttp1(question);
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	#askHttp1({ path = '/', method = 'GET', headers = {}, onChunk }: Question): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const early: number[] = [];
			const request = http1Request({ port: this.port, host: '127.0.0.1', path, method, headers, agent: false });
			request.on('information', ({ statusCode }) => early.push(statusCode));
			request.on('error', reject).on('response', (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => {
					chunks.push(chunk);
					onChunk?.(chunk, () => request.destroy());
				});
				response.on('error', reject).on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						reason: response.statusMessage,
						headers: response.headers,
						body: Buffer.concat(chunks),
						early,
					}),
				);
			});
			request.end();
		});
	}

	#askHttp2({ path = '/', method = 'GET', headers = {}, onChunk }: Question): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const session = connect(`http://127.0.0.1:${this.port}`).on('error', reject);
			const stream = session.request({ ...headers, ':path': path, ':method': method });
			const chunks: Buffer[] = [];
			const early: number[] = [];
			let left = false;
			let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
			stream.on('headers', (fields) => early.push(Number(fields[':status'])));
			stream.on('response', (fields) => {
				head = fields;
			});
			stream.on('data', (chunk: Buffer) => {
				chunks.push(chunk);
				onChunk?.(chunk, () => {
					left = true;
					session.destroy();
				});
			});
			stream.on('error', reject).on('close', () => {
				session.close();
				if (left || !stream.readableEnded) reject(new Error('The stream ended early'));
				else {
					const { ':status': status = 0, ...rest } = head;
					resolve({ status, reason: undefined, headers: rest, body: Buffer.concat(chunks), early });
				}
			});
			stream.end();
		});
	}
}
