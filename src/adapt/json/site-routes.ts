import type { JsonNode } from './json-node.ts';

/** What of a server's routes makes one site. */
export interface SiteRoutes {
	/** An empty list = every host. */
	readonly hosts: readonly JsonNode[];
	readonly routes: readonly JsonNode[];
	/** For its errors. */
	readonly errors: readonly JsonNode[];
}

/**
 * Splits the routes of a server: those at the beginning that are for certain hosts, and end there, are sites of their own,
 * as Caddy's adapter writes them; what is left is a site for every host.
 *
 * @throws CaddyfileError
 */
export function splitSites(routes: readonly JsonNode[], errors: readonly JsonNode[]): SiteRoutes[] {
	const sites: SiteRoutes[] = [];
	const errorSites = new Map<string, JsonNode[]>();
	const openErrors: JsonNode[] = [];
	for (const [index, route] of errors.entries()) {
		const hosts = hostsOf(route, index === errors.length - 1);
		if (hosts) errorSites.set(keyOf(hosts), contentsOf(route));
		else openErrors.push(...innerRoutes(route));
	}
	let at = 0;
	for (; at < routes.length; at++) {
		const route = routes[at] as JsonNode;
		const hosts = hostsOf(route, at === routes.length - 1);
		if (hosts === undefined) break;
		const own = errorSites.get(keyOf(hosts)) ?? [];
		sites.push({ hosts, routes: contentsOf(route), errors: [...own, ...openErrors] });
	}
	const rest = routes.slice(at);
	const [only] = rest;
	if (sites.length > 0 && rest.length === 0) return sites;
	const inner = sites.length > 0 && only && rest.length === 1 ? innerRoutes(only) : rest;
	return [...sites, { hosts: [], routes: inner, errors: openErrors }];
}

/** The hosts of a route that is for them only, and after which nothing comes for them. */
function hostsOf(route: JsonNode, isLast: boolean): JsonNode[] | undefined {
	const { match, handle, terminal, '@id': _, ...rest } = Object(route.value);
	if (Object.keys(rest).length > 0 || !(terminal === true || isLast)) return undefined;
	if (!Array.isArray(match) || match.length !== 1 || !(handle === undefined || Array.isArray(handle))) return undefined;
	const { host, ...others } = Object(match[0]);
	if (Object.keys(others).length > 0 || !Array.isArray(host) || host.length === 0) return undefined;
	if (!host.every((each) => typeof each === 'string' && !each.includes('{'))) return undefined;
	return route.object().get('match')?.list()[0]?.object().get('host')?.list();
}

/** What a route for certain hosts does. */
function contentsOf(route: JsonNode): JsonNode[] {
	const { handle = [] } = Object(route.value);
	return subroutesOf(route) ?? (handle.length > 0 ? [route.as({ handle })] : []);
}

/** What a route for every host does that Caddy's adapter has written. */
function innerRoutes(route: JsonNode): JsonNode[] {
	const { terminal, handle, ...rest } = Object(route.value);
	if (terminal !== true || Object.keys(rest).length > 0) return [route];
	return handle === undefined ? [] : (subroutesOf(route) ?? [route]);
}

/** The routes of the only handler, if that is a `subroute`. */
function subroutesOf(route: JsonNode): JsonNode[] | undefined {
	const { handle } = Object(route.value);
	const [handler, other] = Array.isArray(handle) ? handle : [];
	const { handler: module, routes, ...rest } = Object(handler);
	if (other !== undefined || module !== 'subroute' || Object.keys(rest).length > 0) return undefined;
	if (routes === undefined) return [];
	return Array.isArray(routes) ? route.object().get('handle')?.list()[0]?.object().get('routes')?.list() : undefined;
}

function keyOf(hosts: readonly JsonNode[]): string {
	return JSON.stringify(hosts.map(({ value }) => value));
}
