const NEWLINE = 0x0a;
const COLON = 0x3a;
const MOST_NAMED = 8;
const LONGEST_NAME = 64;

/** A head that fits, and a sentence about what was left out. */
export type FittingHead = { readonly bytes: Uint8Array; readonly warning: string };

/**
 * Makes a response's head (lines joined by newlines) fit `limit` bytes by leaving out the longest lines, and of equally
 * long ones the last: better a page without them than none.
 */
export function fitHead(head: Uint8Array, limit: number): FittingHead {
	const lines: Uint8Array[] = [];
	for (let start = 0; start <= head.length; ) {
		const end = head.indexOf(NEWLINE, start);
		lines.push(head.subarray(start, end < 0 ? head.length : end));
		start = end < 0 ? head.length + 1 : end + 1;
	}
	const kept = new Set<Uint8Array>();
	let room = limit;
	for (const line of lines.toSorted((one, other) => one.length - other.length)) {
		if (line.length + 1 > room) break;
		room -= line.length + 1;
		kept.add(line);
	}
	const bytes = new Uint8Array(limit - room);
	let at = 0;
	for (const line of lines) {
		if (!kept.has(line)) continue;
		if (at > 0) bytes[at++] = NEWLINE;
		bytes.set(line, at);
		at += line.length;
	}
	return { bytes: bytes.subarray(0, at), warning: describe(head.length, limit, lines, kept) };
}

/** Only names: values may be secrets. */
function describe(length: number, limit: number, lines: readonly Uint8Array[], kept: ReadonlySet<Uint8Array>): string {
	const dropped = lines.filter((line) => !kept.has(line));
	const names = [...new Set(dropped.map(nameOf))];
	const shown = names.slice(0, MOST_NAMED).join(', ');
	const more = names.length > MOST_NAMED ? ', …' : '';
	return `Headers of PHP's response were dropped: ${length} bytes are more than the ${limit} that can be sent; ${dropped.length} left out: ${shown}${more}`;
}

function nameOf(line: Uint8Array): string {
	const end = line.subarray(0, LONGEST_NAME).indexOf(COLON);
	const name = String.fromCharCode(...line.subarray(0, end < 0 ? LONGEST_NAME : end));
	return name.replace(/[^\x20-\x7e]/g, '?');
}
