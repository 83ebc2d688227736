import { expandNetworks } from '../../caddyfile/networks.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { AdminOptions, GlobalOptions } from '../global-options.ts';
import { DEFAULT_SERVERS, type ServersOptions } from '../servers.ts';
import { readClusterLine, writeCluster } from './cluster-json.ts';
import { compact, type JsonData, mapUnlessEmpty, unlessEmpty } from './json-forms.ts';
import { BlockLines, lineOf, nanoseconds } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { readWorkerLine, writeWorkers } from './php-json.ts';

/** FrankenPHP's own number for `auto`. */
const AUTO = -1;

/** The admin API. */
export function writeAdmin(admin: AdminOptions | 'off' | undefined, persists: boolean): JsonData | undefined {
	const config = persists ? undefined : { persist: false };
	if (admin === 'off') return compact({ disabled: true, config });
	const { listen, origins = [], enforceOrigin } = admin ?? {};
	return mapUnlessEmpty(
		compact({ listen, origins: unlessEmpty(origins), enforce_origin: enforceOrigin || undefined, config }),
	);
}

/** @throws CaddyfileError */
export function readAdmin(admin: JsonObject): Directive[] {
	const { position } = admin.node;
	const isOff = admin.get('disabled')?.flag() ?? false;
	const listen = admin.get('listen');
	const { lines } = new BlockLines(admin).list('origins').flag('enforce_origin');
	const config = admin.get('config')?.object();
	const persist = config?.get('persist');
	config?.end(['load', 'load_delay']);
	admin.end(['identity', 'remote']);
	const kept = persist?.flag() === false ? [lineOf(persist.position, 'persist_config', ['off'])] : [];
	if (isOff) return [lineOf(position, 'admin', ['off']), ...kept];
	if (kept.length > 0 && listen === undefined && lines.length === 0) return kept;
	return [lineOf(position, 'admin', listen ? [listen] : [], lines), ...kept];
}

/** FrankenPHP's app. */
export function writeFrankenPhp({ frankenphp }: GlobalOptions): JsonData | undefined {
	const { numThreads, maxThreads, maxWaitTime, maxIdleTime, maxRequests, maxThreadMemory } = frankenphp;
	return mapUnlessEmpty(
		compact({
			num_threads: numThreads,
			max_threads: maxThreads === 'auto' ? AUTO : maxThreads,
			workers: writeWorkers(frankenphp),
			php_ini: mapUnlessEmpty(frankenphp.phpIni),
			max_wait_time: maxWaitTime && nanoseconds(maxWaitTime),
			max_idle_time: maxIdleTime && nanoseconds(maxIdleTime),
			max_requests: maxRequests || undefined,
			max_thread_memory: maxThreadMemory,
			extensions: unlessEmpty(frankenphp.extensions),
			xdebug: frankenphp.xdebug,
			cluster: frankenphp.cluster && writeCluster(frankenphp.cluster),
		}),
	);
}

/** @throws CaddyfileError */
export function readFrankenPhpApp(node: JsonNode): Directive[] {
	const app = node.object();
	const lines = new BlockLines(app)
		.number('num_threads')
		.map('php_ini')
		.duration('max_wait_time')
		.duration('max_idle_time')
		.number('max_requests')
		.weak('max_thread_memory')
		.flag('xdebug');
	const most = app.get('max_threads');
	if (most && most.value !== 0) {
		lines.add(lineOf(most.position, 'max_threads', [most.value === AUTO ? 'auto' : most.amount()]));
	}
	for (const worker of app.get('workers')?.list() ?? []) lines.add(readWorkerLine(worker));
	const cluster = app.get('cluster');
	if (cluster) lines.add(readClusterLine(cluster));
	for (const extension of app.get('extensions')?.list() ?? []) {
		lines.add(lineOf(extension.position, 'extension', [extension]));
	}
	app.end();
	return [lineOf(node.position, 'frankenphp', [], lines.lines)];
}

/** What Caddy has for each server and Igor for all of them. */
export function writeServerOptions({ trustedProxies, clientIpHeaders, timeouts }: ServersOptions): JsonData {
	const isDefault = String(clientIpHeaders) === String(DEFAULT_SERVERS.clientIpHeaders);
	const ranges = unlessEmpty(expandNetworks(trustedProxies));
	return compact({
		read_timeout: timeouts.readBody && nanoseconds(timeouts.readBody),
		read_header_timeout: timeouts.readHeader && nanoseconds(timeouts.readHeader),
		idle_timeout: timeouts.idle && nanoseconds(timeouts.idle),
		trusted_proxies: ranges && { source: 'static', ranges },
		client_ip_headers: isDefault ? undefined : clientIpHeaders,
	});
}

/** @throws CaddyfileError */
export function readServerOptions(server: JsonObject): Directive[] {
	const lines = new BlockLines(server).list('client_ip_headers').list('protocols');
	const timeouts = new BlockLines(server)
		.duration('read_timeout', 'read_body')
		.duration('read_header_timeout', 'read_header')
		.duration('idle_timeout', 'idle')
		.duration('write_timeout', 'write').lines;
	const { position } = server.node;
	if (timeouts.length > 0) lines.add(lineOf(position, 'timeouts', [], timeouts));
	const proxies = server.get('trusted_proxies')?.object();
	if (proxies) {
		const source = proxies.need('source');
		lines.add(lineOf(proxies.node.position, 'trusted_proxies', [source, ...(proxies.get('ranges')?.list() ?? [])]));
		proxies.end();
	}
	// From the right, and only as far as the proxies are trusted: there is no other way here.
	server.ignore('trusted_proxies_strict');
	return lines.lines.length > 0 ? [lineOf(position, 'servers', [], lines.lines)] : [];
}
