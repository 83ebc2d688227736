import type { AdaptedSite } from '../../../adapt/adapted-config.ts';
import type { ServersOptions } from '../../../adapt/servers.ts';
import type { PortOptions } from '../../../adapt/site-scheme.ts';
import type { Logger } from '../../../log/logger.ts';
import { type Endpoint, planEndpoints } from '../../../scopes/site-endpoints.ts';
import type { AccessLogger, SiteHandler } from '../http/http-messages.ts';
import type { HostTarget } from './choose-site.ts';
import { type ClientFinder, createClientFinder } from './client-address.ts';
import { EndpointListener, type EndpointState, type SocketPlace } from './endpoint-listener.ts';
import { type CertificateOptions, SiteCertificates } from './site-certificates.ts';

/** A site, and what answers for it. */
export interface ServedSite {
	readonly site: AdaptedSite;
	readonly handler: SiteHandler;
	readonly accessLog?: AccessLogger;
}

/** What sockets need to know beside the sites. */
export interface ListenerOptions extends PortOptions, CertificateOptions {
	readonly servers: ServersOptions;
}

/** The open sockets of a server. Main thread only. */
export interface SiteListeners {
	/** Such as `https://localhost`, one for each address of a site; with the ports that were really taken. */
	readonly urls: readonly string[];
	/**
	 * Serves other sites, without a gap: sockets that stay are never closed, new ones are open before the first request
	 * of the new sites is answered. When it rejects, nothing has changed; except that a port whose scheme was to change,
	 * or that was to be open at further addresses, is closed if another program takes it in that moment.
	 */
	update(sites: readonly ServedSite[], options: ListenerOptions): Promise<void>;
	/** Takes no more connections, lets running requests end. @param grace milliseconds, then they are cut off */
	close(grace: number): Promise<void>;
}

/** How long requests on a socket that a reload takes away may still run, milliseconds. */
const LEAVING_GRACE = 30_000;
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/**
 * Opens the sockets that sites need.
 *
 * @throws ListenError, CaddyfileError (addresses that contradict each other), CertificateError, ProxyRangeError
 */
export async function openListeners(
	sites: readonly ServedSite[],
	options: ListenerOptions,
	log: Logger,
): Promise<SiteListeners> {
	const listeners = new Listeners(log);
	await listeners.update(sites, options);
	return listeners;
}

type Open = { readonly endpoint: Endpoint; readonly listener: EndpointListener };
type Prepared = { readonly endpoint: Endpoint; readonly state: EndpointState };

class Listeners implements SiteListeners {
	readonly #log: Logger;
	#open: Open[] = [];
	readonly #leaving = new Set<EndpointListener>();

	constructor(log: Logger) {
		this.#log = log;
	}

