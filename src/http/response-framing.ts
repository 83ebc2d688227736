import type { Logger } from '../log/logger.ts';
import { type DroppedField, describeDropped, fitFields } from './response-fields.ts';
import { statusHasBody } from './response-headers.ts';

/** The head of a response as it may be sent. */
export interface FramedHead {
	/** 200 to 999. */
	readonly status: number;
	readonly reason: string | undefined;
	/** Flat: name, value, … */
	readonly headers: string[];
}

/** A whole response as it may be sent. */
export interface FramedResponse extends FramedHead {
	/** A byte string. */
	readonly body: string;
	/** The body ends before its Content-Length: once it is sent, the client has to be told that it is broken off. */
	readonly isShort: boolean;
}

/** The same as in header values. */
const FORBIDDEN_IN_REASON = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Frames one PHP response, so that whatever the script says of its length or its connection, the client finds the end of
 * the message: the one place for these rules, whatever carries the response. The log says what was changed.
 */
export class ResponseFraming {
	readonly #method: string;
	readonly #target: string;
	readonly #log: Logger;
	/** The length that the head has announced, bytes. */
	#announced: number | undefined;
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
	begin(status: number, reason: string | undefined, headers: string[]): FramedHead {
		const [head, length] = this.#fit(status, reason, headers);
		this.#hasBody = this.#method !== 'HEAD' && statusHasBody(head.status);
		this.#announced = lengthOfHead(head.status, length);
		if (this.#announced !== undefined) headers.push('Content-Length', String(this.#announced));
		return head;
	}

	/** What of a piece of the body may be sent; nothing = an empty piece. */
	take(chunk: Uint8Array): Uint8Array {
		if (!this.#hasBody) return chunk.subarray(0, 0);
		const room = this.#announced === undefined ? chunk.byteLength : this.#announced - this.#sent;
		const taken = chunk.byteLength <= room ? chunk : chunk.subarray(0, room);
		if (taken.byteLength < chunk.byteLength) this.#cut();
		this.#sent += taken.byteLength;
		return taken;
	}

	/** The body has ended. @returns `false` = too early, which the client has to see */
	end(): boolean {
		if (!this.#hasBody || this.#announced === undefined || this.#sent === this.#announced) return true;
		this.#warnShort(this.#sent);
		return false;
	}

	/** A response whose whole body is known. @param headers as of `begin` */
	whole(status: number, reason: string | undefined, headers: string[], body: string): FramedResponse {
		const [head, given] = this.#fit(status, reason, headers);
		let length = given;
		if (!statusHasBody(head.status)) {
			length = lengthOfHead(head.status, length);
			if (length !== undefined) headers.push('Content-Length', String(length));
			return { ...head, body: '', isShort: false };
		}
		if (this.#method === 'HEAD') {
			// PHP throws away the output of a HEAD request: 0 would be a lie about the GET.
			length ??= body.length > 0 ? body.length : undefined;
			if (length !== undefined) headers.push('Content-Length', String(length));
			return { ...head, body: '', isShort: false };
		}
		if (length !== undefined && length > body.length && isOfAnotherBody(head)) {
			this.#warn([{ name: 'Content-Length', reason: 'it is that of another body' }]);
			length = undefined;
		}
		this.#announced = length ?? body.length;
		headers.push('Content-Length', String(this.#announced));
		if (body.length > this.#announced) this.#cut();
		const isShort = body.length < this.#announced;
		if (isShort) this.#warnShort(body.length);
		return { ...head, body: body.slice(0, this.#announced), isShort };
	}

	/** The fields of a head that goes before the response (early hints). */
	informational(headers: string[]): string[] {
		const dropped: DroppedField[] = [];
		fitFields(headers, (field) => dropped.push(field));
		return headers;
	}

	#fit(status: number, reason: string | undefined, headers: string[]): [FramedHead, number | undefined] {
		let dropped: DroppedField[] | undefined;
		const length = fitFields(headers, (field) => {
			dropped ??= [];
			dropped.push(field);
		});
		if (dropped !== undefined) this.#warn(dropped);
		const fit = fitStatus(status);
		if (fit !== status) {
			this.#log.warn(`PHP answered with status ${status}, which no response can have; the client got ${fit}`, {
				uri: this.#target,
			});
			return [{ status: fit, reason: undefined, headers }, length];
		}
		if (reason === undefined || !FORBIDDEN_IN_REASON.test(reason)) return [{ status, reason, headers }, length];
		this.#log.warn('The text beside the status was dropped: HTTP does not allow a control character in it', {
			uri: this.#target,
		});
		return [{ status, reason: undefined, headers }, length];
	}

	#cut(): void {
		if (this.#isCut) return;
		this.#isCut = true;
		this.#log.warn(`The response is longer than its Content-Length of ${this.#announced}; the rest was cut off`, {
			uri: this.#target,
		});
	}

	#warnShort(sent: number): void {
		this.#log.warn(
			`The response ended after ${sent} bytes of its Content-Length of ${this.#announced}; the client was told by an error`,
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
function lengthOfHead(status: number, given: number | undefined): number | undefined {
	if (status === 205) return 0;
	return statusHasBody(status) || status === 304 ? given : undefined;
}

/** The script died and its page was replaced, or an output callback has compressed it: the length was the former page's. */
function isOfAnotherBody({ status, headers }: FramedHead): boolean {
	return (
		status >= 500 || headers.some((name, at) => at % 2 === 0 && name.length === 16 && /^content-encoding$/i.test(name))
	);
}
