import type { AdaptedConfig } from '../../../adapt/adapted-config.ts';
import type { Logger } from '../../../log/logger.ts';
import type { PlannedScope } from '../../../scopes/scope-changes.ts';
import type { ScopePlan } from '../../../scopes/scope-plan.ts';
import type { SiteScope } from '../../../site/php/site-scope.ts';
import { siteScopeOf } from '../../../site/php/site-scope.ts';
import type { ReadMetrics } from '../../../site/steps/metrics-step.ts';
import { within } from '../../../time/within.ts';
import { createAccessLogger } from '../listeners/access-log.ts';
import { createClientFinder } from '../listeners/client-address.ts';
import type { ServedSite } from '../listeners/site-listeners.ts';
import { createSiteHandler } from './site-handler.ts';

/** What the sites of a configuration need from their surroundings. */
export interface SitesOptions {
	/** Relative paths of the Caddyfile belong to it. */
	readonly folder: string;
	/** Never served. */
	readonly hiddenFiles: readonly string[];
	readonly log: Logger;
	/** For the directive `metrics`. */
	readonly metrics?: ReadMetrics;
}

/** The sites of one configuration, ready for listeners. */
export interface OpenSites {
	readonly served: readonly ServedSite[];
	/** Waits for running requests, `timeout` milliseconds at most, then closes the access logs. */
	drain(timeout: number): Promise<void>;
}

/** Makes a handler and an access log for each site. @throws when a log file cannot be opened */
export function openSites(
	config: AdaptedConfig,
	scopes: readonly PlannedScope[],
	{ folder, hiddenFiles, log, metrics }: SitesOptions,
): OpenSites {
	const byDirective = new Map(scopes.flatMap(({ plan, scope }) => entriesOf(plan, siteScopeOf(plan, scope.gateway))));
	const lifetime = new AbortController();
	const open = undoing(
		() => lifetime.abort(),
		() =>
			config.sites.map((site) => {
				const access = createAccessLogger(site.logs, { folder });
				const handler = createSiteHandler(site, {
					log,
					folder,
					hiddenFiles,
					metrics,
					lifetime: lifetime.signal,
					scopeOf: (directive) => {
						const scope = byDirective.get(directive);
						if (scope === undefined)
							throw new Error(`No scope runs for the ${directive.type} at ${directive.position}.`);
						return scope;
					},
				});
				return { served: { site, handler, ...(access && { accessLog: access.log }) }, handler, access };
			}),
	);
	return {
		served: open.map(({ served }) => served),
		drain: async (timeout) => {
			await within(timeout, Promise.all(open.map(({ handler }) => handler.idle())));
			lifetime.abort();
			await Promise.all(open.map(({ access }) => access?.close()));
		},
	};
}

/** Every directive that a scope runs for. */
function entriesOf({ directive, sharedBy }: ScopePlan, scope: SiteScope): (readonly [unknown, SiteScope])[] {
	return [directive, ...sharedBy].map((each) => [each, scope]);
}

/**
 * Compiles every site without anything behind it, for the mistakes that only this machine shows.
 *
 * @throws CaddyfileError, ProxyRangeError
 */
export function checkSites(config: AdaptedConfig, plans: readonly ScopePlan[], options: SitesOptions): void {
	const gateway = {
		submit: () => {
			throw new Error('A site that is only checked answers nothing.');
		},
	};
	const scopes = new Map(plans.flatMap((plan) => entriesOf(plan, siteScopeOf(plan, gateway))));
	for (const site of config.sites) {
		createSiteHandler(site, { ...options, scopeOf: (directive) => scopes.get(directive) as SiteScope });
	}
	createClientFinder(config.global.servers.trustedProxies);
}

function undoing<T>(undo: () => void, act: () => T): T {
	try {
		return act();
	} catch (error) {
		undo();
		throw error;
	}
}
