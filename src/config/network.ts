import { OptionsError } from './options-error.ts';

/** Where PHP may connect to: anywhere, nowhere, or only there (`HOST:PORT`, each part may be `*`; IPv6 in brackets). */
export type NetworkOption = 'off' | readonly string[];

/** One entry of an allow list. `host` is a name or an address, in lower case; undefined = any. */
export type NetworkRule = { host: string | undefined; port: number | undefined };

const FORM = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\*|\d{1,5})$/;

/**
 * Reads the option `network`; undefined = no restriction.
 * @throws OptionsError for an entry that is no HOST:PORT
 */
export function parseNetwork(option: NetworkOption | undefined): readonly NetworkRule[] | undefined {
	if (option === undefined) return undefined;
	return option === 'off' ? [] : option.map(parseNetworkRule);
}

/** Reads `HOST:PORT`. @throws OptionsError */
export function parseNetworkRule(text: string): NetworkRule {
	const match = FORM.exec(text);
	const host = (match?.[1] ?? match?.[2])?.toLowerCase();
	const port = match?.[3] === '*' ? undefined : Number(match?.[3]);
	if (host === undefined || (port !== undefined && !(port >= 1 && port <= 65535))) {
		throw new OptionsError(
			'bad_key_value',
			`'${text}' is no place to connect to; write HOST:PORT, or HOST:*, or *:PORT.`,
		);
	}
	return { host: host === '*' ? undefined : host, port };
}
