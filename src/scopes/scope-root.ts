import type { AdaptedConfig, AdaptedSite } from '../adapt/adapted-config.ts';
import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { AdaptedDirective, DirectiveOf, PhpDirective } from '../directives/list.ts';

/** A scope before its paths are looked up on disk. */
export interface ScopeSite {
	readonly site: AdaptedSite;
	/** The scope's place in the Caddyfile. */
	readonly directive: PhpDirective;
	/** The root that applies to it, as written; `undefined` = none. */
	readonly root: string | undefined;
}

const PLACEHOLDER = /\{[a-z][\w.-]*\}/i;

/**
 * Every scope of a configuration, in the order of the file, with the root that applies to it. Threads see the folders
 * of their scope from the start, so a root has to be known before the first request.
 *
 * @throws CaddyfileError when the root depends on the request
 */
export function findScopes(config: AdaptedConfig): ScopeSite[] {
	return config.sites.flatMap((site) => {
		const found: ScopeSite[] = [];
		collect(site.directives, undefined, site, found);
		for (const { directives } of site.errorHandlers) collect(directives, rootOf(site.directives), site, found);
		return found;
	});
}

function collect(
	directives: readonly AdaptedDirective[],
	inherited: RootDirective | undefined,
	site: AdaptedSite,
	found: ScopeSite[],
): void {
	const root = rootOf(directives) ?? inherited;
	for (const directive of directives) {
		if (directive.type === 'php_server' || directive.type === 'php') {
			found.push({ site, directive, root: directive.root ?? fixedRoot(root) });
			if (directive.root !== undefined) refusePlaceholder(directive.root, directive);
		} else if ('directives' in directive) collect(directive.directives, root, site, found);
	}
}

type RootDirective = DirectiveOf<'root'>;

/** Of several, the first that matches applies, which a matcher decides anew for each request. */
function rootOf(directives: readonly AdaptedDirective[]): RootDirective | undefined {
	return directives.find((directive): directive is RootDirective => directive.type === 'root');
}

function fixedRoot(root: RootDirective | undefined): string | undefined {
	if (root === undefined) return undefined;
	if (root.matcher !== undefined) {
		throw new CaddyfileError(
			'unsupported',
			root.position,
			"this 'root' applies to some requests only, but PHP needs one",
			{
				hint: "write 'root' in the block of php_server, or a handle with its own php_server for each root",
			},
		);
	}
	refusePlaceholder(root.path, root);
	return root.path;
}

function refusePlaceholder(path: string, { position }: Pick<AdaptedDirective, 'position'>): void {
	const placeholder = PLACEHOLDER.exec(path)?.[0];
	if (placeholder === undefined) return;
	throw new CaddyfileError(
		'unsupported',
		position,
		`${quoteWord(placeholder)} in the root of PHP is not supported by Igor`,
		{
			hint: 'write a path, or {$NAME} for an environment variable',
		},
	);
}
