import type { ListenAddress } from '../config/values.ts';

const REASONS: Readonly<Record<string, string>> = {
	EADDRINUSE: 'the port is in use; stop the other program or choose another port',
	EACCES: 'this user may not open that port; choose one above 1023',
	EADDRNOTAVAIL: 'this machine has no such address; use 127.0.0.1 or 0.0.0.0',
	ENOTFOUND: 'the host name is unknown; use 127.0.0.1 or 0.0.0.0',
};

/** The server cannot listen on the address; the message says why and what to do. */
export class ListenError extends Error {
	override readonly name = 'ListenError';
	readonly code = 'cannot_listen';
	readonly address: ListenAddress;
	/** The system's name of the reason, such as EADDRINUSE. */
	readonly reason: string;

	/** @param where the address is chosen, as users write it; undefined = they know */
	constructor(address: ListenAddress, reason: string, where?: string) {
		const why = REASONS[reason] ?? `the system says ${reason}`;
		super(`Cannot listen on ${address.host}:${address.port}: ${why}${where === undefined ? '' : ` (${where})`}.`);
		this.address = address;
		this.reason = reason;
	}
}
