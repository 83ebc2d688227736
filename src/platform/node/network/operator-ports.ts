import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DEFAULTS } from '../../../config/defaults.ts';
import type { IpEndpoint } from '../../../php-thread/sockets/network-port.ts';
import { ClosedPorts } from '../../../shared-memory/closed-ports.ts';

/** Where the admin APIs of this process listen. Main thread. */
export const operatorPorts = new ClosedPorts(ClosedPorts.createBuffer());

/**
 * Tells whether an admin API is served at an address: `'own'` = one of this process; `'usual'` = here those of Igor and
 * Caddy listen by default, whosever they are. Any thread.
 */
export function operatorsAt(closed: ClosedPorts): (to: IpEndpoint) => 'own' | 'usual' | undefined {
	return ({ address, port }) => {
		const isClosed = closed.isClosed(port);
		if ((!isClosed && port !== DEFAULTS.adminPort) || !isThisMachine(address)) return undefined;
		return isClosed ? 'own' : 'usual';
	};
}

/** Whether a connection to that address ends at this machine, by whatever interface. */
function isThisMachine(address: string): boolean {
	const own = new BlockList();
	// 0.0.0.0 and :: stand for this machine, too.
	own.addSubnet('127.0.0.0', 8, 'ipv4');
	own.addSubnet('0.0.0.0', 8, 'ipv4');
	own.addSubnet('::', 127, 'ipv6');
	for (const addresses of Object.values(networkInterfaces())) {
		for (const { address: one, family } of addresses ?? []) {
			own.addAddress(one.replace(/%.*$/, ''), family === 'IPv6' ? 'ipv6' : 'ipv4');
		}
	}
	// It knows IPv4 in the clothes of IPv6.
	return own.check(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4');
}
