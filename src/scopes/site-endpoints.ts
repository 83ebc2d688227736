import type { AdaptedSite } from '../adapt/adapted-config.ts';
import { type PortOptions, schemeOf } from '../adapt/site-scheme.ts';
import { CaddyfileError } from '../caddyfile/errors.ts';
import type { SiteAddress } from '../caddyfile/site-addresses.ts';

/** A socket to listen on. */
export interface Endpoint {
	readonly scheme: 'http' | 'https';
	/** 0 = any free one. */
	readonly port: number;
	/** The address to listen on; '' = all of the machine. */
	readonly address: string;
	/** Whether the port is listened on at all addresses, and at this or another one beside them. */
	readonly isShared: boolean;
	readonly hosts: readonly HostRoute[];
}

/** What a host name leads to. */
export interface HostRoute {
	/** In lower case; '' = every host. Labels may be `*`. */
	readonly host: string;
	/** A site, or `undefined` = a redirect to the same host by HTTPS, at `redirectPort`. */
	readonly site: AdaptedSite | undefined;
	readonly redirectPort: number;
}

/**
 * Which sockets the sites of a configuration need, by Caddy's rules: a host name without a scheme is served by HTTPS,
 * a port alone by HTTP, and HTTP redirects to HTTPS unless `auto_https` says otherwise. A site with `tls` is always
 * served by HTTPS.
 *
 * @throws CaddyfileError when an address contradicts itself or another
 */
export function planEndpoints(sites: readonly AdaptedSite[], options: PortOptions): Endpoint[] {
	const found = new Map<string, Omit<Endpoint, 'hosts' | 'isShared'> & { hosts: Map<string, HostRoute> }>();
	const add = (
		scheme: Endpoint['scheme'],
		port: number,
		address: string,
		route: HostRoute,
		{ position }: Pick<SiteAddress, 'position'>,
	) => {
		// Port 0 is a different one each time.
		const key = keyOf(port === 0 ? scheme : port, address);
		const known = found.get(key) ?? { scheme, port, address, hosts: new Map<string, HostRoute>() };
		if (known.scheme !== scheme) {
			throw new CaddyfileError('conflict', position, `port ${port} is used for HTTP and for HTTPS`, {
				hint: 'give one of the sites another port, or another scheme',
			});
		}
		const before = known.hosts.get(route.host);
		if (before?.site !== undefined && route.site !== undefined) {
			throw new CaddyfileError('conflict', position, `two sites are served for '${route.host || '*'}' on port ${port}`);
		}
		if (before?.site === undefined) known.hosts.set(route.host, route);
		found.set(key, known);
	};
	const redirects: { host: string; port: number; bound: string; address: SiteAddress }[] = [];
	for (const site of sites) {
		for (const address of site.addresses) {
			const scheme = schemeOf(address, site, options);
			const port = address.port ?? (scheme === 'https' ? options.httpsPort : options.httpPort);
			for (const bound of boundTo(site, options)) {
				add(scheme, port, bound, { host: address.host, site, redirectPort: 0 }, address);
				if (scheme === 'https' && options.autoHttps === 'on' && address.host !== '') {
					redirects.push({ host: address.host, port, bound, address });
				}
			}
		}
	}
	for (const { host, port, bound, address } of redirects) {
		// A port that speaks HTTPS itself cannot redirect to it.
		if (found.get(keyOf(options.httpPort, bound))?.scheme === 'https') continue;
		add('http', options.httpPort, bound, { host, site: undefined, redirectPort: port }, address);
	}
	const all = [...found.values()];
	return all.map(({ hosts, ...socket }) => ({
		...socket,
		isShared: all.some((other) => overlap(socket, other)),
		hosts: [...hosts.values()],
	}));
}

type Place = Pick<Endpoint, 'port' | 'address'>;

/** Whether two places have a port in common: one of them is at all addresses, the other at a certain one. */
function overlap(one: Place, other: Place): boolean {
	return one.port === other.port && one.port !== 0 && (one.address === '') !== (other.address === '');
}

function keyOf(port: number | string, address: string): string {
	return `${address} ${port}`;
}

/** Where a site listens; '' = everywhere. */
function boundTo({ bind }: AdaptedSite, { defaultBind }: PortOptions): readonly string[] {
	const addresses = (bind ?? defaultBind ?? []).map((address) =>
		address === '0.0.0.0' || address === '::' ? '' : address,
	);
	return addresses.length > 0 ? [...new Set(addresses)] : [''];
}

/** Characters of a host name, at most. */
const LONGEST_HOST = 253;

/** The route for a host: its own, else one with `*` for some of its first labels, else the one for every host. */
export function findHost<T>(table: ReadonlyMap<string, T>, host: string): T | undefined {
	const own = table.get(host);
	if (own !== undefined) return own;
	// A Host header may have thousands of labels, and the cost grows with their square.
	if (host.length > LONGEST_HOST) return table.get('');
	const labels = host.split('.');
	for (let count = 1; count <= labels.length && host !== ''; count++) {
		const wildcard = [...Array<string>(count).fill('*'), ...labels.slice(count)].join('.');
		const found = table.get(wildcard);
		if (found !== undefined) return found;
	}
	return table.get('');
}
