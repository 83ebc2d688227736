import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import { type Statuses, statusPatterns } from '../caddyfile/statuses.ts';
import type { BlockContents, BlockReader, SiteSettings } from './directive.ts';

/** `handle_errors [STATUS…] { … }`, Caddy's: the first that matches answers an error of this site. */
export interface ErrorHandler extends BlockContents {
	/** An empty list = every error. */
	readonly statuses: Statuses;
	readonly position: Position;
}

/** @throws CaddyfileError */
export function readHandleErrors(directive: Directive, site: SiteSettings, blocks: BlockReader): void {
	const { name, args, position } = directive;
	const statuses = args.length > 0 ? statusPatterns({ name, args, position }) : [];
	site.errorHandlers.push({ statuses, ...blocks.contents({ ...directive, args: [] }, 'sorted'), position });
}
