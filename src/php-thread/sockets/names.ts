import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { IpAddress } from './network-port.ts';
import { AF_INET, AF_INET6, addressBytes, parseAnyIpv4, parseIpv6 } from './socket-addresses.ts';

// getaddrinfo(3), numbers of musl.
const AI_PASSIVE = 1;
const AI_NUMERICHOST = 4;
/** Meaningless without a service; set by wasm/host_names.c. */
const AI_NUMERICSERV = 0x400;
const EAI_NONAME = -2;
const EAI_AGAIN = -3;
const EAI_FAIL = -4;
const EAI_FAMILY = -6;
const EAI_SERVICE = -8;
const SOCK_DGRAM = 2;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
/** struct addrinfo: flags, family, socktype, protocol, addrlen, addr, canonname, next */
const ADDRINFO_BYTES = 32;
const LONGEST_NAME = 1024;

/** What PHP asks about a name. */
export type NameQuestion = {
	name: string;
	family: number;
	type: number;
	protocol: number;
	port: number;
	/** Only the resolver's address is an answer: the caller wants to know it, not to connect. */
	onlyReal: boolean;
};

/** Reads the arguments of getaddrinfo(); a negative number is already the result. */
export function readQuestion(memory: WasmMemory, name: number, service: number, hints: number): NameQuestion | number {
	const { view } = memory;
	const hint = (at: number): number => (hints === 0 ? 0 : view.getInt32(hints + at, true));
	const flags = hint(0);
	const family = hint(4);
	if (family !== 0 && family !== AF_INET && family !== AF_INET6) return EAI_FAMILY;
	if (name === 0 && service === 0) return EAI_NONAME;
	const port = service === 0 ? 0 : Number(readString(memory, service));
	if (!Number.isInteger(port) || port < 0 || port > 65535) return EAI_SERVICE;
	const type = hint(8) || 1;
	const protocol = hint(12) || (type === SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP);
	const any = family === AF_INET6 ? '::' : '0.0.0.0';
	const own = family === AF_INET6 ? '::1' : '127.0.0.1';
	const asked = name === 0 ? ((flags & AI_PASSIVE) !== 0 ? any : own) : readString(memory, name);
	if ((flags & AI_NUMERICHOST) !== 0 && numericAddress(asked) === undefined) return EAI_NONAME;
	return { name: asked, family, type, protocol, port, onlyReal: (flags & AI_NUMERICSERV) !== 0 };
}

/** The address, if the name is one. */
export function numericAddress(name: string): IpAddress | undefined {
	const four = parseAnyIpv4(name);
	if (four !== undefined) return { family: 4, address: four.join('.') };
	if (parseIpv6(name) !== undefined) return { family: 6, address: name };
	return undefined;
}

/** What getaddrinfo() returns for an error of the resolver. */
export function resolverError(code: string): number {
	if (code === 'ENOTFOUND' || code === 'ENODATA') return EAI_NONAME;
	return code === 'EAI_AGAIN' || code === 'ETIMEOUT' ? EAI_AGAIN : EAI_FAIL;
}

/**
 * Writes a list of addrinfo, and a pointer to it to `out`. Emscripten's freeaddrinfo() frees the first address and the
 * first node and knows of no others, so the others lie behind the first address.
 */
export function writeAddresses(
	memory: WasmMemory,
	malloc: (bytes: number) => number,
	question: NameQuestion,
	addresses: readonly IpAddress[],
	out: number,
): number {
	const entries = addresses
		.map(({ family, address }) => ({ family: family === 6 ? AF_INET6 : AF_INET, address }))
		.filter(({ family }) => question.family === 0 || question.family === family)
		.map(({ family, address }) => ({ family, bytes: addressBytes({ address, port: question.port }, family) }));
	if (entries.length === 0) return EAI_NONAME;
	const size = ADDRINFO_BYTES + 28;
	const first = malloc(ADDRINFO_BYTES);
	const block = malloc(size * entries.length);
	const { view, bytes } = memory;
	for (const [i, entry] of entries.entries()) {
		const address = block + i * size;
		const node = i === 0 ? first : address + 28;
		const next = i + 1 < entries.length ? block + (i + 1) * size + 28 : 0;
		bytes.set(entry.bytes, address);
		const { type, protocol } = question;
		for (const [word, value] of [0, entry.family, type, protocol, entry.bytes.length, address, 0, next].entries()) {
			view.setUint32(node + word * 4, value, true);
		}
	}
	view.setUint32(out, first, true);
	return 0;
}

/** A C string. */
export function readString(memory: WasmMemory, pointer: number): string {
	const { bytes } = memory;
	const end = bytes.indexOf(0, pointer);
	return memory.text(pointer, Math.min(end, pointer + LONGEST_NAME) - pointer);
}
