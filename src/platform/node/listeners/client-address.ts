import { BlockList, isIP, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { PRIVATE_RANGES } from '../../../caddyfile/networks.ts';
import type { ClientFacts } from '../../../http/client-facts.ts';
import type { HttpRequest } from '../http/http-messages.ts';

/** Tells who asks. Main thread only. */
export type ClientFinder = (request: HttpRequest) => ClientFacts;

/** The forms that the ranges of `trusted_proxies` may have. */
export class ProxyRangeError extends Error {
	override readonly name = 'ProxyRangeError';
	readonly code = 'bad_proxy_range';
}

/**
 * Believes `X-Forwarded-For` and `X-Forwarded-Proto` of proxies that are trusted, and of nobody else. The rightmost
 * address that is none of theirs is the client's: what stands left of it anybody may have written.
 *
 * @param ranges addresses, networks such as `10.0.0.0/8`, and `private_ranges`
 * @param headers the first of them that is there names the client; in lower case
 * @throws ProxyRangeError when one is none of these
 */
export function createClientFinder(
	ranges: readonly string[],
	headers: readonly string[] = ['x-forwarded-for'],
): ClientFinder {
	const isTrusted = addressTest(ranges);
	return (request) => {
		const socket = request.socket as TLSSocket | undefined;
		// Absent when the client has gone already.
		const remoteAddress = plainAddress(socket?.remoteAddress ?? '');
		const direct = { remoteAddress, remotePort: socket?.remotePort ?? 0, https: socket?.encrypted === true };
		return ranges.length > 0 && isTrusted(remoteAddress) ? forwarded(request, direct, isTrusted, headers) : direct;
	};
}

/**
 * Whether an address is in one of the networks.
 *
 * @param ranges as for createClientFinder()
 * @throws ProxyRangeError when one is none of these
 */
export function addressTest(ranges: readonly string[]): (address: string) => boolean {
	const list = new BlockList();
	for (const range of ranges.flatMap((each) => (each === 'private_ranges' ? PRIVATE_RANGES : [each]))) {
		addRange(list, range);
	}
	return (address) => {
		const version = isIP(address);
		return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
	};
}

/** An address as people write it: not as IPv6 what is IPv4. */
export function plainAddress(address: string): string {
	return address.startsWith('::') ? address.replace(/^::ffff:(?=\d+\.)/i, '') : address;
}

function forwarded(
	request: HttpRequest,
	direct: ClientFacts,
	isTrusted: (address: string) => boolean,
	headers: readonly string[],
): ClientFacts {
	const proto = String(request.headers['x-forwarded-proto'] ?? '').toLowerCase();
	const https = proto === 'https' || proto === 'http' ? proto === 'https' : direct.https;
	const named = headers.map((name) => String(request.headers[name] ?? '')).find((value) => value !== '');
	const chain = (named ?? '').split(',');
	let client: string | undefined;
	for (const each of chain.toReversed()) {
		const address = addressOf(each);
		// Whatever stands here, nobody trustworthy has written what is left of it.
		if (address === undefined) break;
		client = address;
		if (!isTrusted(address)) break;
	}
	return client === undefined ? { ...direct, https } : { remoteAddress: client, remotePort: 0, https };
}

/** The address in one part of `X-Forwarded-For`: some proxies add a port, or brackets. */
function addressOf(part: string): string | undefined {
	const text = part.trim();
	const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
	const address = plainAddress(bare.replace(/%.*$/, ''));
	return isIP(address) === 0 ? undefined : address;
}

function addRange(list: BlockList, range: string): void {
	const [address = '', bits, ...more] = range.split('/');
	const version = isIP(address);
	const most = version === 6 ? 128 : 32;
	const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
	if (version === 0 || more.length > 0 || !(length <= most)) {
		throw new ProxyRangeError(
			`'${range}' in trusted_proxies is no address and no network; write one such as 10.0.0.0/8, or private_ranges.`,
		);
	}
	list.addSubnet(address, length, isIPv6(address) ? 'ipv6' : 'ipv4');
}
