/** SERVER_NAME and SERVER_PORT, as FrankenPHP derives them from the Host header. */
export interface ServerIdentity {
	readonly name: string;
	readonly port: number;
}

/** @param https decides the port when the header has none */
export function parseHostHeader(host: string, https: boolean): ServerIdentity {
	const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(host);
	if (match === null) return { name: host, port: https ? 443 : 80 };
	const name = match[1]!;
	return {
		name: name.startsWith('[') ? name.slice(1, -1) : name,
		port: match[2] ? Number(match[2]) : https ? 443 : 80,
	};
}

/** `parseHostHeader` for many requests: nearly all of them name the same host. */
export class HostMemory {
	#host: string | undefined;
	#https = false;
	#identity: ServerIdentity = { name: '', port: 80 };

	identify(host: string, https: boolean): ServerIdentity {
		if (host !== this.#host || https !== this.#https) {
			this.#identity = parseHostHeader(host, https);
			this.#host = host;
			this.#https = https;
		}
		return this.#identity;
	}
}
