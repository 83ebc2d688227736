import type { AdminEndpoint } from '../scopes/admin-address.ts';
import { AdminError, type AdminRequest } from './admin-messages.ts';

/** Who may use an admin endpoint. Hosts are in lower case, with port. */
export interface AccessPolicy {
	/** `undefined` = any: the endpoint has no name of its own. */
	readonly hosts: ReadonlySet<string> | undefined;
	/** Hosts, or `SCHEME://HOST`, of pages that may use it. */
	readonly origins: ReadonlySet<string>;
	readonly enforceOrigin: boolean;
}

const LOOPBACK = new Set(['localhost', '::1']);
const WILDCARDS = new Set(['0.0.0.0', '::', '']);
const HTTP_PORT = 80;

/**
 * As in Caddy: an endpoint on this machine is addressed as localhost, 127.0.0.1 or [::1], any other one by its own
 * address. One that listens on every address may be addressed by any name, unless `origins` lists the names.
 *
 * @param port the one actually in use
 */
export function accessPolicy(endpoint: AdminEndpoint, port: number): AccessPolicy {
	const { host, enforceOrigin } = endpoint;
	const loopback = LOOPBACK.has(host) || /^127(?:\.\d{1,3}){3}$/.test(host);
	const names = loopback ? [...new Set(['localhost', '127.0.0.1', '[::1]', bracketed(host)])] : [bracketed(host)];
	const own = names.flatMap((name) => [`${name}:${port}`, ...(port === HTTP_PORT ? [name] : [])]);
	const more = endpoint.origins.map((origin) => origin.toLowerCase().replace(/^([a-z]+:\/\/[^/]*).*$/, '$1'));
	const anyHost = WILDCARDS.has(host) && more.length === 0;
	return {
		hosts: anyHost ? undefined : new Set([...own, ...more.map((origin) => origin.replace(/^[a-z]+:\/\//, ''))]),
		origins: new Set([...own, ...more]),
		enforceOrigin,
	};
}

/**
 * Refuses what a web page in somebody's browser may have sent: to another host (DNS rebinding), from another origin
 * (cross-site request forgery).
 *
 * @returns the origin, to be allowed in the response; `undefined` = the client is not a page
 * @throws AdminError
 */
export function checkAccess(policy: AccessPolicy, { header }: Pick<AdminRequest, 'header'>): string | undefined {
	if (header('upgrade')?.toLowerCase().includes('websocket')) {
		throw new AdminError(400, 'WebSocket connections are not allowed.');
	}
	if (header('sec-fetch-mode') === 'no-cors') {
		throw new AdminError(400, 'Requests that go around the same-origin policy (no-cors) are not allowed.');
	}
	const host = header('host')?.toLowerCase() ?? '';
	if (policy.hosts !== undefined && !policy.hosts.has(host)) {
		throw new AdminError(403, `host not allowed: ${host}; name it in 'origins' of the option 'admin'`);
	}
	const origin = header('origin')?.toLowerCase();
	if (origin === undefined) {
		// Programs send neither; a browser names the page's site even where it leaves the origin out.
		const site = header('sec-fetch-site');
		if (policy.enforceOrigin || site === 'cross-site' || site === 'same-site') {
			throw new AdminError(403, 'required Origin header is missing or invalid');
		}
		return undefined;
	}
	const [, originHost] = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)$/.exec(origin) ?? [];
	if (originHost === undefined || !(policy.origins.has(origin) || policy.origins.has(originHost))) {
		throw new AdminError(403, `client is not allowed to access from origin '${origin}'`);
	}
	return origin;
}

function bracketed(host: string): string {
	return (host.includes(':') ? `[${host}]` : host).toLowerCase();
}
