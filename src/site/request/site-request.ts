import { fromByteString, toByteString } from '../../bytes/byte-string.ts';
import type { AdaptedDirective } from '../../directives/list.ts';
import type { ClientFacts } from '../../http/client-facts.ts';
import { headerValues, hostNamed } from '../../http/request-headers.ts';
import { statusHasBody, withEarlyHeaders } from '../../http/response-headers.ts';
import type { Logger } from '../../log/logger.ts';
import { monotonic } from '../../time/clock.ts';
import { fieldValues } from '../values/header-operations.ts';
import { HttpFailure } from '../values/http-failure.ts';
import { RequestUri } from '../values/request-uri.ts';
import type { ConnectionFacts, RequestError, RequestView, SystemFacts } from '../values/request-view.ts';
import type { FileServerOptions, FileTarget } from './file-serving.ts';
import type { CallerSink, PhpCaller, SinkParts, TlsNames } from './php-caller.ts';

/** One step of a site, with everything that comes after it: answers the request, or hands it on. */
export type Step = (site: SiteRequest) => void;

/** Of a placeholder: a text, or how to find it out. */
type Value = string | ((request: RequestView) => string | undefined);

/** What the requests of a site have in common. */
export interface SiteParts {
	readonly log: Logger;
	readonly system: SystemFacts;
	/** Answers errors. */
	readonly errors: Step;
}

/** The head of a response just before it is sent. */
export interface ResponseHead {
	status: number;
	/** `undefined` = the usual one; HTTP/2 has none. */
	reason: string | undefined;
	/** Flat: name, value, … */
	headers: string[];
}

/** What becomes of a response that somebody has looked at. */
export interface Diversion {
	/** Another status. */
	readonly status?: number;
	/** Answers in its place, once all of it has come and nothing was sent. */
	readonly run?: () => void;
}

/**
 * A request on its way through the steps of a site, and its response. What is abstract is all that steps need of a
 * platform's messages; see also PhpCaller. One object per request; what few requests need is found out when it is asked
 * for. Main thread only.
 */
export abstract class SiteRequest implements RequestView, PhpCaller {
	readonly start = monotonic();
	readonly client: ClientFacts;
	readonly target: string;
	/** Fields that the configuration has set so far; flat, byte strings. */
	earlyHeaders: string[] | undefined = undefined;
	root: string | undefined = undefined;
	/** Bytes; `undefined` = no limit. */
	bodyLimit: number | undefined = undefined;
	readonly #parts: SiteParts;
	readonly #mark: number;
	#original: RequestUri | undefined;
	#uri: RequestUri | undefined;
	#host: string | undefined;
	#values: Map<string, Value> | undefined;
	#headers: readonly string[] | undefined;
	#error: RequestError | undefined;
	/** The head that is about to be sent. */
	#head: ResponseHead | undefined;

	/** @param target in origin form */
	constructor(client: ClientFacts, target: string, parts: SiteParts) {
		this.client = client;
		this.target = target;
		this.#mark = target.indexOf('?');
		this.#parts = parts;
	}

	// ---- the platform's messages

	abstract get method(): string;
	abstract get protocol(): RequestView['protocol'];
	/** As they came: flat, byte strings. */
	protected abstract get receivedHeaders(): readonly string[];
	abstract get hasUnannouncedBody(): boolean;
	abstract get serverAddress(): string;
	abstract get connection(): ConnectionFacts;
	abstract get tls(): TlsNames;
	/** Nobody is there any more to send anything to. */
	abstract get isGone(): boolean;
	abstract get headSent(): boolean;
	/** Calls `change` right before the head is sent; what was added last runs first. */
	protected abstract hookHead(change: (head: ResponseHead) => void): void;
	/** Takes away what somebody has put into the response and not sent. */
	abstract clearHeaders(): void;
	/**
	 * Sends all of a response.
	 *
	 * @param headers flat, byte strings
	 * @param body a byte string; '' where the status allows none
	 */
	abstract send(status: number, headers: readonly string[], body: string): void;
	/** Sends a 103. What is malformed is not sent. */
	abstract sendEarlyHints(links: readonly string[]): void;
	/** Cuts the response off, so that the client sees that it is incomplete. */
	abstract cutOff(): void;
	/** Compresses the response if the client takes it, and the directive wants it. */
	abstract encode(directive: Extract<AdaptedDirective, { type: 'encode' }>): void;
	abstract serveFile(target: FileTarget, options: FileServerOptions): boolean;
	abstract openSink(parts: SinkParts): CallerSink;
	/** Lets somebody look at the head of the response before it is sent, and answer in its place. */
	abstract divert(choose: (head: ResponseHead) => Diversion | undefined): void;
	/** Sends the response that was held back last. */
	abstract answerDiverted(): void;
	/** Makes the access log name the user. */
	abstract noteUser(user: string): void;
	/** Makes the access log say nothing of this request. */
	abstract skipLog(): void;

