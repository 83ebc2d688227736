import { adaptCaddyfile } from './caddyfile/adapt.ts';
import type { AdaptedConfig } from './caddyfile/config.ts';
import { createCaddyfileHost } from './platform/node/caddyfile-host.ts';
import { createOptionsHost } from './platform/node/options-host.ts';
import { type AdminEndpoint, adminEndpoint } from './server/admin-address.ts';
import { type PlanDefaults, planScopes, type ServerPlan } from './server/scope-plan.ts';

/** A Caddyfile, and what it names on disk. */
export interface ServerConfig {
	readonly file: string;
	readonly adapted: AdaptedConfig;
	readonly plan: ServerPlan;
	/** `undefined` = the admin API is off. */
	readonly admin: AdminEndpoint | undefined;
}

/**
 * Understands a Caddyfile and looks up the folders and scripts that it names.
 *
 * @throws CaddyfileError; OptionsError for the address of the admin API
 */
export function readServerConfig(
	text: string,
	file: string,
	options: PlanDefaults & { readonly variables: Readonly<Record<string, string | undefined>> },
): ServerConfig {
	const adapted = adaptCaddyfile(text, file, createCaddyfileHost(options.variables));
	return {
		file,
		adapted,
		plan: planScopes(adapted, createOptionsHost(), options),
		admin: adminEndpoint(adapted.global),
	};
}
