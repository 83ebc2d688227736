/** Why a field of a PHP response is not sent. */
export type DroppedField = { readonly name: string; readonly reason: string };

type Rule = 'plain' | 'once' | 'length' | 'connection' | 'framing' | 'malformed';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const WHOLE_NUMBER = /^\d{1,16}$/;

/** What says how the message is framed, or belongs to the connection: both are the server's business. */
const FRAMING = ['http2-settings', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
/** Fields that a message has once (RFC 9110); the list goes by what clients and proxies read differently. */
const ONCE = [
	...['access-control-allow-credentials', 'access-control-max-age', 'age', 'content-location', 'content-range'],
	...['content-type', 'date', 'etag', 'expires', 'last-modified', 'location', 'retry-after'],
];

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
	['content-length', 'length'],
	['connection', 'connection'],
	...FRAMING.map((name): [string, Rule] => [name, 'framing']),
	...ONCE.map((name): [string, Rule] => [name, 'once']),
]);

/** Scripts use few names, but a client may choose some of them. */
const MOST_NAMES = 512;
const known = new Map<string, Rule>();

/**
 * Makes the fields of a PHP response (flat: name, value, …; byte strings) fit for any version of HTTP, in place.
 * Dropped is what HTTP does not allow in a name or a value, what frames the message or steers the connection (but for
 * `Connection: close`), and a Content-Length that is no number. Of a field that there may be only one of, the last one
 * stays.
 *
 * @param drop hears of every field that is not sent as the script wanted it
 * @returns the Content-Length, which is among `headers` no more; `undefined` = there is none that can be believed
 */
export function fitFields(headers: string[], drop: (field: DroppedField) => void): number | undefined {
	let kept = 0;
	let length: string | undefined;
	let single: Map<string, number> | undefined;
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = headers[at] as string;
		const value = headers[at + 1] as string;
		const rule = ruleOf(name);
		if (rule === 'malformed') {
			drop({ name, reason: 'HTTP does not allow its name' });
		} else if (rule === 'framing') {
			drop({ name, reason: 'framing the message is the business of the server' });
		} else if (rule === 'length') {
			length = length === undefined || sameLength(length, value) ? value : 'several';
		} else if (FORBIDDEN_IN_VALUE.test(value)) {
			drop({ name, reason: 'HTTP does not allow a control character in its value' });
		} else if (rule === 'connection' && !/(?:^|[,\s])close(?:$|[,\s])/i.test(value)) {
			// What the server says of its connection anyway is no loss.
			if (!/^keep-alive$/i.test(value)) drop({ name, reason: 'the connection is the business of the server' });
		} else {
			if (rule === 'once') {
				single ??= new Map();
				const lower = name.toLowerCase();
				const before = single.get(lower);
				if (before !== undefined) {
					headers[before] = value;
					drop({ name, reason: 'there may be only one; the last one was sent' });
					continue;
				}
				single.set(lower, kept + 1);
			}
			headers[kept++] = name;
			headers[kept++] = rule === 'connection' ? 'close' : value;
		}
	}
	headers.length = kept;
	if (length === undefined) return undefined;
	const bytes = WHOLE_NUMBER.test(length) ? Number(length) : Number.NaN;
	if (Number.isSafeInteger(bytes)) return bytes;
	drop({
		name: 'Content-Length',
		reason: length === 'several' ? 'it was there several times, and not the same' : 'it is no number of bytes',
	});
	return undefined;
}

/** `5` and `05` are the same number; what is none is only the same as itself. */
function sameLength(one: string, other: string): boolean {
	return one === other || (WHOLE_NUMBER.test(one) && WHOLE_NUMBER.test(other) && Number(one) === Number(other));
}

function ruleOf(name: string): Rule {
	let rule = known.get(name);
	if (rule === undefined) {
		rule = TOKEN.test(name) ? (RULES.get(name.toLowerCase()) ?? 'plain') : 'malformed';
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
