import type { Logger } from '../log/logger.ts';
import { isNamed } from './request-headers.ts';
import { type DroppedField, describeDropped, fitFields } from './response-fields.ts';
import { statusHasBody } from './response-headers.ts';

/** A head, and the body as far as it is known, as they may be sent. One object per response. */
export interface FramedResponse {
	/** 200 to 999. */
	readonly status: number;
	readonly reason: string | undefined;
	/** Flat: name, value, … */
	readonly headers: string[];
	/** What it announces, bytes; -1 = nothing. */
	readonly length: number;
	/** A byte string; '' when it follows. */
	readonly body: string;
	/** The body ends before its Content-Length: once it is sent, the client has to be told that it is broken off. */
	readonly isShort: boolean;
}

/** The same as in header values. */
const FORBIDDEN_IN_REASON = /[^\t\x20-\x7e\x80-\xff]/;
/** No length is announced. */
const NONE = -1;

/**
 * Frames one PHP response, so that whatever the script says of its length or its connection, the client finds the end of
 * the message: the one place for these rules, whatever carries the response. The log says what was changed.
 */
export class ResponseFraming implements FramedResponse {
	status = 200;
	reason: string | undefined = undefined;
	headers: string[] = [];
	body = '';
	isShort = false;
	length = NONE;
	readonly #method: string;
	readonly #target: string;
	readonly #log: Logger;
	#hasBody = true;
	#sent = 0;
	#isCut = false;

	/** @param target for the log */
	constructor(method: string, target: string, log: Logger) {
		this.#method = method;
		this.#target = target;
		this.#log = log;
	}

	/** A head whose body follows. @param headers flat; they are the framing's from here on, and changed */
	begin(status: number, reason: string | undefined, headers: string[]): FramedResponse {
		const given = this.#fit(status, reason, headers);
		this.#hasBody = this.#method !== 'HEAD' && statusHasBody(this.status);
		this.#announce(lengthOfHead(this.status, given));
		return this;
	}

	/** What of a piece of the body may be sent; nothing = an empty piece. */
	take(chunk: Uint8Array): Uint8Array {
		if (!this.#hasBody) return chunk.subarray(0, 0);
		const room = this.length === NONE ? chunk.byteLength : this.length - this.#sent;
		const taken = chunk.byteLength <= room ? chunk : chunk.subarray(0, room);
		if (taken.byteLength < chunk.byteLength) this.#cut();
		this.#sent += taken.byteLength;
		return taken;
	}

	/** The body has ended. @returns `false` = too early, which the client has to see */
	end(): boolean {
		if (!this.#hasBody || this.length === NONE || this.#sent === this.length) return true;
		this.#warnShort(this.#sent);
		return false;
	}

	/** A response whose whole body is known. @param headers as of `begin` */
	whole(status: number, reason: string | undefined, headers: string[], body: string): FramedResponse {
		const given = this.#fit(status, reason, headers);
		if (!statusHasBody(this.status)) this.#announce(lengthOfHead(this.status, given));
		else if (this.#method === 'HEAD') {
			// PHP throws away the output of a HEAD request: 0 would be a lie about the GET.
			this.#announce(given === NONE && body.length > 0 ? body.length : given);
		} else this.#announceBody(given, body);
		return this;
	}

	/** The fields of a head that goes before the response (early hints); that of the response says what is wrong. */
	informational(headers: string[]): string[] {
		fitFields(headers, () => {});
		return headers;
	}

	#announceBody(given: number, body: string): void {
		let length = given;
		if (length > body.length && this.#isOfAnotherBody()) {
			this.#warn([{ name: 'Content-Length', reason: 'it is that of another body' }]);
			length = NONE;
		}
		this.#announce(length === NONE ? body.length : length);
		this.body = body.length > this.length ? body.slice(0, this.length) : body;
		if (this.body !== body) this.#cut();
		this.isShort = body.length < this.length;
		if (this.isShort) this.#warnShort(body.length);
	}

	#announce(length: number): void {
		this.length = length;
		if (length !== NONE) this.headers.push('Content-Length', String(length));
	}

	/** @returns the length that the script has announced */
	#fit(status: number, reason: string | undefined, headers: string[]): number {
		let dropped: DroppedField[] | undefined;
		const length = fitFields(headers, (field) => {
			dropped ??= [];
			dropped.push(field);
		});
		if (dropped !== undefined) this.#warn(dropped);
		this.headers = headers;
		this.status = fitStatus(status);
		if (this.status !== status) {
			this.#log.warn(`PHP answered with status ${status}, which no response can have; the client got ${this.status}`, {
				uri: this.#target,
			});
		} else if (reason !== undefined && FORBIDDEN_IN_REASON.test(reason)) {
			this.#log.warn('The text beside the status was dropped: HTTP does not allow a control character in it', {
				uri: this.#target,
			});
		} else this.reason = reason;
		return length;
	}

	/** The script died and its page was replaced, or an output callback has compressed it: it is the former page's. */
	#isOfAnotherBody(): boolean {
		const { status, headers } = this;
		const isEncoding = (name: string, at: number) => at % 2 === 0 && isNamed(name, 'content-encoding');
		return status >= 500 || headers.some(isEncoding);
	}

	#cut(): void {
		if (this.#isCut) return;
		this.#isCut = true;
		this.#log.warn(`The response is longer than its Content-Length of ${this.length}; the rest was cut off`, {
			uri: this.#target,
		});
	}

	#warnShort(sent: number): void {
		this.#log.warn(
			`The response ended after ${sent} bytes of its Content-Length of ${this.length}; the client was told by an error`,
			{ uri: this.#target },
		);
	}

	#warn(dropped: readonly DroppedField[]): void {
		this.#log.warn(describeDropped(dropped), { uri: this.#target });
	}
}

/** 1xx cannot be the last word: the page is sent as usual. Other numbers are the script's mistake. */
function fitStatus(status: number): number {
	if (status >= 200 && status <= 999) return status;
	return status >= 100 && status < 200 ? 200 : 500;
}

/** RFC 9110, 8.6: no length for 204, that of what it stands for for a 304. */
function lengthOfHead(status: number, given: number): number {
	if (status === 205) return 0;
	return statusHasBody(status) || status === 304 ? given : NONE;
}
