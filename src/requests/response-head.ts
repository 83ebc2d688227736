/** A response's head as PHP sent it. */
export type ResponseHead = { reason: string | undefined; headers: string[] };

/** A status line: `HTTP/1.1 404 Nothing here`. */
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? \d{3} ?(.*)$/;

/** Decodes header lines; a responder mostly sends the same ones again, so the last result is kept. One per gateway. */
export class ResponseHeadDecoder {
	#lastText = '';
	#last: ResponseHead = { reason: undefined, headers: [] };

	/** `text`: lines "Name: value" joined by newlines, perhaps a status line first. The caller owns `headers`. */
	decode(text: string): ResponseHead {
		if (text !== this.#lastText) {
			this.#last = parse(text);
			this.#lastText = text;
		}
		return { reason: this.#last.reason, headers: this.#last.headers.slice() };
	}
}

function parse(text: string): ResponseHead {
	const headers: string[] = [];
	let reason: string | undefined;
	if (text === '') return { reason, headers };
	for (const [i, line] of text.split('\n').entries()) {
		const status = i === 0 ? STATUS_LINE.exec(line) : null;
		if (status !== null) {
			reason = status[1] || undefined;
			continue;
		}
		const colon = line.indexOf(':');
		if (colon > 0) headers.push(line.slice(0, colon).trimEnd(), line.slice(colon + 1).trim());
	}
	return { reason, headers };
}