	get urls(): readonly string[] {
		return this.#open.flatMap(({ endpoint, listener }) =>
			endpoint.hosts
				.filter(({ site }) => site !== undefined)
				.map(({ host }) => urlOf(listener, host === '' ? endpoint.address : host)),
		);
	}

	async update(sites: readonly ServedSite[], options: ListenerOptions): Promise<void> {
		const prepared = await prepare(sites, options);
		const find = ({ scheme, port, address, isShared }: Endpoint): Open | undefined =>
			this.#open.find(
				({ endpoint }) =>
					endpoint.scheme === scheme &&
					endpoint.port === port &&
					endpoint.address === address &&
					// What is open alone has to be opened again before it shares its port.
					(endpoint.isShared || !isShared),
			);
		const missing = prepared.filter(({ endpoint }) => find(endpoint) === undefined);
		const kept = new Set(prepared.map(({ endpoint }) => find(endpoint)));
		const inTheWay = ({ port, address }: Endpoint): Open[] =>
			this.#open.filter(
				(open) =>
					!kept.has(open) &&
					open.listener.port === port &&
					(open.endpoint.address === address || open.endpoint.address === '' || address === ''),
			);
		// Those first that can be undone: a port that changes its scheme has to be given up before it is taken again.
		const fresh = await this.#openAll(missing.filter(({ endpoint }) => inTheWay(endpoint).length === 0));
		try {
			for (const each of missing.filter(({ endpoint }) => inTheWay(endpoint).length > 0)) {
				fresh.push(await this.#replace(inTheWay(each.endpoint), each));
			}
		} catch (error) {
			await Promise.all(fresh.map(({ listener }) => listener.close(0)));
			throw error;
		}
		const next = prepared.map(({ endpoint, state }) => {
			const known = find(endpoint);
			known?.listener.exchange(state);
			const listener = known?.listener ?? fresh.find((open) => open.endpoint === endpoint)?.listener;
			return { endpoint, listener: listener as EndpointListener };
		});
		for (const open of this.#open) if (!kept.has(open)) void this.#leave(open.listener);
		this.#open = next;
		warnOfUntrusted(prepared, this.#log);
	}

	async close(grace: number): Promise<void> {
		const all = [...this.#open.map(({ listener }) => listener), ...this.#leaving];
		await Promise.all(all.map((listener) => listener.close(grace)));
	}

	/** All or none. */
	async #openAll(prepared: readonly Prepared[]): Promise<Open[]> {
		const open: Open[] = [];
		try {
			for (const { endpoint, state } of prepared) {
				open.push({ endpoint, listener: await EndpointListener.open(placeOf(endpoint), state, this.#log) });
			}
			return open;
		} catch (error) {
			await Promise.all(open.map(({ listener }) => listener.close(0)));
			throw error;
		}
	}

	async #replace(old: readonly Open[], { endpoint, state }: Prepared): Promise<Open> {
		for (const { listener } of old) void this.#leave(listener);
		return { endpoint, listener: await EndpointListener.open(placeOf(endpoint), state, this.#log) };
	}

	async #leave(listener: EndpointListener): Promise<void> {
		if (this.#leaving.has(listener)) return;
		this.#leaving.add(listener);
		await listener.close(LEAVING_GRACE);
		this.#leaving.delete(listener);
	}
}

/** Without a host: all addresses of the machine. */
function placeOf({ scheme, port, address, isShared }: Endpoint): SocketPlace {
	return { scheme, port, isShared, ...(address !== '' && { host: address }) };
}

async function prepare(sites: readonly ServedSite[], options: ListenerOptions): Promise<Prepared[]> {
	const { trustedProxies, clientIpHeaders, timeouts } = options.servers;
	const findClient = createClientFinder(trustedProxies, clientIpHeaders);
	const served = new Map(sites.map((each) => [each.site, each]));
	const endpoints = planEndpoints([...served.keys()], options);
	return Promise.all(endpoints.map(async (endpoint) => ({ endpoint, state: await stateOf(endpoint) })));

	async function stateOf({ scheme, hosts }: Endpoint): Promise<EndpointState> {
		const tls = new Map(hosts.map(({ host, site }) => [host, site?.tls]));
		return {
			hosts: new Map(hosts.map(({ host, site, redirectPort }) => [host, targetOf(site, redirectPort)])),
			findClient: findClient satisfies ClientFinder,
			timeouts,
			certificates: scheme === 'https' ? await SiteCertificates.open(tls, options) : undefined,
		};
	}

	function targetOf(site: AdaptedSite | undefined, port: number): HostTarget {
		const found = site && served.get(site);
		if (found === undefined) return { kind: 'redirect', port };
		return { kind: 'site', handler: found.handler, accessLog: found.accessLog };
	}
}

/** Igor gets no certificates from outside: for public names that has to be said. */
function warnOfUntrusted(prepared: readonly Prepared[], log: Logger): void {
	for (const { endpoint } of prepared) {
		if (endpoint.scheme !== 'https') continue;
		for (const { host, site } of endpoint.hosts) {
			if (site === undefined || site.tls !== undefined || !isPublic(host)) continue;
			log.warn(
				`The certificate for ${host} is from Igor's own authority, which browsers do not trust; write 'tls CERT KEY' into the site, or put a proxy in front`,
				{ host },
			);
		}
	}
}

/** Whether a name is one that an authority on the internet would give a certificate for. */
function isPublic(host: string): boolean {
	return (
		host.includes('.') && !/(?:^|\.)(?:localhost|local|internal|test|example|invalid|home\.arpa)$|^[\d.]+$/.test(host)
	);
}

function urlOf({ scheme, port }: EndpointListener, host: string): string {
	const name = host === '' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
	return `${scheme}://${name}${port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`;
}
