import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ClientFacts } from '../../../http/client-facts.ts';
import { MAX_TARGET_LENGTH, originForm } from '../../../http/request-target.ts';
import { RequestUri } from '../../../http/site/request-uri.ts';
import type { Logger } from '../../../log/logger.ts';
import { sendError } from './http-error.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { PhpCaller } from './php-caller.ts';
import type { PhpScope } from './php-scope.ts';
import { admitRequest } from './request-checks.ts';

/**
 * Answers every request of a `php-server`, wherever it comes from (a socket, or `server.fetch()`), by its only scope.
 * Counts what is running, so that the server can wait for it.
 */
export class HttpHandler {
	readonly #scope: PhpScope;
	readonly #log: Logger;
	#running = 0;
	#onIdle: (() => void) | undefined;

	constructor(scope: PhpScope, log: Logger) {
		this.#scope = scope;
		this.#log = log;
	}

	/** Resolves when no request is running any more. */
	idle(): Promise<void> {
		if (this.#running === 0) return Promise.resolve();
		return new Promise((resolve) => {
			this.#onIdle = resolve;
		});
	}

	/** Handles one request; returns at once. */
	readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
		if (!admitRequest(request, response, this.#log)) return;
		this.#running++;
		const target = originForm(request.url ?? '/');
		const caller = new PlainCaller(request, response, target ?? '/');
		response.on('close', () => {
			caller.exchange?.closed();
			if (--this.#running === 0) this.#onIdle?.();
		});
		if (target === undefined) caller.fail(400);
		else if (target.length > MAX_TARGET_LENGTH) caller.fail(414);
		else this.#scope.answer(caller, caller.path);
	};
}

/** A request without a site around it: nothing is rewritten, no limits, and errors are answered in one line. */
class PlainCaller implements PhpCaller {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly client: ClientFacts;
	readonly target: string;
	readonly path: string;
	readonly query: string;
	exchange: HttpExchange | undefined = undefined;

	constructor(request: IncomingMessage, response: ServerResponse, target: string) {
		const { socket } = request;
		const mark = target.indexOf('?');
		this.request = request;
		this.response = response;
		this.target = target;
		this.path = mark < 0 ? target : target.slice(0, mark);
		this.query = mark < 0 ? '' : target.slice(mark + 1);
		this.client = {
			// Absent on the socket that server.fetch() pretends to have.
			remoteAddress: socket.remoteAddress ?? '127.0.0.1',
			remotePort: socket.remotePort ?? 0,
			https: (socket as TLSSocket).encrypted === true,
		};
	}

	get uri(): RequestUri {
		return RequestUri.parse(this.path, this.query) ?? RequestUri.of('/', this.query);
	}

	get earlyHeaders(): undefined {
		return undefined;
	}

	get bodyLimit(): number {
		return Number.POSITIVE_INFINITY;
	}

	get withoutBody(): boolean {
		return false;
	}

	fail(status: number, headers?: readonly string[]): void {
		sendError(this.response, status, headers);
	}
}
