import type { GlobalOptions } from './global-options.ts';
import type { HandlerDirective } from './handlers.ts';
import type { Warning } from './imports.ts';
import type { LogConfig } from './log.ts';
import type { MatcherSet } from './matcher-definitions.ts';
import type { PhpConfig, PhpServerConfig } from './php-server.ts';
import type { Position } from './position.ts';
import type { SiteAddress } from './site-addresses.ts';

/** A Caddyfile that has been understood completely. It is plain data: `igor adapt` prints it as JSON. */
export interface AdaptedConfig {
	readonly global: GlobalOptions;
	readonly sites: readonly AdaptedSite[];
	/** What was accepted, but may not be meant. */
	readonly warnings: readonly Warning[];
}

/** One block with its addresses. */
export interface AdaptedSite {
	readonly addresses: readonly SiteAddress[];
	/** By their names with the `@`, those of the site's own block. Directives have theirs put in already. */
	readonly matchers: Readonly<Record<string, MatcherSet>>;
	/** In the order in which they apply; see `AdaptedDirective`. */
	readonly directives: readonly AdaptedDirective[];
	readonly errorHandlers: readonly ErrorHandler[];
	/** One for each `log`; none = no access log. */
	readonly logs: readonly LogConfig[];
	readonly tls?: TlsConfig;
	readonly position: Position;
}

/** What every step of a request has. */
export interface DirectiveBase {
	/** `undefined` = every request. */
	readonly matcher?: MatcherSet;
	readonly position: Position;
}

/**
 * A step of a request. Of several `root`, of several `rewrite`, and of several `handle` and `handle_path` in one list
 * only the first whose matcher matches applies, as in Caddy; all others apply one after another. Placeholders are
 * still in the texts.
 */
export type AdaptedDirective =
	| HandlerDirective
	/** The list has Caddy's order. */
	| (DirectiveBase & BlockContents & { readonly type: 'handle' })
	/** Like `handle`, after `stripPrefix` has been taken from the path. */
	| (DirectiveBase & BlockContents & { readonly type: 'handle_path'; readonly stripPrefix: string })
	/** The list has the order of the file. */
	| (DirectiveBase & BlockContents & { readonly type: 'route' })
	| (DirectiveBase & { readonly type: 'php_server' } & PhpServerConfig)
	| (DirectiveBase & { readonly type: 'php' } & PhpConfig);

/** What stands in the block of `handle`, `handle_path`, `route` and `handle_errors`. */
export interface BlockContents {
	readonly directives: readonly AdaptedDirective[];
}

/** `handle_errors`: the first that matches answers an error of this site. */
export interface ErrorHandler extends BlockContents {
	/** Statuses such as `404`, or ranges such as `5xx`; an empty list = every error. */
	readonly statuses: readonly (number | `${number}xx`)[];
	readonly position: Position;
}

/** Where the certificate comes from. */
export type TlsConfig = { readonly position: Position } & (
	| { readonly source: 'files'; readonly certificate: string; readonly key: string }
	| { readonly source: 'internal' }
);
