import type { Directive } from '../../caddyfile/parser.ts';
import { parseAddress, type SiteAddress } from '../../caddyfile/site-addresses.ts';
import type { BlockReader, SiteSettings } from '../../directives/directive.ts';
import { listedDirective } from '../../directives/list.ts';
import type { AdaptedSite } from '../adapted-config.ts';
import { readErrorRoutes } from './error-routes-json.ts';
import { readServerOptions } from './global-json.ts';
import { type JsonLine, plainLine, tokenOf } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { RoutesFromJson } from './routes-from-json.ts';
import { type PortAddresses, readListen } from './server-addresses.ts';
import { type LoggedHosts, readServerLogs } from './server-logs-from-json.ts';
import type { LogsFromJson } from './site-logs-from-json.ts';
import { type SiteRoutes, splitSites } from './site-routes.ts';
import { type ConnectionPolicy, readConnectionPolicies, type TlsFromJson } from './tls-json.ts';

/** What servers say that Igor has for all of them together. */
export interface ServerFacts {
	/** Lines for the global options, or none. */
	readonly options: readonly Directive[];
	readonly autoHttps: 'on' | 'off' | 'disable_redirects';
	/** Whether it speaks HTTPS. */
	readonly isSecure: boolean;
	readonly node: JsonNode;
}

interface Ports {
	readonly httpPort: number;
	readonly httpsPort: number;
}

const BLOCKS: BlockReader = { contents: (line) => (line as JsonLine).contents ?? { directives: [] } };

/** Reads Caddy's servers as sites. */
export class SitesFromJson {
	readonly sites: AdaptedSite[] = [];
	readonly facts: ServerFacts[] = [];
	readonly #routes = new RoutesFromJson();
	readonly #known = new Map<string, { readonly addresses: SiteAddress[]; readonly places: Set<string> }[]>();
	readonly #logs: LogsFromJson;
	readonly #tls: TlsFromJson;
	readonly #ports: Ports;

	constructor(logs: LogsFromJson, tls: TlsFromJson, ports: Ports) {
		this.#logs = logs;
		this.#tls = tls;
		this.#ports = ports;
	}

	/** @throws CaddyfileError */
	addServer(node: JsonNode): void {
		const server = node.object();
		const listen = readListen(server.get('listen'));
		const routes = server.get('routes')?.list() ?? [];
		const errors = server.get('errors')?.object();
		const errorRoutes = errors?.get('routes')?.list() ?? [];
		errors?.end();
		const policies = readConnectionPolicies(server.get('tls_connection_policies'));
		const automatic = readAutomatic(server.get('automatic_https'));
		const logs = server.get('logs')?.object();
		const options = readServerOptions(server);
		server.end(UNSUPPORTED);
		const found = splitSites(routes, errorRoutes);
		const logged =
			logs &&
			readServerLogs(
				logs,
				found.map(({ hosts }) => hosts.map((host) => host.text())),
			);
		const owned = new Set(found.flatMap(({ hosts }) => hosts.map((host) => host.text())));
		// Of a site for every host, they are names that it has beside that.
		const plain = [...automatic.skip].flatMap(([host, each]) => (owned.has(host) ? [] : [each]));
		let isSecure = false;
		for (const port of listen) {
			const secure = this.#isSecure(port.port, found, policies, automatic);
			isSecure ||= secure;
			for (const [index, site] of found.entries()) {
				this.#addSite(node, port, site, secure && !skips(automatic, site), policies ?? [], logged?.[index], plain);
			}
		}
		this.facts.push({ options, autoHttps: automatic.mode, isSecure, node });
	}

