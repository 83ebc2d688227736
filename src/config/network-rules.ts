import { OptionsError } from './options-error.ts';

/**
 * What PHP may do with the network. `'off'`, or a list, is short for `{ allow }`: where it may connect to, nowhere, or only
 * there (`HOST:PORT`, each part may be `*`; IPv6 in brackets); default: anywhere. `listen`: where it may be a server
 * (`ADDRESS:PORT`, each part may be `*`; `unix:PATH`, `unix:*`); default: nowhere.
 */
export type NetworkOption =
	| 'off'
	| readonly string[]
	| { readonly allow?: 'off' | readonly string[] | undefined; readonly listen?: readonly string[] | undefined };

/** One entry of an allow list. `host` is a name or an address, in lower case; undefined = any. */
export type NetworkRule = { host: string | undefined; port: number | undefined };
/** One place where PHP may listen; `unix`: a path, or ANY_PATH for any that PHP sees. */
export type ListenRule = NetworkRule | { unix: string };

/** The option `network` after validation. */
export type NetworkRules = {
	/** Undefined = PHP may connect anywhere. */
	readonly connect: readonly NetworkRule[] | undefined;
	readonly listen: readonly ListenRule[];
	/** Where the editor listens to which Xdebug connects; PHP may, too, whatever `connect` says. */
	readonly editor?: NetworkRule | undefined;
};

/** Where nothing is said: PHP connects anywhere and listens nowhere. */
export const DEFAULT_NETWORK: NetworkRules = { connect: undefined, listen: [] };

const FORM = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\*|\d{1,5})$/;
const UNIX = 'unix:';
/** In a rule for UNIX sockets. No path is called so: they begin with a slash. */
export const ANY_PATH = '*';

/**
 * Reads the option `network`.
 * @throws OptionsError for an entry that is no HOST:PORT
 */
export function parseNetwork(option: NetworkOption | undefined): NetworkRules {
	if (option === undefined) return DEFAULT_NETWORK;
	const { allow, listen = [] } = typeof option === 'string' || isList(option) ? { allow: option } : option;
	const connect = allow === 'off' ? [] : allow?.map(parseNetworkRule);
	return { connect, listen: listen.map(parseListenRule) };
}

/** Reads `HOST:PORT`. @throws OptionsError */
export function parseNetworkRule(text: string): NetworkRule {
	const rule = readRule(text);
	if (rule !== undefined) return rule;
	throw new OptionsError(
		'bad_key_value',
		`'${text}' is no place to connect to; write HOST:PORT, or HOST:*, or *:PORT.`,
	);
}

/** Reads `ADDRESS:PORT` or `unix:PATH`. @throws OptionsError */
export function parseListenRule(text: string): ListenRule {
	if (text.startsWith(`${UNIX}/`)) return { unix: text.slice(UNIX.length) };
	if (text === `${UNIX}*`) return { unix: ANY_PATH };
	const rule = readRule(text);
	// Sockets bind to addresses: a name would have to be looked up, and could mean another address later.
	if (rule !== undefined && (rule.host === undefined || /^[\d.]+$|:|^localhost$/.test(rule.host))) return rule;
	throw new OptionsError(
		'bad_key_value',
		`'${text}' is no place to listen at; write ADDRESS:PORT, each may be *, or unix:PATH, or unix:*.`,
	);
}

function readRule(text: string): NetworkRule | undefined {
	const match = FORM.exec(text);
	const host = (match?.[1] ?? match?.[2])?.toLowerCase();
	const port = match?.[3] === '*' ? undefined : Number(match?.[3]);
	if (host === undefined || (port !== undefined && !(port >= 1 && port <= 65535))) return undefined;
	return { host: host === '*' ? undefined : host, port };
}

function isList(option: object): option is readonly string[] {
	return Array.isArray(option);
}
