import type { AdaptedConfig, AdaptedSite } from '../adapted-config.ts';
import { type PortOptions, schemeOf } from '../site-scheme.ts';
import { writeErrorRoutes } from './error-routes-json.ts';
import { writeServerOptions } from './global-json.ts';
import { compact, type JsonData, type JsonRoute, unlessEmpty } from './json-forms.ts';
import { RoutesToJson, subroute } from './routes-to-json.ts';
import type { ServedSite, SiteLogsToJson } from './site-logs-to-json.ts';
import { TlsToJson } from './tls-json.ts';

interface Server {
	readonly listen: readonly string[];
	readonly port: number;
	readonly scheme: 'http' | 'https';
	readonly sites: ServedSite[];
}

/** What became of the sites. */
export interface WrittenSites {
	readonly servers: Readonly<Record<string, JsonData>> | undefined;
	readonly tls: JsonData | undefined;
}

/** Writes sites as Caddy's servers: one for all sites that listen at the same addresses. */
export function writeSites({ sites, global }: AdaptedConfig, logs: SiteLogsToJson): WrittenSites {
	const routes = new RoutesToJson();
	const tls = new TlsToJson();
	const options = writeServerOptions(global.servers);
	const servers = serversOf(sites, global).map((server) => {
		const isHttps = server.scheme === 'https';
		const bare = server.sites.length === 1 && server.sites[0]?.hosts.length === 0 ? server.sites[0].site : undefined;
		const { errorHandlers } = bare ?? { errorHandlers: server.sites.flatMap(({ site }) => site.errorHandlers) };
		const written = bare ? routes.routes(bare.directives) : server.sites.map((site) => siteRoute(site, routes));
		const errors = bare
			? writeErrorRoutes(bare.errorHandlers, routes)
			: server.sites.flatMap((site) => errorRoute(site, routes));
		const policies = server.sites.flatMap(({ site, hosts }): JsonData[] => {
			const policy = tls.policy(site.tls, hosts);
			return policy ? [policy] : [];
		});
		if (isHttps) for (const { named } of server.sites) tls.automate(named);
		return compact({
			listen: server.listen,
			routes: unlessEmpty(written),
			errors: errorHandlers.length > 0 ? { routes: errors } : undefined,
			automatic_https: automaticHttps(server, global),
			tls_connection_policies: isHttps && needsPolicies(server, policies, global) ? [...policies, {}] : undefined,
			logs: logs.forServer(server.sites),
			...options,
		});
	});
	const named = servers.map((server, index) => [`srv${index}`, server] as const);
	return { servers: named.length > 0 ? Object.fromEntries(named) : undefined, tls: tls.app() };
}

function serversOf(sites: readonly AdaptedSite[], options: PortOptions): Server[] {
	const servers = new Map<string, Server>();
	for (const site of sites) {
		for (const address of site.addresses) {
			const scheme = schemeOf(address, site, options);
			const port = address.port ?? (scheme === 'https' ? options.httpsPort : options.httpPort);
			const listen = (site.bind ?? options.defaultBind ?? ['']).map((bound) => listenAddress(bound, port));
			// Port 0 is a different one each time.
			const key = JSON.stringify([listen, port === 0 && scheme]);
			const server = servers.get(key) ?? { listen, port, scheme, sites: [] };
			servers.set(key, server);
			const known = server.sites.find((each) => each.site === site);
			if (!known) server.sites.push({ site, hosts: address.host === '' ? [] : [address.host], named: [] });
			else if (address.host === '') {
				known.named.push(...known.hosts);
				known.hosts = [];
			} else (known.hosts.length === 0 ? known.named : known.hosts).push(address.host);
		}
	}
	for (const { sites: served } of servers.values()) served.sort((a, b) => specificity(b) - specificity(a));
	return [...servers.values()];
}

function listenAddress(bound: string, port: number): string {
	return `${bound.includes(':') ? `[${bound}]` : bound}:${port}`;
}

/** The first that matches answers: long names first, those with a wildcard after them, then who is for all. */
function specificity({ hosts }: ServedSite): number {
	return Math.max(0, ...hosts.map((host) => host.replaceAll('*', '').length + (host.includes('*') ? 1 : 1000)));
}

function siteRoute({ site, hosts }: ServedSite, routes: RoutesToJson): JsonRoute {
	const inner = routes.routes(site.directives);
	return {
		...(hosts.length > 0 && { match: [{ host: hosts }] }),
		...(inner.length > 0 && { handle: [subroute(inner)] }),
		terminal: true,
	};
}

function errorRoute({ site, hosts }: ServedSite, routes: RoutesToJson): JsonRoute[] {
	if (site.errorHandlers.length === 0) return [];
	const inner = writeErrorRoutes(site.errorHandlers, routes);
	return [{ ...(hosts.length > 0 && { match: [{ host: hosts }] }), handle: [subroute(inner)], terminal: true }];
}

function automaticHttps({ scheme, port, sites }: Server, { autoHttps, httpPort }: PortOptions): JsonData | undefined {
	if (autoHttps === 'off') return { disable: true };
	const skip = scheme === 'http' && port !== httpPort ? sites.flatMap(({ hosts, named }) => [...hosts, ...named]) : [];
	return autoHttps === 'disable_redirects'
		? compact({ disable_redirects: true, skip: unlessEmpty(skip) })
		: skip.length > 0
			? { skip }
			: undefined;
}

/** Caddy knows by itself that a host name is served by HTTPS, and a site on the port of HTTPS. */
function needsPolicies(server: Server, policies: readonly JsonData[], { autoHttps, httpsPort }: PortOptions): boolean {
	if (policies.length > 0 || autoHttps === 'off') return true;
	return server.port !== httpsPort && server.sites.every(({ hosts }) => hosts.length === 0);
}
