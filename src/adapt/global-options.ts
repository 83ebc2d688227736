import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import {
	Arguments,
	noArguments,
	noBlock,
	onlyArgument,
	readBlock,
	someArguments,
	texts,
} from '../caddyfile/reading.ts';
import { readChoice, readDuration, readWholeNumber } from '../caddyfile/units.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { type LogConfig, readLog } from '../directives/log.ts';
import { type FrankenPhpOptions, readFrankenPhp } from './frankenphp.ts';
import { orderDirectives } from './ordering.ts';

/** The block of global options. What is missing has Igor's default. */
export interface GlobalOptions {
	readonly admin?: AdminOptions | 'off';
	readonly debug: boolean;
	readonly httpPort: number;
	readonly httpsPort: number;
	/** 'on' = host names without a scheme are served by HTTPS, and HTTP redirects to it. */
	readonly autoHttps: 'on' | 'off' | 'disable_redirects';
	/** Milliseconds that running requests get when the server stops or reloads. */
	readonly gracePeriod?: number;
	readonly logs: readonly LogConfig[];
	/** Addresses and networks whose `X-Forwarded-*` are trusted; `private_ranges` stands for all private ones. */
	readonly trustedProxies: readonly string[];
	readonly frankenphp: FrankenPhpOptions;
	/** Caddy's order of directives, as changed by `order`. */
	readonly order: readonly string[];
}

/** `admin ADDRESS { origins … enforce_origin }`. */
export interface AdminOptions {
	/** As written; `undefined` = the default. */
	readonly listen?: string;
	/** Empty = those of the listen address. */
	readonly origins: readonly string[];
	readonly enforceOrigin: boolean;
}

/** Global options of Caddy, FrankenPHP and its plugins that Igor does not have. */
const UNSUPPORTED_OPTIONS: readonly string[] = [
	'acme_ca',
	'acme_ca_root',
	'acme_dns',
	'acme_eab',
	'cert_issuer',
	'cert_lifetime',
	'default_bind',
	'default_sni',
	'dns',
	'ech',
	'email',
	'events',
	'fallback_sni',
	'filesystem',
	'key_type',
	'local_certs',
	'mercure',
	'metrics',
	'ocsp_interval',
	'ocsp_stapling',
	'on_demand_tls',
	'persist_config',
	'pki',
	'preferred_chains',
	'renew_interval',
	'renewal_window_ratio',
	'shutdown_delay',
	'storage',
	'storage_check',
	'storage_clean_interval',
	'tls_resolvers',
];

/** Reads the global options. @param lines empty = the file has none. @throws CaddyfileError */
export function readGlobalOptions(lines: readonly Directive[] = []): GlobalOptions {
	let admin: AdminOptions | 'off' | undefined;
	let frankenphp: FrankenPhpOptions = { extensions: [], phpIni: {}, workers: [] };
	let gracePeriod: number | undefined;
	let autoHttps: GlobalOptions['autoHttps'] = 'on';
	const flags = { debug: false, httpPort: DEFAULTS.httpPort, httpsPort: DEFAULTS.httpsPort };
	const logs: LogConfig[] = [];
	const logNames = new Set<string | undefined>();
	const orders: Directive[] = [];
	const trustedProxies: string[] = [];
	readBlock(
		{ name: 'global options', block: lines },
		{
			once: {
				admin: (line) => {
					admin = readAdmin(line);
				},
				debug: (line) => {
					flags.debug = noArguments(line);
				},
				http_port: (line) => {
					flags.httpPort = readWholeNumber(onlyArgument(line, 'a port'), 0, 65535);
				},
				https_port: (line) => {
					flags.httpsPort = readWholeNumber(onlyArgument(line, 'a port'), 0, 65535);
				},
				auto_https: (line) => {
					const word = onlyArgument(line, "'off' or 'disable_redirects'");
					if (['disable_certs', 'ignore_loaded_certs', 'prefer_wildcard'].includes(word.text)) {
						const what = `'auto_https ${word.text}' is not supported by Igor`;
						throw new CaddyfileError('unsupported', word.position, what);
					}
					autoHttps = readChoice(word, ['off', 'disable_redirects']);
				},
				grace_period: (line) => {
					gracePeriod = readDuration(onlyArgument(line, 'a duration'));
				},
				frankenphp: (line) => {
					frankenphp = readFrankenPhp(line);
				},
				// Igor never installs a certificate: this asks for what is so anyway.
				skip_install_trust: noArguments,
				servers: (line) => trustedProxies.push(...readServers(line)),
			},
			often: {
				log: (line) => {
					const log = readLog(line, 'global');
					if (logNames.has(log.name)) {
						throw new CaddyfileError(
							'conflict',
							line.position,
							`there are two logs ${quoteWord(log.name ?? 'default')}`,
						);
					}
					logNames.add(log.name);
					logs.push(log);
				},
				order: (line) => orders.push(line),
			},
			unsupported: UNSUPPORTED_OPTIONS,
		},
	);
	return {
		...(admin && { admin }),
		...flags,
		autoHttps,
		...(gracePeriod !== undefined && { gracePeriod }),
		logs,
		trustedProxies,
		frankenphp,
		order: orderDirectives(orders),
	};
}

function readAdmin(line: Directive): AdminOptions | 'off' {
	const args = new Arguments(line);
	const listen = args.optional()?.text;
	args.end();
	if (listen === 'off') {
		noBlock(line);
		return 'off';
	}
	const origins: string[] = [];
	let enforceOrigin = false;
	readBlock(line, {
		once: {
			enforce_origin: (each) => {
				enforceOrigin = noArguments(each);
			},
			origins: (each) => origins.push(...someArguments(each, 'origins')),
		},
	});
	return { ...(listen !== undefined && { listen }), origins, enforceOrigin };
}

/** `servers { trusted_proxies static RANGE… }` */
function readServers(line: Directive): string[] {
	const ranges: string[] = [];
	const listener = line.args[0];
	if (listener) {
		const what = "options for one listener are not supported by Igor; 'servers' is for all of them";
		throw new CaddyfileError('unsupported', listener.position, what);
	}
	readBlock(line, {
		once: {
			trusted_proxies: (each) => {
				noBlock(each);
				const args = new Arguments(each);
				readChoice(args.take("'static' and the networks"), ['static']);
				ranges.push(...texts(args.some('addresses, networks or private_ranges')));
			},
		},
		unsupported: [
			'name',
			'listener_wrappers',
			'packet_conn_wrappers',
			'timeouts',
			'keepalive_interval',
			'keepalive_idle',
			'keepalive_count',
			'max_header_size',
			'enable_full_duplex',
			'log_credentials',
			'protocols',
			'strict_sni_host',
			'insecure_strict_sni_host',
			'trusted_proxies_strict',
			'trusted_proxies_unix',
			'client_ip_headers',
			'metrics',
			'trace',
			'0rtt',
		],
	});
	return ranges;
}
