import type { GlobalOptions } from '../adapt/global-options.ts';
import { DEFAULT_ADMIN_ADDRESS } from '../config/defaults.ts';
import { type ListenAddress, parseListen } from '../config/values.ts';

/** Where the admin API listens, and whom it answers. */
export interface AdminEndpoint extends ListenAddress {
	/** Hosts (with port) that requests may name besides the address itself. */
	readonly origins: readonly string[];
	/** Requests without an Origin header are refused as well. */
	readonly enforceOrigin: boolean;
}

/**
 * The admin endpoint of a configuration; `undefined` = it is off.
 *
 * @throws OptionsError when the address is invalid
 */
export function adminEndpoint({ admin }: Pick<GlobalOptions, 'admin'>): AdminEndpoint | undefined {
	if (admin === 'off') return undefined;
	const { host, port } = parseListen(admin?.listen ?? DEFAULT_ADMIN_ADDRESS);
	// The name may resolve to an address that clients do not try first.
	const bound = host === 'localhost' ? '127.0.0.1' : host;
	return { host: bound, port, origins: admin?.origins ?? [], enforceOrigin: admin?.enforceOrigin ?? false };
}
