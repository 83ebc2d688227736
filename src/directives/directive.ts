import type { MatcherSet } from '../caddyfile/matcher-definitions.ts';
import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import type { ErrorHandler } from './handle-errors.ts';
import type { AdaptedDirective } from './list.ts';
import type { LogConfig } from './log.ts';
import type { TlsConfig } from './tls.ts';

/** What every step of a request has, whichever directive it is. */
export interface DirectiveBase {
	/** `undefined` = every request. */
	readonly matcher?: MatcherSet;
	readonly position: Position;
}

/** What stands in the block of `handle`, `handle_path`, `route` and `handle_errors`. */
export interface BlockContents {
	readonly directives: readonly AdaptedDirective[];
}

/** What stands directly in a site's block, besides the steps of a request. */
export interface SiteSettings {
	/** One for each `log`; none = no access log. */
	readonly logs: LogConfig[];
	readonly errorHandlers: ErrorHandler[];
	tls?: TlsConfig;
	/** Addresses to listen on; `undefined` = those of `default_bind`, or all. */
	bind?: readonly string[];
}

/** How a directive reads the directives inside its block. */
export interface BlockReader {
	/**
	 * The contents of a block that inherits the matchers around it. Any argument is refused.
	 *
	 * @param order `sorted` = as Caddy sorts directives; `as written` = as they stand in the file
	 * @throws CaddyfileError
	 */
	contents(line: Directive, order: 'sorted' | 'as written'): BlockContents;
}

/** Which of a directive's arguments is its matcher. */
export type MatcherRule =
	/** The first, if it starts with `/` or `@`, or is `*`. */
	| 'first'
	/** As before, but a single argument never is: `root /srv`, `rewrite /index.php`. */
	| 'first_of_two'
	| 'none';

/** A directive that becomes a step of a request. */
export interface StepDirective<Config extends { readonly type: string }> {
	readonly kind: 'step';
	readonly matcher: MatcherRule;
	/** Reads what is left once the matcher has been taken. @throws CaddyfileError */
	readonly read: (line: Directive, blocks: BlockReader) => Config;
}

/** A directive about the site as a whole. */
export interface SiteDirective {
	readonly kind: 'site';
	/** It may also stand in a `route` of the site that is for every request. */
	readonly inRoute: boolean;
	/** Puts what it reads where it belongs. @throws CaddyfileError */
	readonly read: (line: Directive, site: SiteSettings, blocks: BlockReader) => void;
}

/** An old name of another directive. */
export interface RenamedDirective {
	readonly kind: 'renamed';
	readonly to: string;
}

/** A directive that Caddy or FrankenPHP has and Igor has not. */
export interface RefusedDirective {
	readonly kind: 'refused';
	/** What to write instead. */
	readonly hint?: string;
}

/** For the list: a step of a request. */
export function step<Config extends { readonly type: string }>(
	read: (line: Directive, blocks: BlockReader) => Config,
	matcher: MatcherRule = 'first',
): StepDirective<Config> {
	return { kind: 'step', matcher, read };
}

/** For the list: something about the whole site. */
export function site(read: SiteDirective['read'], inRoute = false): SiteDirective {
	return { kind: 'site', inRoute, read };
}

/** For the list: an old name. */
export function renamed(to: string): RenamedDirective {
	return { kind: 'renamed', to };
}

/** For the list: refused by name. @param hint what to write instead */
export function refused(hint?: string): RefusedDirective {
	return hint === undefined ? { kind: 'refused' } : { kind: 'refused', hint };
}
