import { MATCHER_TYPES } from '../caddyfile/matcher-definitions.ts';
import { ALL_DIRECTIVES, listedDirective } from '../directives/list.ts';

/** Directives whose module has another name, or that are several modules. */
const HANDLERS: Readonly<Record<string, readonly string[]>> = {
	basic_auth: ['authentication'],
	encode: ['encode'],
	handle: ['subroute'],
	handle_path: [],
	header: ['headers'],
	log_skip: [],
	php_server: [],
	redir: [],
	request_header: [],
	respond: ['static_response'],
	root: [],
	route: [],
	try_files: [],
	uri: [],
};

/** What Igor has, by the names of Caddy's modules, sorted. */
export function moduleNames(): string[] {
	const steps = ALL_DIRECTIVES.filter((name) => listedDirective(name)?.kind === 'step');
	return [
		'frankenphp',
		'http',
		'http.encoders.br',
		'http.encoders.gzip',
		'http.encoders.zstd',
		'tls.issuance.internal',
		...['file', 'stdout', 'stderr', 'discard'].map((name) => `caddy.logging.writers.${name}`),
		...['console', 'json', 'filter'].map((name) => `caddy.logging.encoders.${name}`),
		...steps.flatMap((name) => HANDLERS[name] ?? [name]).map((name) => `http.handlers.${name}`),
		...MATCHER_TYPES.map((name) => `http.matchers.${name}`),
	].sort();
}
