import type { Endpoint } from './network-port.ts';

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** sockaddr_in, sockaddr_in6; the path of a sockaddr_un begins at byte 2. */
const IN_BYTES = 16;
const IN6_BYTES = 28;
const PATH_AT = 2;

/** Reads a sockaddr; a path is as PHP wrote it. Undefined = no address that sockets here could have. */
export function readAddress(memory: Uint8Array, pointer: number, length: number): Endpoint | undefined {
	const bytes = memory.subarray(pointer, pointer + length);
	if (bytes.length < PATH_AT) return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	switch (view.getUint16(0, true)) {
		case AF_UNIX: {
			const end = bytes.indexOf(0, PATH_AT + 1);
			return { path: new TextDecoder().decode(bytes.subarray(PATH_AT, end === -1 ? length : end)) };
		}
		case AF_INET:
			if (length < IN_BYTES) return undefined;
			return { port: view.getUint16(2), address: bytes.subarray(4, 8).join('.') };
		case AF_INET6: {
			if (length < IN6_BYTES) return undefined;
			const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(8 + i * 2));
			const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
			if (mapped) return { port: view.getUint16(2), address: `::ffff:${bytes.subarray(20, 24).join('.')}` };
			return { port: view.getUint16(2), address: shorten(groups) };
		}
		default:
			return undefined;
	}
}

/** The sockaddr of an endpoint. `family` decides the form when there is no endpoint. */
export function addressBytes(endpoint: Endpoint | undefined, family: number): Uint8Array {
	if (family === AF_UNIX) {
		const path = endpoint !== undefined && 'path' in endpoint ? new TextEncoder().encode(endpoint.path) : undefined;
		const bytes = new Uint8Array(PATH_AT + (path === undefined || path.length === 0 ? 0 : path.length + 1));
		bytes[0] = AF_UNIX;
		if (path !== undefined) bytes.set(path, PATH_AT);
		return bytes;
	}
	const { address, port } = endpoint !== undefined && 'port' in endpoint ? endpoint : { address: '', port: 0 };
	const bytes = new Uint8Array(family === AF_INET6 ? IN6_BYTES : IN_BYTES);
	bytes[0] = family;
	new DataView(bytes.buffer).setUint16(2, port);
	if (family === AF_INET6) bytes.set(parseIpv6(address) ?? new Uint8Array(16), 8);
	else bytes.set(parseIpv4(address.replace(/^::ffff:/i, '')) ?? new Uint8Array(4), 4);
	return bytes;
}

/** Writes a sockaddr and its length, cut to the room given at `lengthPointer`. Null pointers are left alone. */
export function writeAddress(memory: DataView, pointer: number, lengthPointer: number, bytes: Uint8Array): void {
	if (pointer === 0 || lengthPointer === 0) return;
	const room = memory.getUint32(lengthPointer, true);
	new Uint8Array(memory.buffer).set(bytes.subarray(0, room), pointer);
	memory.setUint32(lengthPointer, bytes.length, true);
}

/** The four bytes of `127.0.0.1`. */
export function parseIpv4(text: string): Uint8Array | undefined {
	const parts = text.split('.');
	if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
	return Uint8Array.from(parts, Number);
}

/**
 * The four bytes of an IPv4 address in any form that resolvers accept: `127.1`, `0x7f.1`, `2130706433`, `0177.0.0.1`.
 */
export function parseAnyIpv4(text: string): Uint8Array | undefined {
	const parts = text.split('.');
	if (parts.length > 4 || !parts.every((part) => /^(?:0x[\da-f]{1,8}|0[0-7]{0,11}|[1-9]\d{0,9})$/i.test(part)))
		return undefined;
	const numbers = parts.map((part) => (/^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part)));
	const last = numbers.pop() ?? 0;
	const room = 4 - numbers.length;
	if (numbers.some((number) => number > 255) || last >= 256 ** room) return undefined;
	const bytes = new Uint8Array(4);
	bytes.set(numbers);
	for (let i = 0; i < room; i++) bytes[3 - i] = Math.floor(last / 256 ** i) % 256;
	return bytes;
}

/** The sixteen bytes of `::1`. */
export function parseIpv6(text: string): Uint8Array | undefined {
	const plain = text.replace(/%.*$/, '').replace(/(\d+\.\d+\.\d+\.\d+)$/, (quad) => {
		const bytes = parseIpv4(quad);
		if (bytes === undefined) return 'x';
		const [a = 0, b = 0, c = 0, d = 0] = bytes;
		return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
	});
	const halves = plain.split('::');
	if (halves.length > 2) return undefined;
	const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
	if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
	const bytes = new Uint8Array(16);
	for (const [i, group] of groups.entries()) new DataView(bytes.buffer).setUint16(i * 2, Number.parseInt(group, 16));
	return bytes;
}

/** Groups as text, the longest run of zeros as `::`. */
function shorten(groups: number[]): string {
	const text = groups.map((group) => group.toString(16)).join(':');
	const runs = [...text.matchAll(/(?<![^:])0(:0)+(?![^:])/g)];
	const longest = runs.reduce((best, run) => (run[0].length > (best?.[0].length ?? 0) ? run : best), runs[0]);
	if (longest === undefined) return text;
	const before = text.slice(0, longest.index).replace(/:$/, '');
	const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
	return `${before}::${after}`;
}
