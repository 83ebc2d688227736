/** Splits a Host header; brackets of IPv6 addresses are taken away. `port` is '' when there is none. */
export function parseHostPort(host: string): { host: string; port: string } {
	const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(host);
	if (match === null) return { host, port: '' };
	return { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}
