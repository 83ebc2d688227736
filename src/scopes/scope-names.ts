import type { AdaptedSite } from '../adapt/adapted-config.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ScopeSite } from './scope-root.ts';

/**
 * The names of scopes in logs, metrics and the admin API, as FrankenPHP names its servers: what `name` says, else the
 * first host of the site, else its first address. A name that is taken gets a number.
 */
export function scopeNames(scopes: readonly ScopeSite[]): string[] {
	const taken = new Set<string>();
	return scopes.map(({ site, directive }) => uniqueName(directive.name ?? addressOf(site), taken));
}

/** `name`, or `name_2`, `name_3`, …; adds it to `taken`. */
export function uniqueName(name: string, taken: Set<string>): string {
	let unique = name;
	for (let number = 2; taken.has(unique); number++) unique = `${name}_${number}`;
	taken.add(unique);
	return unique;
}

function addressOf({ addresses }: AdaptedSite): string {
	const host = addresses.find((address) => address.host !== '')?.host;
	if (host !== undefined) return host;
	const [address] = addresses;
	return `:${address?.port ?? (address?.scheme === 'https' ? DEFAULTS.httpsPort : DEFAULTS.httpPort)}`;
}
