import type { AdaptedDirective } from '../../../directives/list.ts';
import type { PhpGateway } from '../../../http/php-gateway.ts';
import { withEarlyHeaders } from '../../../http/response-headers.ts';
import { absolutePath, fileTest } from '../../../http/site/file-match.ts';
import { cleanHeaderValue } from '../../../http/site/header-value.ts';
import { rewriteTo } from '../../../http/site/rewrite.ts';
import type { Logger } from '../../../log/logger.ts';
import { writeHead } from '../http/http-response.ts';
import { PhpScope, type WorkerMatch } from '../http/php-scope.ts';
import { fileServerStep } from './site-files.ts';
import type { SiteRequest, Step } from './site-request.ts';
import { nodeDisk } from './system-facts.ts';

/** A directive that runs PHP. */
export type PhpDirective = Extract<AdaptedDirective, { type: 'php_server' | 'php' }>;
type PhpServerDirective = Extract<PhpDirective, { type: 'php_server' }>;

/** The threads behind a directive, running. */
export interface SiteScope {
	readonly gateway: PhpGateway;
	/** Absolute and real. */
	readonly root: string;
	/** Path of a script below the root, beginning with '/' → index of its worker. */
	readonly workers: ReadonlyMap<string, number>;
	/** Paths that a worker answers, whether there is a file or not. */
	readonly workerMatches: readonly WorkerMatch[];
	/** Folders that PHP sees beside the root: `X-Sendfile` may name files of them. */
	readonly folders?: readonly string[];
}

/** What the steps of PHP need from their surroundings. */
export interface PhpTools {
	readonly log: Logger;
	/** Absolute; relative paths belong to it. */
	readonly folder: string;
	/** Never sent, absolute. */
	readonly hiddenFiles: readonly string[];
}

/** @param root the site's, as written; for `resolve_root_symlink off` */
export function createScope(
	directive: PhpDirective,
	{ gateway, root, workers, workerMatches, folders = [] }: SiteScope,
	siteRoot: string | undefined,
	{ log, folder, hiddenFiles }: PhpTools,
): PhpScope {
	const seen = directive.resolveRootSymlink === false ? absolutePath(directive.root ?? siteRoot ?? '.', folder) : root;
	const isServer = directive.type === 'php_server';
	// With `try_files` of its own, the paths have been rewritten already.
	const scriptsOnly = !isServer || directive.tryFiles !== undefined;
	return new PhpScope({
		root,
		table: {
			root: seen === '/' ? '' : seen,
			workers,
			endings: directive.splitPath.map((ending) => ending.toLowerCase()),
			...(isServer && { index: directive.index === 'off' ? '' : directive.index, files: directive.fileServer }),
		},
		gateway,
		log,
		folders,
		hidden: hiddenFiles,
		workerMatches,
		scriptsOnly,
		servesFiles: isServer && directive.fileServer,
		...(directive.requestBodyTimeout !== undefined && { bodyTimeout: directive.requestBodyTimeout }),
	});
}

/** `php` and `php_server` */
export function phpStep(directive: PhpDirective, scope: PhpScope, next: Step, tools: PhpTools): Step {
	if (directive.type === 'php_server' && directive.tryFiles !== undefined && directive.index !== 'off') {
		return tryFilesStep(directive, directive.tryFiles, scope, next, tools);
	}
	return (site) => {
		if (!scope.answer(site, site.routingPath)) next(site);
	};
}

/** `php_server` with `try_files`: the steps that FrankenPHP makes of it. */
function tryFilesStep(
	{ root, splitPath, index, fileServer }: PhpServerDirective,
	tryFiles: readonly string[],
	scope: PhpScope,
	next: Step,
	tools: PhpTools,
): Step {
	const fileTools = { disk: nodeDisk, folder: tools.folder };
	const folderIndex = `{path}/${index}`;
	const ofRoot = root !== undefined && { root };
	const hasIndex = tryFiles.some((file) => file.replace('http.request.uri.path', 'path') === folderIndex)
		? fileTest({ tryFiles: [folderIndex], ...ofRoot }, fileTools)
		: undefined;
	const policy = tryFiles.at(-1)?.endsWith('.php') === true ? 'first_exist_fallback' : 'first_exist';
	const finds = fileTest({ tryFiles, tryPolicy: policy, splitPath, ...ofRoot }, fileTools);
	const rewrite = rewriteTo('{http.matchers.file.relative}{http.matchers.file.remainder}');
	const files = fileServer
		? fileServerStep(
				{ hide: [], browse: false, precompressed: [], canonicalUris: true, passThru: false, ...ofRoot },
				next,
				tools.folder,
				tools.hiddenFiles,
			)
		: next;
	return (site) => {
		if (scope.answerMatched(site)) return;
		if (hasIndex !== undefined && !site.uri.path.endsWith('/') && hasIndex(site)) {
			redirect(site);
			return;
		}
		if (finds(site)) site.rewrite(rewrite(site));
		if (scope.isScript(site.uri.path)) scope.answer(site, site.routingPath);
		else files(site);
	};
}

/** To the path with a final slash: the one that the client knows. */
function redirect({ response, originalUri: { escapedPath, query }, earlyHeaders }: SiteRequest): void {
	// Two slashes at the start would lead to another host.
	const path = `${escapedPath.replace(/^\/{2,}/, '/')}/`;
	const location = cleanHeaderValue(query === '' ? path : `${path}?${query}`);
	writeHead(response, 308, undefined, withEarlyHeaders(earlyHeaders, ['Location', location, 'Content-Length', '0']));
	response.end();
}
