/** Caddy's order of directives, with FrankenPHP's two before `file_server`, where its own build puts them. */
export const DIRECTIVE_ORDER: readonly string[] = [
	'tracing',
	'map',
	'vars',
	'fs',
	'root',
	'log_append',
	'skip_log',
	'log_skip',
	'log_name',
	'header',
	'copy_response_headers',
	'request_body',
	'timeouts',
	'redir',
	'method',
	'rewrite',
	'uri',
	'try_files',
	'basicauth',
	'basic_auth',
	'forward_auth',
	'request_header',
	'encode',
	'push',
	'intercept',
	'templates',
	'invoke',
	'handle',
	'handle_path',
	'route',
	'abort',
	'error',
	'copy_response',
	'respond',
	'metrics',
	'reverse_proxy',
	'php_fastcgi',
	'php',
	'php_server',
	'file_server',
	'acme_server',
];

/** Directives of a site that are no steps of a request and have no place in the order. */
const UNORDERED_DIRECTIVES: readonly string[] = ['bind', 'tls', 'handle_errors', 'log'];

/** What Igor serves. */
export const SUPPORTED_DIRECTIVES = [
	'root',
	'header',
	'request_body',
	'redir',
	'rewrite',
	'uri',
	'try_files',
	'basic_auth',
	'encode',
	'handle',
	'handle_path',
	'route',
	'error',
	'respond',
	'php',
	'php_server',
	'file_server',
	'handle_errors',
	'log',
	'tls',
] as const;

export type SupportedDirective = (typeof SUPPORTED_DIRECTIVES)[number];

/** Plugins that FrankenPHP's own build contains. */
const PLUGIN_DIRECTIVES = ['mercure', 'vulcain'];

/** What to write instead of a directive that is refused. */
const INSTEAD: Readonly<Record<string, string>> = {
	php_fastcgi: "use 'php_server': PHP runs inside of Igor",
	request_header: 'nothing that PHP sees of the request can be changed from here',
	bind: "put the host into the site's address",
	abort: "use 'respond' with a status and 'close'",
	invoke: "use 'import' and a snippet",
	metrics: 'the admin endpoint has /metrics',
};

/** Every name that can start a line in a site. */
export const ALL_DIRECTIVES: readonly string[] = [...DIRECTIVE_ORDER, ...UNORDERED_DIRECTIVES, ...PLUGIN_DIRECTIVES];

const SUPPORTED: ReadonlySet<string> = new Set(SUPPORTED_DIRECTIVES);

/** Whether Igor serves it. */
export function isSupportedDirective(name: string): name is SupportedDirective {
	return SUPPORTED.has(name);
}

/** Whether it is Caddy's, FrankenPHP's or Igor's. */
export function isKnownDirective(name: string): boolean {
	return ALL_DIRECTIVES.includes(name);
}

/** What to do instead of a directive that Igor does not serve. */
export function insteadOf(name: string): string | undefined {
	return Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
}

/** Global options of Caddy, FrankenPHP and its plugins that Igor does not have; the ones it has: global-options.ts. */
export const UNSUPPORTED_GLOBAL_OPTIONS: readonly string[] = [
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

/** Matchers of Caddy that Igor does not have; the ones it has: matchers.ts. */
export const UNSUPPORTED_MATCHERS: readonly string[] = [
	'client_ip',
	'expression',
	'header_regexp',
	'path_regexp',
	'protocol',
	'remote_ip',
	'tls',
	'url_pattern',
	'vars',
	'vars_regexp',
];
