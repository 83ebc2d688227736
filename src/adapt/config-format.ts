/** How a configuration is written: as a Caddyfile, or as Caddy's JSON. */
export type ConfigFormat = 'caddyfile' | 'json';

/** What a file holds, by its name, as for Caddy. */
export function formatOf(file: string): ConfigFormat {
	return /\.json$/i.test(file) ? 'json' : 'caddyfile';
}
