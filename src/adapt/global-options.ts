import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock, someArguments } from '../caddyfile/reading.ts';
import { readChoice, readDuration, readWholeNumber } from '../caddyfile/units.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { parseListen } from '../config/values.ts';
import { readBindAddresses } from '../directives/bind.ts';
import { type LogConfig, readLog } from '../directives/log.ts';
import { type FrankenPhpOptions, readFrankenPhp } from './frankenphp.ts';
import { orderDirectives } from './ordering.ts';
import { DEFAULT_SERVERS, readServers, type ServersOptions } from './servers.ts';

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
	readonly servers: ServersOptions;
	/** Addresses that sites without `bind` listen on; `undefined` = all. */
	readonly defaultBind?: readonly string[];
	/** The folder for the internal certificate authority; `undefined` = the default. */
	readonly storage?: string;
	/** `persist_config off`: the configuration is not kept for `run --resume`. */
	readonly persistConfig?: false;
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
	'default_sni',
	'dns',
	'ech',
	'events',
	'fallback_sni',
	'filesystem',
	'key_type',
	'mercure',
	'metrics',
	'ocsp_interval',
	'ocsp_stapling',
	'on_demand_tls',
	'pki',
	'preferred_chains',
	'renew_interval',
	'renewal_window_ratio',
	'shutdown_delay',
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
	let servers = DEFAULT_SERVERS;
	let defaultBind: readonly string[] | undefined;
	let storage: string | undefined;
	let persistConfig: false | undefined;
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
				servers: (line) => {
					servers = readServers(line);
				},
				default_bind: (line) => {
					defaultBind = readBindAddresses(line);
				},
				storage: (line) => {
					storage = readStorage(line);
				},
				// No certificates come from outside, so nobody has to be told whose they are; all are of the local authority.
				email: (line) => void onlyArgument(line, 'an address'),
				local_certs: noArguments,
				persist_config: (line) => {
					readChoice(onlyArgument(line, "'off'"), ['off']);
					persistConfig = false;
				},
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
		servers,
		...(defaultBind && { defaultBind }),
		...(storage !== undefined && { storage }),
		...(persistConfig === false && { persistConfig }),
		frankenphp,
		order: orderDirectives(orders),
	};
}

function readAdmin(line: Directive): AdminOptions | 'off' {
	const args = new Arguments(line);
	const word = args.optional();
	const listen = word?.text;
	args.end();
	if (listen === 'off') {
		noBlock(line);
		return 'off';
	}
	if (word !== undefined) checkAdminAddress(word);
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

function checkAdminAddress(word: Token): void {
	try {
		parseListen(word.text);
	} catch {
		throw new CaddyfileError('bad_value', word.position, `the admin API cannot listen on ${quoteWord(word.text)}`, {
			expected: "HOST:PORT, such as localhost:2019, or 'off'",
		});
	}
}

/** `storage file_system PATH`, or with `root PATH` in a block. */
function readStorage(line: Directive): string {
	const args = new Arguments(line);
	const module = args.take("'file_system'");
	if (module.text !== 'file_system') {
		throw new CaddyfileError('unsupported', module.position, `the storage ${quoteWord(module.text)} is not supported`, {
			expected: "'file_system' and a folder",
		});
	}
	let folder = args.optional()?.text;
	args.end();
	readBlock(line, {
		once: {
			root: (each) => {
				if (folder !== undefined) throw new CaddyfileError('conflict', each.position, 'there are two folders');
				folder = onlyArgument(each, 'a folder').text;
			},
		},
	});
	if (folder) return folder;
	throw new CaddyfileError('bad_arguments', line.position, "'storage' names no folder");
}
