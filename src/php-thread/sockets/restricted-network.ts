import {
	ANY_PATH,
	DEFAULT_NETWORK,
	type ListenRule,
	type NetworkRule,
	type NetworkRules,
} from '../../config/network-rules.ts';
import { numericAddress } from './names.ts';
import type { Endpoint, IpAddress, IpEndpoint, NetworkPort, Purpose, Refusal } from './network-port.ts';
import { parseIpv6 } from './socket-addresses.ts';

/** What PHP's warning says about what the option does not allow. */
const REASON = "not allowed by option 'network'";
const LISTEN_REASON = "not allowed by 'network listen'";
const OPERATORS_REASON = 'the admin endpoint is not for PHP';

/** Addresses that no connection can reach: the broadcast address, and the prefix of RFC 6666. */
const STAND_INS = { 4: '255.255.255.255', 6: '100:0:0:0:0:0:0:1' } as const;

const LOCALHOST = 'localhost';
const LOOPBACK = ['127.0.0.1', '::1'];

/** A network in which only some endpoints can be reached. PHP thread. */
export type Restriction = {
	/** Why PHP must not connect or listen there; undefined = it may. */
	refusal(to: Endpoint, purpose: Purpose): Refusal | undefined;
	/** Whether that is the editor to which Xdebug connects. */
	isEditor(to: Endpoint): boolean;
	/** The network, which remembers the names of addresses, and rejects with NameRefusedError. */
	network: NetworkPort;
};

/** A name that PHP must not look up: it was not looked up. */
export class NameRefusedError extends Error {
	/** An unreachable address; whoever connects to it is told why. */
	readonly standIn: IpAddress;

	constructor(message: string, family: 4 | 6) {
		super(message);
		this.standIn = { family, address: STAND_INS[family] };
	}
}

/**
 * Restricts what PHP connects to, listens on and looks up. A rule with a name allows the addresses that the host's
 * resolver has given for this name, and looking it up. Connecting to UNIX sockets is restricted only by the visible
 * folders. The admin API is closed, whatever the rules say.
 */
export function restrictNetwork(
	network: NetworkPort,
	{ connect: named, listen, editor }: NetworkRules = DEFAULT_NETWORK,
): Restriction {
	const connect = named && editor ? [...named, editor] : named;
	/** The names that were looked up, by address. */
	const names = new Map<string, Set<string>>();
	const known = (address: string): string[] => {
		const plain = canonical(address);
		return [plain, ...(names.get(plain) ?? [])];
	};
	const connectRefusal = (to: IpEndpoint): Refusal | undefined => {
		const hosts = known(to.address);
		const isStandIn = connect !== undefined && Object.values<string>(STAND_INS).includes(canonical(to.address));
		const matching = isStandIn ? [] : connect?.filter((rule) => matches(rule, hosts, to.port));
		if (matching?.length === 0) {
			const why =
				named?.length === 0
					? "the option 'network' is off"
					: "the option 'network' does not allow it; add that HOST:PORT";
			return { message: `Connecting to ${hosts.at(-1)}:${to.port} was refused: ${why}.`, reason: REASON };
		}
		const operators = network.operators?.(to);
		const isNamed = matching?.some(({ host, port }) => host !== undefined && port !== undefined) ?? false;
		if (operators === undefined || (operators === 'usual' && isNamed)) return undefined;
		const why =
			operators === 'own'
				? 'the admin API of this server is there, which is not for PHP'
				: `the admin API of a server is usually there; add that HOST:PORT to the option 'network' if it is meant`;
		return { message: `Connecting to ${to.address}:${to.port} was refused: ${why}.`, reason: OPERATORS_REASON };
	};
	return {
		isEditor: (to) => editor !== undefined && 'port' in to && matches(editor, known(to.address), to.port),
		refusal: (to, purpose) => {
			if (purpose === 'listen') return network.refusal?.(to, purpose) ?? listenRefusal(to, listen);
			return ('path' in to ? undefined : connectRefusal(to)) ?? network.refusal?.(to, purpose);
		},
		network: {
			...network,
			lookup: async (asked, family) => {
				const name = asked.toLowerCase().replace(/\.$/, '');
				const refusal = nameRefusal(name, connect, listen);
				if (refusal !== undefined) {
					const error = new NameRefusedError(refusal, family ?? 4);
					names.set(error.standIn.address, new Set([name]));
					throw error;
				}
				const found = await network.lookup(asked, family);
				for (const { address } of found) {
					const plain = canonical(address);
					names.set(plain, (names.get(plain) ?? new Set()).add(name));
				}
				return found;
			},
		},
	};
}

function listenRefusal(at: Endpoint, rules: readonly ListenRule[]): Refusal | undefined {
	const isAllowed = rules.some((rule) => {
		// Of rules that a program of PHP has read from a file, what is undefined is not there.
		if ('unix' in rule) return 'path' in at && (rule.unix === ANY_PATH || rule.unix === at.path);
		if ('path' in at) return false;
		const plain = canonical(at.address);
		const hosts = LOOPBACK.includes(plain) ? [plain, LOCALHOST] : [plain];
		// Port 0 lets the system choose: only a rule for any port allows that.
		return matches(rule, hosts, at.port);
	});
	if (isAllowed) return undefined;
	const where =
		'path' in at ? `unix:${at.path}` : `${at.address.includes(':') ? `[${at.address}]` : at.address}:${at.port || '*'}`;
	return {
		message: `Listening at ${where} was refused: the option 'network' says where PHP may listen; add ${where} there.`,
		reason: LISTEN_REASON,
	};
}

function nameRefusal(
	name: string,
	connect: NetworkRules['connect'],
	listen: readonly ListenRule[],
): string | undefined {
	if (connect === undefined) return undefined;
	const isNamed = ({ host }: NetworkRule): boolean =>
		host === undefined || host === name || (name === LOCALHOST && LOOPBACK.includes(canonical(host)));
	if (connect.some(isNamed)) return undefined;
	if (name === LOCALHOST && listen.some((rule) => !('unix' in rule) && isNamed(rule))) return undefined;
	const why =
		connect.length === 0 ? "the option 'network' is off" : "the option 'network' names it nowhere; add that HOST:PORT";
	return `Looking up ${name} was refused: ${why}.`;
}

function matches(rule: NetworkRule, hosts: readonly string[], port: number): boolean {
	if (rule.port !== undefined && rule.port !== port) return false;
	return rule.host === undefined || hosts.includes(rule.host) || hosts.includes(canonical(rule.host));
}

/** The canonical form of an address, IPv4-mapped ones as IPv4; names stay as they are. */
function canonical(host: string): string {
	const numeric = numericAddress(host);
	if (numeric?.family !== 6) return numeric?.address ?? host;
	const bytes = parseIpv6(host) as Uint8Array;
	const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
	if (isMapped) return bytes.subarray(12).join('.');
	return bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < 2
		? `::${bytes[15] === 1 ? 1 : ''}`
		: Array.from({ length: 8 }, (_, i) => (((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0)).toString(16)).join(
				':',
			);
}
