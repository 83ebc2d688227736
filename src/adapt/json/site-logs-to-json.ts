import type { LogConfig } from '../../directives/log.ts';
import type { AdaptedSite } from '../adapted-config.ts';
import { compact, groupBy, type JsonData, mapUnlessEmpty, unlessEmpty } from './json-forms.ts';
import { writeLog } from './log-json.ts';

/** A site on one server. */
export interface ServedSite {
	readonly site: AdaptedSite;
	/** An empty list = every host. */
	hosts: string[];
	/** Those that it has beside every host. */
	readonly named: string[];
}

/** What Caddy calls the log that is there anyway. */
export const DEFAULT_LOG = 'default';
/** Before the name of an access log. */
export const ACCESS = 'http.log.access.';

/** Collects the logs of a configuration while its servers are written. */
export class SiteLogsToJson {
	readonly #logs = new Map<string, JsonData>();
	readonly #names = new Map<LogConfig, string>();
	#unnamed = 0;

	/** A log of the global options. @param isDebug they lower the level of those that name none */
	addGlobal(log: Omit<LogConfig, 'position'>, isDebug: boolean): void {
		const level = log.level ?? (isDebug ? 'DEBUG' : undefined);
		this.#logs.set(log.name ?? DEFAULT_LOG, writeLog({ ...log, ...(level && { level }) }));
	}

	/** What a server says about the access logs of its sites. */
	forServer(sites: readonly ServedSite[]): JsonData | undefined {
		if (sites.every(({ site }) => site.logs.length === 0)) return undefined;
		const names: [host: string, name: string][] = [];
		const skipped: string[] = [];
		const forAll: string[] = [];
		for (const { site, hosts, named } of sites) {
			if (site.logs.length === 0) skipped.push(...hosts);
			for (const log of site.logs) {
				const name = this.#nameOf(log);
				const on = log.hostnames ?? (hosts.length > 0 ? hosts : undefined);
				if (on) for (const host of on) names.push([host, name]);
				else forAll.push(name);
			}
			if (site.logs.length === 0 && hosts.length === 0) skipped.push(...named);
		}
		const [first, ...more] = forAll;
		const hasOpenSite = sites.some(({ hosts }) => hosts.length === 0);
		return compact({
			default_logger_name: first || undefined,
			// Caddy has one for all other hosts.
			more_default_loggers: unlessEmpty(more),
			logger_names: mapUnlessEmpty(groupBy(names)),
			skip_hosts: unlessEmpty(skipped),
			skip_unmapped_hosts: (hasOpenSite && forAll.length === 0) || undefined,
		});
	}

	/** Once all servers have been written. */
	all(): Readonly<Record<string, JsonData>> | undefined {
		const names = [...this.#logs].flatMap(([, { include }]) => (Array.isArray(include) ? include : []));
		const exclude = unlessEmpty(names);
		const main = compact({ ...this.#logs.get(DEFAULT_LOG), exclude });
		const others = [...this.#logs].filter(([name]) => name !== DEFAULT_LOG);
		const hasMain = this.#logs.has(DEFAULT_LOG) || exclude;
		return mapUnlessEmpty(Object.fromEntries([...(hasMain ? [[DEFAULT_LOG, main] as const] : []), ...others]));
	}

	/** '' = the access log has no configuration of its own. */
	#nameOf(log: LogConfig): string {
		const known = this.#names.get(log);
		if (known !== undefined) return known;
		const written = writeLog(log);
		const isPlain = Object.keys(written).length === 0;
		let name = log.name ?? (isPlain ? '' : `log${this.#unnamed++}`);
		if (!isPlain) {
			for (let number = 2; this.#logs.has(name) || name === DEFAULT_LOG; number++)
				name = `${log.name ?? 'log'}_${number}`;
			this.#logs.set(name, { ...written, include: [ACCESS + name] });
		}
		this.#names.set(log, name);
		return name;
	}
}
