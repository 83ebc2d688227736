import type { NetworkRule } from '../../config/network.ts';
import type { Endpoint, NetworkPort, Purpose, Refusal } from './network-port.ts';

/** What PHP's warning says of a connection that the option does not allow. */
const REASON = "not allowed by option 'network'";

/** A network in which only some places can be reached: who asks. PHP thread. */
export type Restriction = {
	/** Why PHP must not connect or listen there; undefined = it may. */
	refusal(to: Endpoint, purpose: Purpose): Refusal | undefined;
	/** The network, which remembers the names of addresses. */
	network: NetworkPort;
};

/**
 * Restricts outgoing connections. A rule with a name allows the addresses that the host's resolver has given for this
 * name. UNIX sockets are not restricted: the visible folders do that.
 */
export function restrictNetwork(network: NetworkPort, rules: readonly NetworkRule[] | undefined): Restriction {
	const byHost: Restriction['refusal'] = (to, purpose) => network.refusal?.(to, purpose);
	if (rules === undefined) return { refusal: byHost, network };
	const names = new Map<string, Set<string>>();
	return {
		refusal: (to, purpose) => {
			if (purpose === 'listen' || 'path' in to) return byHost(to, purpose);
			const { address, port } = to;
			const known = [address.replace(/^::ffff:/i, ''), ...(names.get(address) ?? [])];
			const allowed = rules.some(
				(rule) =>
					(rule.port === undefined || rule.port === port) && (rule.host === undefined || known.includes(rule.host)),
			);
			if (allowed) return byHost(to, purpose);
			const why =
				rules.length === 0
					? "the option 'network' is off"
					: "the option 'network' does not allow it; add that HOST:PORT";
			return { message: `Connecting to ${known.at(-1)}:${port} was refused: ${why}.`, reason: REASON };
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
