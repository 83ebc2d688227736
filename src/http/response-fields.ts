/** Why a field of a PHP response is not sent. */
export type DroppedField = { readonly name: string; readonly reason: string };

/** Rules for a field by its name; from ONCE on, a place in the list of fields that there may be only one of. */
const PLAIN = 0;
const MALFORMED = 1;
const FRAMED = 2;
const LENGTH = 3;
const CONNECTION = 4;
const FIRST_ONCE = 5;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** Up to here a loop is faster than the expression. */
const SHORT_VALUE = 64;
const WHOLE_NUMBER = /^\d{1,16}$/;

/** What says how the message is framed, or belongs to the connection: both are the server's business. */
const FRAMING = [
	...['http2-settings', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
];
/** Fields that a message has once (RFC 9110); the list goes by what clients and proxies read differently. */
const ONCE = [
	...['access-control-allow-credentials', 'access-control-max-age', 'age', 'content-location', 'content-range'],
	...['content-type', 'date', 'etag', 'expires', 'last-modified', 'location', 'retry-after'],
];

const RULES: ReadonlyMap<string, number> = new Map<string, number>([
	['content-length', LENGTH],
	['connection', CONNECTION],
	...FRAMING.map((name): [string, number] => [name, FRAMED]),
	...ONCE.map((name, place): [string, number] => [name, FIRST_ONCE + place]),
]);

/** Scripts use few names, but a client may choose some of them. */
const MOST_NAMES = 512;
const known = new Map<string, number>();
/** Most responses repeat the fields of the previous one: what came, and what was sent of it, if none was dropped. */
let lastGiven: readonly string[] = [];
let lastFitted: readonly string[] = [];
let lastLength = -1;
/** Of more the comparison does not pay, nor keeping them. */
const MOST_REPEATED = 64;
/** Where the value of each field of ONCE is, in the list at hand. */
const places: number[] = ONCE.map(() => 0);

/**
 * Makes the fields of a PHP response (flat: name, value, …; byte strings) fit for any version of HTTP, in place.
 * Dropped is what HTTP does not allow in a name or a value, what frames the message or steers the connection (but for
 * `Connection: close`), and a Content-Length that is no number. Of a field that there may be only one of, the last one
 * stays.
 *
 * @param drop hears of every field that is not sent as the script wanted it
 * @returns the Content-Length, which is among `headers` no more; -1 = there is none that can be believed
 */
export function fitFields(headers: string[], drop: (field: DroppedField) => void): number {
	if (repeatsLast(headers)) {
		for (let at = 0; at < lastFitted.length; at++) headers[at] = lastFitted[at] as string;
		headers.length = lastFitted.length;
		return lastLength;
	}
	const given = headers.slice();
	let isWhole = true;
	const length = fitAll(headers, (field) => {
		isWhole = false;
		drop(field);
	});
	if (isWhole && given.length <= MOST_REPEATED) {
		lastGiven = given;
		lastFitted = headers.slice();
		lastLength = length;
	}
	return length;
}

function repeatsLast(headers: readonly string[]): boolean {
	if (headers.length !== lastGiven.length) return false;
	for (let at = 0; at < headers.length; at++) if (headers[at] !== lastGiven[at]) return false;
	return true;
}

function fitAll(headers: string[], drop: (field: DroppedField) => void): number {
	let kept = 0;
	let length: string | undefined;
	/** A bit for each of ONCE. */
	let seen = 0;
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = headers[at] as string;
		let value = headers[at + 1] as string;
		const rule = ruleOf(name);
		if (rule !== PLAIN) {
			if (rule === LENGTH) {
				length = length === undefined || sameLength(length, value) ? value : 'several';
				continue;
			}
			if (rule === MALFORMED || rule === FRAMED) {
				drop({ name, reason: rule === MALFORMED ? 'HTTP does not allow its name' : FRAMED_REASON });
				continue;
			}
		}
		if (isForbidden(value)) {
			drop({ name, reason: 'HTTP does not allow a control character in its value' });
			continue;
		}
		if (rule === CONNECTION) {
			if (!/(?:^|[,\s])close(?:$|[,\s])/i.test(value)) {
				// What the server says of its connection anyway is no loss.
				if (!/^keep-alive$/i.test(value)) drop({ name, reason: 'the connection is the business of the server' });
				continue;
			}
			value = 'close';
		} else if (rule >= FIRST_ONCE) {
			const place = rule - FIRST_ONCE;
			if ((seen & (1 << place)) !== 0) {
				headers[places[place] as number] = value;
				drop({ name, reason: 'there may be only one; the last one was sent' });
				continue;
			}
			seen |= 1 << place;
			places[place] = kept + 1;
		}
		headers[kept++] = name;
		headers[kept++] = value;
	}
	if (kept < headers.length) headers.length = kept;
	return length === undefined ? -1 : readLength(length, drop);
}

const FRAMED_REASON = 'framing the message is the business of the server';

function readLength(length: string, drop: (field: DroppedField) => void): number {
	const bytes = WHOLE_NUMBER.test(length) ? Number(length) : Number.NaN;
	if (Number.isSafeInteger(bytes)) return bytes;
	drop({
		name: 'Content-Length',
		reason: length === 'several' ? 'it was there several times, and not the same' : 'it is no number of bytes',
	});
	return -1;
}

function isForbidden(value: string): boolean {
	if (value.length > SHORT_VALUE) return FORBIDDEN_IN_VALUE.test(value);
	for (let at = 0; at < value.length; at++) {
		const code = value.charCodeAt(at);
		if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return true;
	}
	return false;
}

/** `5` and `05` are the same number; what is none is only the same as itself. */
function sameLength(one: string, other: string): boolean {
	return one === other || (WHOLE_NUMBER.test(one) && WHOLE_NUMBER.test(other) && Number(one) === Number(other));
}

function ruleOf(name: string): number {
	let rule = known.get(name);
	if (rule === undefined) {
		rule = TOKEN.test(name) ? (RULES.get(name.toLowerCase()) ?? PLAIN) : MALFORMED;
		if (known.size >= MOST_NAMES) known.clear();
		if (name.length <= 100) known.set(name, rule);
	}
	return rule;
}

/** More fields than a line of the log should name. */
const MOST_NAMED = 8;
const LONGEST_NAME = 64;

/** One sentence about all the fields of a response that were dropped. Values may be secrets: it has none of them. */
export function describeDropped(dropped: readonly DroppedField[]): string {
	const reasons = new Map<string, string[]>();
	for (const { name, reason } of dropped.slice(0, MOST_NAMED)) {
		reasons.set(reason, [...(reasons.get(reason) ?? []), printable(name)]);
	}
	const parts = [...reasons].map(([reason, names]) => `${names.join(', ')} (${reason})`);
	const more = dropped.length > MOST_NAMED ? `, and ${dropped.length - MOST_NAMED} more` : '';
	return `Headers of PHP's response were dropped: ${parts.join('; ')}${more}`;
}

function printable(name: string): string {
	if (TOKEN.test(name) && name.length <= LONGEST_NAME) return name;
	const shown = name.slice(0, LONGEST_NAME).replace(/[^\x20-\x7e]/g, (character) => {
		return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
	});
	return `"${shown}${name.length > LONGEST_NAME ? '…' : ''}"`;
}
