import type { Warning } from '../caddyfile/imports.ts';
import type { MatcherSet } from '../caddyfile/matcher-definitions.ts';
import type { Position } from '../caddyfile/position.ts';
import type { SiteAddress } from '../caddyfile/site-addresses.ts';
import type { BlockContents, SiteSettings } from '../directives/directive.ts';
import type { GlobalOptions } from './global-options.ts';

/** A configuration that has been understood completely; plain data. `json/` writes it as JSON of Caddy. */
export interface AdaptedConfig {
	readonly global: GlobalOptions;
	readonly sites: readonly AdaptedSite[];
	/** What was accepted, but may not have been meant. */
	readonly warnings: readonly Warning[];
}

/** One block with its addresses. Its `directives` are in the order in which they apply. */
export interface AdaptedSite extends BlockContents, Readonly<SiteSettings> {
	readonly addresses: readonly SiteAddress[];
	/** Those of the site's own block, by name with the `@`. In directives they are resolved already. */
	readonly matchers: Readonly<Record<string, MatcherSet>>;
	readonly position: Position;
}
