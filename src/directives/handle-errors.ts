import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import { type Statuses, statusPatterns } from '../caddyfile/statuses.ts';
import type { BlockContents, BlockReader, SiteSettings } from './directive.ts';

/** `handle_errors [STATUS…] { … }`, Caddy's: the first that matches and answers does so for an error of this site. */
export interface ErrorHandler extends BlockContents {
	/** An empty list = every error. */
	readonly statuses: Statuses;
	readonly position: Position;
}

/**
 * The order in which Caddy asks the `handle_errors` of a Caddyfile: those with statuses before those for every error, and
 * among both the last one first, because the comparison that Caddy sorts by puts each before its equals.
 */
export function sortErrorHandlers(handlers: readonly ErrorHandler[]): ErrorHandler[] {
	const backwards = handlers.toReversed();
	return [
		...backwards.filter(({ statuses }) => statuses.length > 0),
		...backwards.filter(({ statuses }) => statuses.length === 0),
	];
}

/** @throws CaddyfileError */
export function readHandleErrors(directive: Directive, site: SiteSettings, blocks: BlockReader): void {
	const { name, args, position } = directive;
	const statuses = args.length > 0 ? statusPatterns({ name, args, position }) : [];
	site.errorHandlers.push({ statuses, ...blocks.contents({ ...directive, args: [] }, 'sorted'), position });
}