	// ---- what placeholders and matchers see

	get host(): string {
		this.#host ??= hostNamed(this.rawHeaders);
		return this.#host;
	}

	get originalUri(): RequestUri {
		this.#original ??= this.#parse();
		return this.#original;
	}

	get uri(): RequestUri {
		return this.#uri ?? this.originalUri;
	}

	get system(): SystemFacts {
		return this.#parts.system;
	}

	get error(): RequestError | undefined {
		return this.#error;
	}

	get age(): number {
		return monotonic() - this.start;
	}

	headerValues(name: string): readonly string[] {
		return name === 'host' ? [this.host].filter((host) => host !== '') : headerValues(this.rawHeaders, name);
	}

	responseHeaderValues(name: string): readonly string[] {
		return fieldValues(this.#head?.headers ?? this.earlyHeaders ?? [], name).map(fromByteString);
	}

	value(name: string): string | undefined {
		const value = this.#values?.get(name);
		if (typeof value !== 'function') return value;
		// Whoever asks for itself gets nothing, not an endless loop.
		this.#values?.set(name, '');
		try {
			return value(this);
		} finally {
			this.#values?.set(name, value);
		}
	}

	setValue(name: string, value: string): void {
		this.#values ??= new Map();
		this.#values.set(name, value);
	}

	/** As `setValue`, but found out anew each time somebody asks. */
	setLazyValue(name: string, value: (request: RequestView) => string | undefined): void {
		this.#values ??= new Map();
		this.#values.set(name, value);
	}

	// ---- what steps do

	/** As they came, or as `request_header` has changed them. */
	get rawHeaders(): readonly string[] {
		return this.#headers ?? this.receivedHeaders;
	}

	/** What everything from here on sees of the request's headers. @param headers flat, byte strings */
	changeHeaders(headers: readonly string[]): void {
		this.#headers = headers;
		this.#host = undefined;
	}

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
		this.hookHead((head) => {
			if (this.#error !== error) return;
			this.#head = head;
			change(head);
			this.#head = undefined;
		});
	}

	answer(status: number, headers: string[], text: string): void {
		const body = statusHasBody(status) ? toByteString(text) : '';
		if (statusHasBody(status)) headers.push('Content-Length', String(body.length));
		this.send(status, withEarlyHeaders(this.earlyHeaders, headers), body);
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
		if (this.isGone) return;
		if (this.headSent) {
			this.cutOff();
			return;
		}
		// What a file server has put there before it failed.
		this.clearHeaders();
		if (this.#error !== undefined) {
			this.#parts.log.error(`Handling the error ${this.#error.status} failed with ${status}`, {
				uri: this.target,
				message,
			});
			this.answerError();
			return;
		}
		this.#error = { status, message, id: errorId() };
		this.#parts.log.debug(`The answer is ${status}`, { uri: this.target, message, id: this.#error.id });
		// Errors are handled as the client asked, whatever the steps have made of it.
		this.#uri = undefined;
		if (headers.length > 0) this.earlyHeaders = [...(this.earlyHeaders ?? []), ...headers];
		this.run(this.#parts.errors);
	}

	/**
	 * Answers the error that is being handled in one line; when a head was sent already, by cutting the connection, because
	 * that is the only way left to tell the client. The log has the details, the client never does. Never throws.
	 */
	answerError(): void {
		try {
			this.#sendError(this.#error?.status ?? 500);
		} catch (error) {
			this.#parts.log.error('An error could not be answered', { error: String(error), uri: this.target });
			this.cutOff();
		}
	}

	#sendError(status: number): void {
		if (this.isGone) return;
		if (this.headSent) {
			this.cutOff();
			return;
		}
		this.clearHeaders();
		const headers = this.earlyHeaders ?? [];
		if (!statusHasBody(status)) {
			this.send(Math.max(status, 200), headers, '');
			return;
		}
		const body = `${status} ${this.system.statusText(status) || 'Error'}\n`;
		const type = ['Content-Type', 'text/plain; charset=utf-8', 'X-Content-Type-Options', 'nosniff'];
		this.send(status, [...headers, ...type, 'Content-Length', String(body.length)], body);
	}

	#parse(): RequestUri {
		const path = this.#mark < 0 ? this.target : this.target.slice(0, this.#mark);
		const uri = RequestUri.parse(path, this.#mark < 0 ? '' : this.target.slice(this.#mark + 1));
		if (uri === undefined) throw new HttpFailure(400, 'The path is malformed.');
		return uri;
	}
}

/** Tells an error apart from others: nine hexadecimal digits. */
function errorId(): string {
	return Math.floor(Math.random() * 16 ** 9)
		.toString(16)
		.padStart(9, '0');
}
