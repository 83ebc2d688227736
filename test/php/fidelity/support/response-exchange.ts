import { RawClient } from '../../../robustness/support/raw-client.ts';

/** A response's head as it came over the wire. */
export type Head = { status: string; headers: readonly (readonly [string, string])[] };
/** What a client got for one request: `body` has a char per byte, without the chunks' frames. */
export type Exchange = Head & { early: readonly Head[]; body: string };

function parseHead(text: string): Head {
	const [line = '', ...fields] = text.split('\r\n');
	return {
		status: line.slice(line.indexOf(' ') + 1),
		headers: fields.map((field) => {
			const colon = field.indexOf(':');
			return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
		}),
	};
}

function withoutFrames(chunked: string): string {
	let body = '';
	let rest = chunked;
	while (rest !== '') {
		const length = Number.parseInt(rest, 16);
		if (length === 0) return body;
		const start = rest.indexOf('\r\n') + 2;
		body += rest.slice(start, start + length);
		rest = rest.slice(start + length + 2);
	}
	throw new Error('The body ended without its last chunk.');
}

/** Takes what a server has sent up to the end of the connection apart. */
export function parseExchange(received: string): Exchange {
	const early: Head[] = [];
	let rest = received;
	for (;;) {
		const end = rest.indexOf('\r\n\r\n');
		if (end < 0) throw new Error(`No complete head: ${received.slice(0, 500)}`);
		const head = parseHead(rest.slice(0, end));
		rest = rest.slice(end + 4);
		if (head.status.startsWith('1')) {
			early.push(head);
			continue;
		}
		const chunked = values(head, 'transfer-encoding').includes('chunked') && rest !== '';
		return { ...head, early, body: chunked ? withoutFrames(rest) : rest };
	}
}

/** All values of a header, in order. */
export function values(head: Head, name: string): string[] {
	return head.headers.filter(([other]) => other === name).map(([, value]) => value);
}

/** Opens a connection and sends a request that is the connection's last. */
export function sendRequest(
	url: string | undefined,
	path: string,
	{ method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): RawClient {
	const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	return new RawClient(url).send(
		`${method} ${path} HTTP/1.1`,
		'Host: localhost',
		'Connection: close',
		...fields,
		'',
		'',
	);
}
