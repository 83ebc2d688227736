import type { Position } from '../../caddyfile/position.ts';
import type { JsonNode, JsonObject } from './json-node.ts';

/** The access logs of one site. */
export interface LoggedHosts {
	readonly loggers: readonly {
		/** '' = the access log that has no configuration of its own. */
		readonly logger: JsonNode | string;
		/** `undefined` = all hosts of the site. */
		readonly hostnames: readonly string[] | undefined;
	}[];
	readonly position: Position;
}

/**
 * What a server says of its access logs, for each of its sites.
 *
 * @param sites the hosts of each; an empty list = every host
 * @throws CaddyfileError
 */
export function readServerLogs(logs: JsonObject, sites: readonly (readonly string[])[]): LoggedHosts[] {
	const { position } = logs.node;
	const main = logs.get('default_logger_name');
	const forAll = [...(main ? [main] : []), ...(logs.get('more_default_loggers')?.list() ?? [])];
	const names = logs.get('logger_names')?.entries() ?? [];
	const skipped = new Set(
		logs
			.get('skip_hosts')
			?.list()
			.map((host) => host.text()),
	);
	const skipsOthers = logs.get('skip_unmapped_hosts')?.flag() ?? false;
	logs.end(['should_log_credentials', 'trace']);
	const bySite = sites.map(() => new Map<string, { logger: JsonNode; hosts: string[] }>());
	for (const [host, node] of names) {
		const loggers = bySite[ownerOf(host, sites)];
		for (const logger of Array.isArray(node.value) ? node.list() : [node]) {
			const known = loggers?.get(logger.text()) ?? { logger, hosts: [] };
			known.hosts.push(host);
			loggers?.set(logger.text(), known);
		}
	}
	return sites.map((hosts, index) => {
		const own = [...(bySite[index]?.values() ?? [])].map((each) => ({
			logger: each.logger,
			hostnames: hosts.length > 0 && hosts.every((host) => each.hosts.includes(host)) ? undefined : each.hosts,
		}));
		if (hosts.length > 0) {
			const open = hosts.filter((host) => !skipped.has(host));
			if (own.length > 0 || open.length === 0) return { loggers: own, position };
			return { loggers: [{ logger: main ?? '', hostnames: open.length < hosts.length ? open : undefined }], position };
		}
		const others = forAll.length > 0 || skipsOthers ? forAll : [''];
		return { loggers: [...others.map((logger) => ({ logger, hostnames: undefined })), ...own], position };
	});
}

/** The site that answers for a host; -1 = none. */
function ownerOf(host: string, sites: readonly (readonly string[])[]): number {
	const own = sites.findIndex((hosts) => hosts.includes(host));
	if (own >= 0) return own;
	const labels = host.split('.');
	const matches = (pattern: string): boolean => {
		const parts = pattern.split('.');
		return parts.length === labels.length && parts.every((part, at) => part === '*' || part === labels[at]);
	};
	const wildcard = sites.findIndex((hosts) => hosts.some(matches));
	return wildcard >= 0 ? wildcard : sites.findIndex((hosts) => hosts.length === 0);
}
