import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, noArguments, onlyArgument, readBlock } from '../../caddyfile/reading.ts';
import { readChoice, readDuration } from '../../caddyfile/units.ts';

/** How upstreams are connected to. */
export interface HttpTransport {
	readonly tls: boolean;
	/** Any certificate of the upstream will do. */
	readonly insecure: boolean;
	/** The name that the certificate has to have; `undefined` = the upstream's. */
	readonly serverName?: string;
	/** Milliseconds; `undefined` = the default. */
	readonly dialTimeout?: number;
	readonly responseHeaderTimeout?: number;
	/** Milliseconds that a connection is kept for the next request, 0 = none is; `undefined` = the default. */
	readonly keepAlive?: number;
}

/** `transport http { … }` @throws CaddyfileError */
export function readHttpTransport(line: Directive): HttpTransport {
	const args = new Arguments(line);
	readChoice(args.take("'http'"), ['http']);
	args.end();
	const options: { -readonly [Name in keyof HttpTransport]: HttpTransport[Name] } = { tls: false, insecure: false };
	const timeout = (name: 'dialTimeout' | 'responseHeaderTimeout') => (each: Directive) => {
		options[name] = readDuration(onlyArgument(each, 'a duration'));
	};
	readBlock(line, {
		once: {
			tls: (each) => {
				options.tls = noArguments(each);
			},
			tls_insecure_skip_verify: (each) => {
				options.insecure = noArguments(each);
			},
			tls_server_name: (each) => {
				options.serverName = onlyArgument(each, 'a name').text;
			},
			dial_timeout: timeout('dialTimeout'),
			response_header_timeout: timeout('responseHeaderTimeout'),
			keepalive: (each) => {
				const token = onlyArgument(each, "a duration, or 'off'");
				options.keepAlive = token.text === 'off' ? 0 : readDuration(token);
			},
		},
		unsupported: [
			...['read_buffer', 'write_buffer', 'max_response_header', 'proxy_protocol', 'dial_fallback_delay'],
			...['expect_continue_timeout', 'resolvers', 'tls_client_auth', 'tls_timeout', 'tls_renegotiation'],
			...['tls_except_ports', 'tls_curves', 'tls_trust_pool', 'compression', 'keepalive_interval'],
			...['keepalive_idle_conns', 'keepalive_idle_conns_per_host', 'versions', 'max_conns_per_host'],
			...['local_address', 'forward_proxy_url', 'network_proxy', 'read_timeout', 'write_timeout'],
		],
	});
	return options;
}
