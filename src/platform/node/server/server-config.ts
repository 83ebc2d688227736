import type { AdaptedConfig } from '../../../adapt/adapted-config.ts';
import type { ConfigFormat } from '../../../adapt/config-format.ts';
import { adaptConfig } from '../../../adapt/json/adapt-config.ts';
import type { CaddyfileHost } from '../../../caddyfile/host.ts';
import { silentLogger } from '../../../log/logger.ts';
import { type AdminEndpoint, adminEndpoint } from '../../../scopes/admin-address.ts';
import { type PlanDefaults, planScopes, type ServerPlan } from '../../../scopes/scope-plan.ts';
import { planEndpoints } from '../../../scopes/site-endpoints.ts';
import { createCaddyfileHost } from '../config/caddyfile-host.ts';
import { createOptionsHost } from '../config/node-options-host.ts';
import { checkSites } from '../sites/open-sites.ts';

/** A configuration, and what it names on disk. */
export interface ServerConfig {
	readonly file: string;
	readonly adapted: AdaptedConfig;
	readonly plan: ServerPlan;
	/** `undefined` = the admin API is off. */
	readonly admin: AdminEndpoint | undefined;
}

/** How a configuration is to be read. */
export interface ReadOptions extends PlanDefaults {
	/** Variables for `{$NAME}` in a Caddyfile. */
	readonly variables: Readonly<Record<string, string | undefined>>;
	/** Default: a Caddyfile. */
	readonly format?: ConfigFormat;
	/** What errors call it; default: its file. */
	readonly shownAs?: string;
}

/**
 * Understands a configuration, looks up the folders and scripts that it names, and compiles its sites: what is wrong with it
 * is found before anything is started.
 *
 * @throws CaddyfileError; OptionsError for the address of the admin API; ProxyRangeError
 */
export function readServerConfig(
	text: string,
	file: string,
	options: ReadOptions,
	machine: CaddyfileHost = createCaddyfileHost(options.variables),
): ServerConfig {
	const { format = 'caddyfile', shownAs = file } = options;
	const adapted = adaptConfig(text, shownAs, format, machine);
	const host = createOptionsHost();
	const plan = planScopes(adapted, host, options);
	planEndpoints(adapted.sites, adapted.global);
	checkSites(adapted, plan.scopes, { folder: host.cwd, hiddenFiles: [file], log: silentLogger });
	const warnings = [...adapted.warnings, ...plan.warnings];
	return { file, adapted: { ...adapted, warnings }, plan, admin: adminEndpoint(adapted.global) };
}
