import { randomBytes } from 'node:crypto';
import type { ClientFacts } from '../../../http/client-facts.ts';
import { fieldValues } from '../../../http/site/header-operations.ts';
import { HttpFailure } from '../../../http/site/http-failure.ts';
import { RequestUri } from '../../../http/site/request-uri.ts';
import type { ConnectionFacts, RequestError, RequestView, SystemFacts } from '../../../http/site/request-view.ts';
import type { Logger } from '../../../log/logger.ts';
import { sendError } from '../http/http-error.ts';
import type { HttpExchange } from '../http/http-exchange.ts';
import type { HttpRequest, HttpResponse } from '../http/http-messages.ts';
import { connectionOf, headerValues, hostOf, textOf } from '../http/http-request.ts';
import { clearHeaders, cutOff, isGone } from '../http/http-response.ts';
import type { PhpCaller } from '../http/php-caller.ts';
import { beforeHead, type ResponseHead } from '../http/response-hooks.ts';

/** One step of a site, with everything that comes after it: answers the request, or hands it on. */
export type Step = (site: SiteRequest) => void;

/** What the requests of a site have in common. */
export interface SiteParts {
	readonly log: Logger;
	readonly system: SystemFacts;
	/** Answers errors. */
	readonly errors: Step;
}

/** A request on its way through the steps of a site. What few requests need is found out when it is asked for. */
export class SiteRequest implements RequestView, PhpCaller {
	readonly request: HttpRequest;
	readonly response: HttpResponse;
	readonly client: ClientFacts;
	readonly target: string;
	earlyHeaders: string[] | undefined = undefined;
	root: string | undefined = undefined;
	bodyLimit = Number.POSITIVE_INFINITY;
	exchange: HttpExchange | undefined = undefined;
	readonly #parts: SiteParts;
	readonly #start = performance.now();
	readonly #mark: number;
	#original: RequestUri | undefined;
	#uri: RequestUri | undefined;
	#host: string | undefined;
	#connection: ConnectionFacts | undefined;
	#values: Map<string, string> | undefined;
	#error: RequestError | undefined;
	/** The head that is about to be sent. */
	#head: ResponseHead | undefined;

	/** @param target in origin form */
	constructor(request: HttpRequest, response: HttpResponse, client: ClientFacts, target: string, parts: SiteParts) {
		this.request = request;
		this.response = response;
		this.client = client;
		this.target = target;
		this.#mark = target.indexOf('?');
		this.#parts = parts;
	}

	// ---- what placeholders and matchers see

	get method(): string {
		return this.request.method ?? 'GET';
	}

	get host(): string {
		this.#host ??= hostOf(this.request);
		return this.#host;
	}

	get protocol(): RequestView['protocol'] {
		const { httpVersionMajor, httpVersionMinor } = this.request;
		return httpVersionMajor === 2 ? 'HTTP/2.0' : httpVersionMinor === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
	}

	get originalUri(): RequestUri {
		this.#original ??= this.#parse();
		return this.#original;
	}

	get uri(): RequestUri {
		return this.#uri ?? this.originalUri;
	}

	get connection(): ConnectionFacts {
		this.#connection ??= connectionOf(this.request);
		return this.#connection;
	}

	get system(): SystemFacts {
		return this.#parts.system;
	}

	get error(): RequestError | undefined {
		return this.#error;
	}

	get age(): number {
		return performance.now() - this.#start;
	}

	headerValues(name: string): readonly string[] {
		return name === 'host' ? [this.host].filter((host) => host !== '') : headerValues(this.request, name);
	}

	responseHeaderValues(name: string): readonly string[] {
		return fieldValues(this.#head?.headers ?? this.earlyHeaders ?? [], name).map(textOf);
	}

	value(name: string): string | undefined {
		return this.#values?.get(name);
	}

	setValue(name: string, value: string): void {
		this.#values ??= new Map();
		this.#values.set(name, value);
	}

	// ---- what steps do

	/** The escaped path that routing goes by. */
	get routingPath(): string {
		if (this.#uri !== undefined) return this.#uri.escapedPath;
		return this.#mark < 0 ? this.target : this.target.slice(0, this.#mark);
	}

	get query(): string {
		if (this.#uri !== undefined) return this.#uri.query;
		return this.#mark < 0 ? '' : this.target.slice(this.#mark + 1);
	}

	get withoutBody(): boolean {
		return this.#error !== undefined;
	}

	rewrite(uri: RequestUri): void {
		this.#uri = uri;
	}

	/** Calls `change` before the head is sent. What was installed before an error does not touch the error's answer. */
	beforeHead(change: (head: ResponseHead) => void): void {
		const error = this.#error;
		beforeHead(this.response, (head) => {
			if (this.#error !== error) return;
			this.#head = head;
			change(head);
			this.#head = undefined;
		});
	}

	/** Goes on with a step; whatever it throws is answered. */
	run(step: Step): void {
		try {
			step(this);
		} catch (error) {
			if (error instanceof HttpFailure) this.fail(error.status, [], error.message);
			else {
				this.#parts.log.error('A request could not be answered; the client got a 500', {
					error: error instanceof Error ? error.stack : String(error),
					uri: this.target,
				});
				this.fail(500);
			}
		}
	}

	fail(status: number, headers: readonly string[] = [], message = ''): void {
		const { response } = this;
		if (isGone(response)) return;
		if (response.headersSent) {
			cutOff(response);
			return;
		}
		// What a file server has put there before it failed.
		clearHeaders(response);
		if (this.#error !== undefined) {
			this.#parts.log.error(`Handling the error ${this.#error.status} failed with ${status}`, {
				uri: this.target,
				message,
			});
			this.answerError();
			return;
		}
		this.#error = { status, message, id: randomBytes(5).toString('hex').slice(0, 9) };
		this.#parts.log.debug(`The answer is ${status}`, { uri: this.target, message, id: this.#error.id });
		// Errors are handled as the client asked, whatever the steps have made of it.
		this.#uri = undefined;
		if (headers.length > 0) this.earlyHeaders = [...(this.earlyHeaders ?? []), ...headers];
		this.run(this.#parts.errors);
	}

	/** Answers the error that is being handled, in one line. Never throws. */
	answerError(): void {
		try {
			sendError(this.response, this.#error?.status ?? 500, this.earlyHeaders);
		} catch (error) {
			this.#parts.log.error('An error could not be answered', { error: String(error), uri: this.target });
			cutOff(this.response);
		}
	}

	#parse(): RequestUri {
		const path = this.#mark < 0 ? this.target : this.target.slice(0, this.#mark);
		const uri = RequestUri.parse(path, this.#mark < 0 ? '' : this.target.slice(this.#mark + 1));
		if (uri === undefined) throw new HttpFailure(400, 'The path is malformed.');
		return uri;
	}
}
