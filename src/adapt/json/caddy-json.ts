import { quoteWord } from '../../caddyfile/errors.ts';
import type { Warning } from '../../caddyfile/imports.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { withFullNames } from '../../caddyfile/shorthands.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import type { AdaptedConfig } from '../adapted-config.ts';
import { claimAddress } from '../claim-address.ts';
import { readGlobalOptions } from '../global-options.ts';
import { readAdmin, readFrankenPhpApp, writeAdmin, writeFrankenPhp } from './global-json.ts';
import { compact, type JsonData, mapUnlessEmpty } from './json-forms.ts';
import { BlockLines, lineOf, nanoseconds, plainLine } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { parseJson } from './parse-json.ts';
import { LogsFromJson } from './site-logs-from-json.ts';
import { SiteLogsToJson } from './site-logs-to-json.ts';
import { type ServerFacts, SitesFromJson } from './sites-from-json.ts';
import { writeSites } from './sites-to-json.ts';
import { TlsFromJson } from './tls-json.ts';

/** A configuration as Caddy's JSON: what `caddy adapt` prints, with Igor's own fields. */
export function writeCaddyJson(config: AdaptedConfig): JsonData {
	const { global } = config;
	const logs = new SiteLogsToJson();
	for (const log of global.logs) logs.addGlobal(log, global.debug);
	const hasMain = global.logs.some(({ name = 'default' }) => name === 'default');
	if (global.debug && !hasMain) logs.addGlobal({ level: 'DEBUG' }, true);
	const { servers, tls } = writeSites(config, logs);
	const written = logs.all();
	const http = compact({
		http_port: global.httpPort === DEFAULTS.httpPort ? undefined : global.httpPort,
		https_port: global.httpsPort === DEFAULTS.httpsPort ? undefined : global.httpsPort,
		grace_period: global.gracePeriod === undefined ? undefined : nanoseconds(global.gracePeriod),
		servers: servers && (expanded(servers) as JsonData),
	});
	const apps = compact({ frankenphp: writeFrankenPhp(global), http: mapUnlessEmpty(http), tls });
	return compact({
		admin: writeAdmin(global.admin, global.persistConfig !== false),
		logging: written && { logs: written },
		storage: global.storage === undefined ? undefined : { module: 'file_system', root: global.storage },
		apps: mapUnlessEmpty(apps),
	});
}

/** Short names of placeholders belong to Caddyfiles. */
function expanded(value: unknown): unknown {
	if (typeof value === 'string') return withFullNames(value);
	if (Array.isArray(value)) return value.map(expanded);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [withFullNames(name), expanded(each)]));
}

/**
 * Understands a configuration in Caddy's JSON completely, or refuses it: nothing in it is ignored.
 *
 * @param file its path, as errors show it
 * @throws CaddyfileError with the path of the first mistake in the document, and nothing else
 */
export function adaptJson(text: string, file: string): AdaptedConfig {
	const root = parseJson(text, file).object();
	const lines: Directive[] = [];
	const admin = root.get('admin')?.object();
	if (admin) lines.push(...readAdmin(admin));
	const logs = new LogsFromJson(root.get('logging'));
	lines.push(...logs.global);
	const storage = root.get('storage')?.object();
	if (storage) {
		lines.push(
			lineOf(storage.node.position, 'storage', [storage.need('module')], new BlockLines(storage).value('root').lines),
		);
		storage.end();
	}
	const apps = root.get('apps')?.object();
	root.end();
	const php = apps?.get('frankenphp');
	if (php) lines.push(...readFrankenPhpApp(php));
	const http = apps?.get('http')?.object();
	const tls = new TlsFromJson(apps?.get('tls'));
	apps?.end(['pki', 'events', 'layer4', 'dynamic_dns', 'crowdsec']);
	const sites = readHttp(http, lines, logs, tls);
	const global = readGlobalOptions([...lines, ...commonFacts(sites.facts)]);
	const taken = new Set<string>();
	for (const { addresses } of sites.sites) for (const address of addresses) claimAddress(address, taken);
	const warnings: Warning[] = [];
	return { global, sites: sites.sites, warnings };
}

function readHttp(
	http: JsonObject | undefined,
	lines: Directive[],
	logs: LogsFromJson,
	tls: TlsFromJson,
): SitesFromJson {
	const options = http && new BlockLines(http).number('http_port').number('https_port').duration('grace_period').lines;
	lines.push(...(options ?? []));
	const port = (name: 'http_port' | 'https_port', fallback: number) => http?.get(name)?.number() || fallback;
	const sites = new SitesFromJson(logs, tls, {
		httpPort: port('http_port', DEFAULTS.httpPort),
		httpsPort: port('https_port', DEFAULTS.httpsPort),
	});
	for (const [, server] of http?.get('servers')?.entries() ?? []) sites.addServer(server);
	http?.end(['shutdown_delay', 'metrics']);
	return sites;
}

/** What Igor has for all servers together has to be the same for each of them. @throws CaddyfileError */
function commonFacts(servers: readonly ServerFacts[]): readonly Directive[] {
	const [first] = servers;
	if (first === undefined) return [];
	const other = servers.find(({ options }) => !isSame(options, first.options));
	if (other) throw different(other.node, 'timeouts, trusted proxies and protocols are');
	// Redirects to HTTPS lead to servers that speak it.
	const secure = servers.filter(({ isSecure }) => isSecure);
	const relevant = secure.length > 0 ? secure : servers;
	const { autoHttps } = relevant[0] as ServerFacts;
	const strange = relevant.find((server) => server.autoHttps !== autoHttps);
	if (strange) throw different(strange.node, "'automatic_https' is");
	return [...first.options, ...(autoHttps === 'on' ? [] : [lineOf(first.node.position, 'auto_https', [autoHttps])])];
}

function isSame(one: readonly Directive[], other: readonly Directive[]): boolean {
	return JSON.stringify(one.map(plainLine)) === JSON.stringify(other.map(plainLine));
}

function different(node: JsonNode, what: string) {
	return node.error('unsupported', `this server differs from the one before: ${what} for all of them in Igor`, {
		hint: `say it of ${quoteWord(node.path)} as of the others`,
	});
}
