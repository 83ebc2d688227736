import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

/** A failed request to the admin API; the message says everything. */
export class AdminClientError extends Error {
	override readonly name = 'AdminClientError';
	readonly code: 'no_server' | 'refused';
	/** Of the answer; `undefined` = there was none. */
	readonly status: number | undefined;

	constructor(code: AdminClientError['code'], message: string, status?: number) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

/** What to send beyond the path. */
export interface AdminMessage {
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Milliseconds within which the answer has to arrive. */
	readonly timeout: number;
}

/** Talks to the admin API of a running server. By node:http: fetch() refuses some ports that a server may use. */
export class AdminClient {
	/** Such as `http://127.0.0.1:2019`. */
	readonly url: string;

	/** @param address where the server listens; if that is every address, this machine is asked */
	constructor({ host, port }: { host: string; port: number }) {
		const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
		this.url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
	}

	/** The text of the answer. @throws AdminClientError when nobody answers, or the answer is a refusal */
	async ask(method: string, path: string, message: AdminMessage): Promise<string> {
		const response = await this.open(method, path, message);
		return textOf(response).catch((error: unknown) => {
			throw this.#unreachable(error, message.timeout);
		});
	}

	/** The value of an answer in JSON; `undefined` = it is empty. @throws as `ask` */
	async askJson(method: string, path: string, message: AdminMessage): Promise<unknown> {
		const answer = await this.ask(method, path, message);
		if (answer.trim() === '') return undefined;
		try {
			return JSON.parse(answer);
		} catch {
			throw new AdminClientError(
				'refused',
				`The server at ${this.url} has no admin API of Igor; --address says where it is.`,
			);
		}
	}

	/** The answer once its head is there; `signal` ends it. @throws as `ask` */
	async open(method: string, path: string, message: AdminMessage, signal?: AbortSignal): Promise<IncomingMessage> {
		const { headers, body, timeout } = message;
		// Loaded with the first question: it takes its time, and most commands ask nothing.
		const { request } = process.getBuiltinModule('node:http');
		const sent = request(`${this.url}${path}`, {
			method,
			headers: { origin: this.url, ...headers },
			agent: false,
			...(signal && { signal }),
		});
		const timer = setTimeout(() => sent.destroy(new Error('timeout')), timeout);
		// once() listens for the first error only.
		sent.on('error', () => {});
		sent.end(body);
		let response: IncomingMessage;
		try {
			[response] = (await once(sent, 'response')) as [IncomingMessage];
			if ((response.statusCode ?? 0) < 400) return response;
			const answer = await textOf(response);
			throw new AdminClientError('refused', refusal(answer, response.statusCode), response.statusCode);
		} catch (error) {
			throw error instanceof AdminClientError ? error : this.#unreachable(error, timeout);
		} finally {
			clearTimeout(timer);
		}
	}

	#unreachable(error: unknown, timeout: number): AdminClientError {
		const { code = '', message } = error as NodeJS.ErrnoException;
		const why =
			message === 'timeout'
				? `nothing came within ${timeout / 1000} seconds`
				: code === 'ECONNREFUSED'
					? 'the connection is refused'
					: message || code;
		return new AdminClientError(
			'no_server',
			`No server answers at ${this.url}: ${why}. Is 'igor run' running, with its admin API there? --address says where else.`,
		);
	}
}

function textOf(response: IncomingMessage): Promise<string> {
	return process.getBuiltinModule('node:stream/consumers').text(response);
}

/** What the server says: the sentence in its JSON, or whatever there is. */
function refusal(answer: string, status: number | undefined): string {
	try {
		const { error } = JSON.parse(answer) as { error?: unknown };
		if (typeof error === 'string') return error;
	} catch {
		// It is some other server.
	}
	return `The server answers with status ${status}: ${answer.slice(0, 500).trim() || 'no reason given'}`;
}
