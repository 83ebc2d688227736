import type { NetworkRule } from '../../config/network.ts';
import type { IpEndpoint, NetworkPort } from './network-port.ts';

/** A network in which only some places can be reached: who asks. PHP thread. */
export type Restriction = {
	/** Why PHP must not connect there, as a sentence; undefined = it may. */
	refusal(to: IpEndpoint): string | undefined;
	/** The network, which remembers the names of addresses. */
	network: NetworkPort;
};

/**
 * Restricts outgoing connections. A rule with a name allows the addresses that the host's resolver has given for this
 * name. UNIX sockets are not restricted: the visible folders do that.
 */
export function restrictNetwork(network: NetworkPort, rules: readonly NetworkRule[] | undefined): Restriction {
	if (rules === undefined) return { refusal: () => undefined, network };
	const names = new Map<string, Set<string>>();
	return {
		refusal: ({ address, port }) => {
			const known = [address.replace(/^::ffff:/i, ''), ...(names.get(address) ?? [])];
			const allowed = rules.some(
				(rule) =>
					(rule.port === undefined || rule.port === port) && (rule.host === undefined || known.includes(rule.host)),
			);
			if (allowed) return undefined;
			return rules.length === 0
				? `Connecting to ${address}:${port} was refused: the option 'network' is off.`
				: `Connecting to ${known.at(-1)}:${port} was refused: the option 'network' does not allow it; add that HOST:PORT.`;
		},
		network: {
			...network,
			lookup: async (name, family) => {
				const found = await network.lookup(name, family);
				for (const { address } of found) {
					const set = names.get(address) ?? new Set();
					names.set(address, set.add(name.toLowerCase()));
				}
				return found;
			},
		},
	};
}
