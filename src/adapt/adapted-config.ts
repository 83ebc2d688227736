import type { Warning } from '../caddyfile/imports.ts';
import type { MatcherSet } from '../caddyfile/matcher-definitions.ts';
import type { Position } from '../caddyfile/position.ts';
import type { SiteAddress } from '../caddyfile/site-addresses.ts';
import type { BlockContents, SiteSettings } from '../directives/directive.ts';
import type { GlobalOptions } from './global-options.ts';

/** A Caddyfile that has been understood completely. It is plain data: `igor adapt` prints it as JSON. */
export interface AdaptedConfig {
	readonly global: GlobalOptions;
	readonly sites: readonly AdaptedSite[];
	/** What was accepted, but may not be meant. */
	readonly warnings: readonly Warning[];
}

/** One block with its addresses. Its `directives` are in the order in which they apply. */
export interface AdaptedSite extends BlockContents, Readonly<SiteSettings> {
	readonly addresses: readonly SiteAddress[];
	/** By their names with the `@`, those of the site's own block. Directives have theirs put in already. */
	readonly matchers: Readonly<Record<string, MatcherSet>>;
	readonly position: Position;
}