	/** As Caddy decides it: by the port, by what the server says of TLS, and whether there are host names. */
	#isSecure(
		port: number,
		sites: readonly SiteRoutes[],
		policies: readonly ConnectionPolicy[] | undefined,
		{ mode, skip }: Automatic,
	): boolean {
		if (port === this.#ports.httpPort) return false;
		if (policies !== undefined) return true;
		if (mode === 'off') return false;
		const names = sites.flatMap(({ hosts }) => hosts.map((host) => host.text()));
		return port === this.#ports.httpsPort || names.some((host) => !skip.has(host));
	}

	#addSite(
		server: JsonNode,
		{ port, bind, node }: PortAddresses,
		{ hosts, routes, errors }: SiteRoutes,
		isSecure: boolean,
		policies: readonly ConnectionPolicy[],
		logged: LoggedHosts | undefined,
		plain: readonly JsonNode[],
	): void {
		const names = hosts.map((host) => host.text());
		const scheme = isSecure ? 'https' : 'http';
		const open = names.length > 0 ? [] : [tokenOf(`${scheme}://:${port}`, node.position)];
		const beside = isSecure ? this.#tls.automated : plain;
		const automated = names.length > 0 ? [] : beside;
		const addresses = [
			...open,
			...[...hosts, ...automated].map((host) => tokenOf(addressText(scheme, host.text(), port), host.position)),
		].map(parseAddress);
		const tls = this.#tls.lineFor(policies, names, isSecure);
		const logs = logged?.loggers.flatMap(({ logger, hostnames }) =>
			this.#logs.linesFor(logger, logged.position, hostnames),
		);
		const lines = [...(bind ? [bind] : []), ...(tls ? [tls] : []), ...(logs ?? [])];
		// Caddy has a site once for each server that it is on; the numbers of its PHP and the names of its logs are the same.
		const values = [routes, errors].map((nodes) => nodes.map(({ value }) => value));
		const loggers = logged?.loggers.map(({ logger }) => (typeof logger === 'string' ? logger : logger.value));
		const key = JSON.stringify([values, loggers, lines.map(plainLine)]);
		const place = `${server.path} ${port}`;
		const same = this.#known.get(key) ?? [];
		const known = same.find(({ places }) => !places.has(place));
		if (known) {
			known.addresses.push(...addresses);
			known.places.add(place);
			return;
		}
		const settings: SiteSettings = { logs: [], errorHandlers: [] };
		for (const line of [...lines, ...readErrorRoutes(errors, this.#routes)]) readSetting(line, settings);
		const site: AdaptedSite = {
			addresses,
			matchers: {},
			directives: this.#routes.list(routes),
			...settings,
			position: routes[0]?.position ?? server.position,
		};
		this.#known.set(key, [...same, { addresses, places: new Set([place]) }]);
		this.sites.push(site);
	}
}

function readSetting(line: Directive, settings: SiteSettings): void {
	const listed = listedDirective(line.name);
	if (listed?.kind !== 'site') throw new Error(`Nothing about a site is made by '${line.name}'.`);
	listed.read(line, settings, BLOCKS);
}

function addressText(scheme: string, host: string, port: number): string {
	return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

interface Automatic {
	readonly mode: ServerFacts['autoHttps'];
	/** Hosts that are served by HTTP. */
	readonly skip: ReadonlyMap<string, JsonNode>;
}

function readAutomatic(node: JsonNode | undefined): Automatic {
	const automatic: JsonObject | undefined = node?.object();
	const isOff = automatic?.get('disable')?.flag() ?? false;
	const isSilent = automatic?.get('disable_redirects')?.flag() ?? false;
	const skip = new Map(
		automatic
			?.get('skip')
			?.list()
			.map((host) => [host.text(), host] as const),
	);
	automatic?.end(['disable_certificates', 'skip_certificates', 'ignore_loaded_certificates', 'prefer_wildcard']);
	return { mode: isOff ? 'off' : isSilent ? 'disable_redirects' : 'on', skip };
}

function skips({ skip }: Automatic, { hosts }: SiteRoutes): boolean {
	return hosts.length > 0 && hosts.every((host) => skip.has(host.text()));
}

const UNSUPPORTED = [
	...['listener_wrappers', 'packet_conn_wrappers', 'keepalive_interval', 'keepalive_idle', 'keepalive_count'],
	...['max_header_bytes', 'enable_full_duplex', 'named_routes', 'strict_sni_host', 'experimental_http3'],
	...['listen_protocols', 'trusted_proxies_unix', 'metrics', 'allow_h2c', 'allow_0rtt', 'trace'],
];
