import { adaptCaddyfile } from '../../../adapt/adapt.ts';
import type { AdaptedConfig } from '../../../adapt/adapted-config.ts';
import type { CaddyfileHost } from '../../../caddyfile/host.ts';
import { silentLogger } from '../../../log/logger.ts';
import { type AdminEndpoint, adminEndpoint } from '../../../scopes/admin-address.ts';
import { type PlanDefaults, planScopes, type ServerPlan } from '../../../scopes/scope-plan.ts';
import { planEndpoints } from '../../../scopes/site-endpoints.ts';
import { createCaddyfileHost } from '../config/caddyfile-host.ts';
import { createOptionsHost } from '../config/node-options-host.ts';
import { checkSites } from '../sites/open-sites.ts';

/** A Caddyfile, and what it names on disk. */
export interface ServerConfig {
	readonly file: string;
	readonly adapted: AdaptedConfig;
	readonly plan: ServerPlan;
	/** `undefined` = the admin API is off. */
	readonly admin: AdminEndpoint | undefined;
}

/**
 * Understands a Caddyfile, looks up the folders and scripts that it names, and compiles its sites: what is wrong with it
 * is found before anything is started.
 *
 * @throws CaddyfileError; OptionsError for the address of the admin API; ProxyRangeError
 */
export function readServerConfig(
	text: string,
	file: string,
	options: PlanDefaults & { readonly variables: Readonly<Record<string, string | undefined>> },
	machine: CaddyfileHost = createCaddyfileHost(options.variables),
): ServerConfig {
	const adapted = adaptCaddyfile(text, file, machine);
	const host = createOptionsHost();
	const plan = planScopes(adapted, host, options);
	planEndpoints(adapted.sites, adapted.global);
	checkSites(adapted, plan.scopes, { folder: host.cwd, hiddenFiles: [file], log: silentLogger });
	const warnings = [...adapted.warnings, ...plan.warnings];
	return { file, adapted: { ...adapted, warnings }, plan, admin: adminEndpoint(adapted.global) };
}
