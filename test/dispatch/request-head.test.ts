import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRequestHead } from '../../src/dispatch/request-head.ts';
import type { PhpRequest } from '../../src/http/php-port.ts';
import { HEAD_CAPACITY } from '../../src/shared-memory/request-slots.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { aRequest } from './request.ts';

const STRINGS = [
	...['method', 'requestUri', 'queryString', 'scriptFilename', 'scriptName', 'pathInfo', 'documentRoot'],
	...['serverName', 'serverAddress', 'remoteAddress', 'tlsProtocol', 'tlsCipher'],
] as const;
const OFFSET = 24;

function encode(request: PhpRequest): { length: number; bytes: Uint8Array; view: DataView } {
	const buffer = new SharedArrayBuffer(OFFSET + HEAD_CAPACITY + 8);
	const target = new Uint8Array(buffer);
	const length = encodeRequestHead(request, byteStrings, target, new DataView(buffer), OFFSET);
	return { length, bytes: target.slice(OFFSET), view: new DataView(buffer, OFFSET) };
}

/** As wasm/host_imports.h says. */
function decode({ length, bytes, view }: ReturnType<typeof encode>) {
	const text = Array.from(bytes.subarray(40, length), (byte) => String.fromCharCode(byte)).join('');
	const strings = text.split('\0');
	expect(strings.pop(), 'each string ends with a NUL').toBe('');
	const flags = view.getUint32(4, true);
	const headers = STRINGS.length + view.getUint32(0, true) * 2;
	expect(strings.length - headers).toBe(view.getUint32(36, true) * 2);
	return {
		...Object.fromEntries(STRINGS.map((name, at) => [name, strings[at]])),
		rawHeaders: strings.slice(STRINGS.length, headers),
		variables: strings.slice(headers),
		hasBody: (flags & 1) !== 0,
		https: (flags & 2) !== 0,
		contentLength: view.getFloat64(8, true),
		serverPort: view.getUint32(24, true),
		remotePort: view.getUint32(28, true),
		protocol: view.getUint32(32, true),
	};
}

const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
const bytes = fc.string({ unit: byte, maxLength: 40 });
const port = fc.integer({ min: 0, max: 65_535 });
const request = fc.record({
	...(Object.fromEntries(STRINGS.map((name) => [name, bytes])) as Record<(typeof STRINGS)[number], typeof bytes>),
	serverPort: port,
	remotePort: port,
	https: fc.boolean(),
	hasBody: fc.boolean(),
	protocol: fc.constantFrom(1000 as const, 1001 as const, 2000 as const),
	contentLength: fc.oneof(fc.constant(-1), fc.integer({ min: 0 }), fc.constant(2 ** 40)),
	rawHeaders: fc.array(fc.tuple(bytes, bytes), { maxLength: 8 }).map((pairs) => pairs.flat()),
	variables: fc.array(fc.tuple(bytes, bytes), { maxLength: 4 }).map((pairs) => pairs.flat()),
});

describe("a request's head", () => {
	test('arrives as it was, every byte of it', () => {
		fc.assert(
			fc.property(request, (given) => {
				expect(decode(encode({ ...aRequest(), ...given }))).toEqual(given);
			}),
		);
	});

	test('carries the time of its arrival, seconds', () => {
		const before = Date.now() / 1000;
		const time = encode(aRequest()).view.getFloat64(16, true);
		expect(time).toBeGreaterThanOrEqual(before);
		expect(time).toBeLessThanOrEqual(Date.now() / 1000);
	});

	test('fits to the last byte, and with one more it is refused and nothing written', () => {
		const { length: bare } = encode(aRequest({ rawHeaders: ['A', ''] }));
		const fitting = encode(aRequest({ rawHeaders: ['A', 'x'.repeat(HEAD_CAPACITY - bare)] }));
		expect(fitting.length).toBe(HEAD_CAPACITY);
		expect(fitting.bytes.subarray(HEAD_CAPACITY)).toEqual(new Uint8Array(8));
		const tooLarge = encode(aRequest({ rawHeaders: ['A', 'x'.repeat(HEAD_CAPACITY - bare + 1)] }));
		expect(tooLarge.length).toBe(-1);
		expect(tooLarge.bytes.every((each) => each === 0)).toBe(true);
	});
});
