import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';

/** Stands for all private addresses. */
const PRIVATE = 'private_ranges';

/** What `private_ranges` stands for; Caddy's list. */
export const PRIVATE_RANGES: readonly string[] = [
	'192.168.0.0/16',
	'172.16.0.0/12',
	'10.0.0.0/8',
	'127.0.0.1/8',
	'fd00::/8',
	'::1',
];

/** The networks themselves. */
export function expandNetworks(networks: readonly string[]): string[] {
	return networks.flatMap((network) => (network === PRIVATE ? PRIVATE_RANGES : network));
}

/** Addresses, networks such as `10.0.0.0/8`, and `private_ranges`. @param of the directive @throws CaddyfileError */
export function readNetworks(tokens: readonly Token[], of: string): string[] {
	return tokens.map((token) => {
		if (token.text === PRIVATE || isNetwork(token.text)) return token.text;
		throw new CaddyfileError(
			'bad_value',
			token.position,
			`${quoteWord(token.text)} in ${of} is no address and no network`,
			{
				expected: 'something like 10.0.0.0/8, ::1 or private_ranges',
			},
		);
	});
}

function isNetwork(text: string): boolean {
	const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
	const isIpv6 = address.includes(':');
	const isAddress = isIpv6
		? URL.canParse(`http://[${address}]/`)
		: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(address);
	return isAddress && Number(bits ?? 0) <= (isIpv6 ? 128 : 32);
}
