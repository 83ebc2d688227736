import { CaddyfileError } from '../caddyfile/errors.ts';
import type { SiteAddress } from '../caddyfile/site-addresses.ts';
import type { AdaptedSite } from './adapted-config.ts';
import type { GlobalOptions } from './global-options.ts';

/** The global options that matter for sockets. */
export type PortOptions = Pick<GlobalOptions, 'httpPort' | 'httpsPort' | 'autoHttps' | 'defaultBind'>;

/** How a site is served at an address, by Caddy's rules. @throws CaddyfileError when the address contradicts `tls` */
export function schemeOf(
	{ scheme, host, port, position }: SiteAddress,
	site: Pick<AdaptedSite, 'tls'>,
	options: PortOptions,
): 'http' | 'https' {
	if (scheme === 'http' && site.tls !== undefined) {
		throw new CaddyfileError('conflict', position, "a site with 'tls' cannot be served by http://", {
			hint: "write the address without http://, or leave 'tls' away",
		});
	}
	if (scheme !== undefined) return scheme;
	if (site.tls !== undefined) return 'https';
	if (options.autoHttps === 'off' || port === options.httpPort) return 'http';
	// The port of HTTPS alone means HTTPS, as in Caddy.
	if (host === '' && (port === 0 || port !== options.httpsPort)) return 'http';
	return 'https';
}
