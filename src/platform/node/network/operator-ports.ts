import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DEFAULTS } from '../../../config/defaults.ts';
import type { IpEndpoint } from '../../../php-thread/sockets/network-port.ts';
import { ClosedPorts } from '../../../shared-memory/closed-ports.ts';

/** Where the admin APIs of this process listen. Main thread. */
export const operatorPorts = new ClosedPorts(ClosedPorts.createBuffer());

/**
 * Whether an admin API is served at an address: `'own'` = one of this process; `'usual'` = Igor's and Caddy's listen there
 * by default, in whatever process. Any thread.
 */
export function operatorsAt(closed: ClosedPorts): (to: IpEndpoint) => 'own' | 'usual' | undefined {
	return ({ address, port }) => {
		const isClosed = closed.isClosed(port);
		if ((!isClosed && port !== DEFAULTS.adminPort) || !isThisMachine(address)) return undefined;
		return isClosed ? 'own' : 'usual';
	};
}

/** Whether a connection to that address ends at this machine, on any interface. */
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
	// It understands IPv4-mapped IPv6.
	return own.check(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4');
}
