/** A response's head as PHP sent it. */
export type ResponseHead = { reason: string | undefined; headers: string[] };

/** A status line: `HTTP/1.1 404 Nothing here`. */
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? +(\d+) *(.*)$/i;
/** JavaScript's trim() would remove bytes of UTF-8 text: "à" ends in the byte of a no-break space. */
const BLANKS_AROUND = /^[ \t]+|[ \t]+$/g;

/** Decodes header lines. Most responses repeat the previous headers, so the last result is kept. One per gateway. */
export class ResponseHeadDecoder {
	#lastText = '';
	#last: Parsed = { statusOfReason: 0, reason: undefined, headers: [] };

	/**
	 * @param text lines "Name: value" joined by newlines, perhaps a status line first. The caller owns `headers`.
	 * @param status the one that is sent: a reason phrase is used only with its own status
	 */
	decode(text: string, status: number): ResponseHead {
		if (text !== this.#lastText) {
			this.#last = parse(text);
			this.#lastText = text;
		}
		const { statusOfReason, reason, headers } = this.#last;
		return { reason: statusOfReason === status ? reason : undefined, headers: headers.slice() };
	}
}

type Parsed = ResponseHead & { readonly statusOfReason: number };

/** No valid field name: whoever frames the response drops it, and says so. The line itself may be a secret. */
const WITHOUT_COLON = '(a line without a colon)';

function parse(text: string): Parsed {
	const headers: string[] = [];
	const lines = text === '' ? [] : text.split('\n');
	const status = STATUS_LINE.exec(lines[0] ?? '');
	// PHP takes whatever begins like this for a status line.
	if (/^HTTP\//i.test(lines[0] ?? '')) lines.shift();
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (colon < 0) headers.push(WITHOUT_COLON, '');
		else headers.push(withoutBlanks(line.slice(0, colon)), withoutBlanks(line.slice(colon + 1)));
	}
	return { statusOfReason: Number(status?.[1] ?? 0), reason: status?.[2] || undefined, headers };
}

function withoutBlanks(text: string): string {
	return text.replace(BLANKS_AROUND, '');
}
