import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { PhpDirective } from '../../directives/list.ts';
import type { Logger } from '../../log/logger.ts';
import { absolutePath, type FileTools, fileTest } from '../matching/file-match.ts';
import { pathTest } from '../matching/path-pattern.ts';
import type { FileProbe } from '../php/file-probe.ts';
import { PhpResponder } from '../php/php-responder.ts';
import { requestVariables } from '../php/request-variables.ts';
import type { SiteScope } from '../php/site-scope.ts';
import type { SiteRequest, Step } from '../request/site-request.ts';
import { cleanHeaderValue } from '../values/header-value.ts';
import { requestPlaceholder } from '../values/template.ts';
import { type FileServerTools, fileServerStep } from './file-server-step.ts';
import { rewriteTo } from './rewrite-step.ts';

type PhpServerDirective = Extract<PhpDirective, { type: 'php_server' }>;

/** What the steps of PHP need from their surroundings. */
export interface PhpTools extends FileTools, FileServerTools {
	readonly log: Logger;
	/** Looks at files below a root, which is absolute and real. */
	readonly probe: (root: string) => FileProbe;
}

/** @param siteRoot as written; for `resolve_root_symlink off` */
export function createResponder(
	directive: PhpDirective,
	{ gateway, root, workers, workerMatches, folders = [] }: SiteScope,
	siteRoot: string | undefined,
	{ log, folder, hiddenFiles, probe }: PhpTools,
): PhpResponder {
	refuseRequestVariables(directive);
	const seen = directive.resolveRootSymlink === false ? absolutePath(directive.root ?? siteRoot ?? '.', folder) : root;
	const isServer = directive.type === 'php_server';
	const variables = requestVariables(directive.requestEnv ?? {});
	// With `try_files` of its own, the paths have been rewritten already.
	const scriptsOnly = !isServer || directive.tryFiles !== undefined;
	return new PhpResponder({
		root,
		probe: probe(root),
		table: {
			root: seen === '/' ? '' : seen,
			workers,
			endings: directive.splitPath.map((ending) => ending.toLowerCase()),
			...(isServer && { index: directive.index === 'off' ? '' : directive.index, files: directive.fileServer }),
		},
		gateway,
		log,
		variables: variables && ((caller) => variables(caller as SiteRequest)),
		folders,
		hidden: hiddenFiles,
		workerMatches: workerMatches.map(({ patterns, ...match }) => ({ ...match, tests: patterns.map(pathTest) })),
		scriptsOnly,
		servesFiles: isServer && directive.fileServer,
		...(directive.requestBodyTimeout !== undefined && { bodyTimeout: directive.requestBodyTimeout }),
	});
}

/** A worker's own environment is its threads': it cannot be another one for each request. */
function refuseRequestVariables({ workers, position }: PhpDirective): void {
	for (const [name, value] of workers.flatMap(({ env }) => Object.entries(env))) {
		const placeholder = requestPlaceholder(value);
		if (placeholder === undefined) continue;
		throw new CaddyfileError(
			'unsupported',
			position,
			`'env ${name}' of a worker cannot depend on a request, as ${placeholder} does`,
			{
				hint: "write it in the 'php_server' itself",
			},
		);
	}
}

/** `php` and `php_server` */
export function phpServerStep(directive: PhpDirective, php: PhpResponder, next: Step, tools: PhpTools): Step {
	if (directive.type === 'php_server' && directive.tryFiles !== undefined && directive.index !== 'off') {
		return tryFilesBeforePhp(directive, directive.tryFiles, php, next, tools);
	}
	return (site) => {
		if (!php.answer(site, site.routingPath)) next(site);
	};
}

/** `php_server` with `try_files`: the steps that FrankenPHP makes of it. */
function tryFilesBeforePhp(
	{ root, splitPath, index, fileServer }: PhpServerDirective,
	tryFiles: readonly string[],
	php: PhpResponder,
	next: Step,
	tools: PhpTools,
): Step {
	const folderIndex = `{path}/${index}`;
	const ofRoot = root !== undefined && { root };
	const hasIndex = tryFiles.some((file) => file.replace('http.request.uri.path', 'path') === folderIndex)
		? fileTest({ tryFiles: [folderIndex], ...ofRoot }, tools)
		: undefined;
	const policy = tryFiles.at(-1)?.endsWith('.php') === true ? 'first_exist_fallback' : 'first_exist';
	const finds = fileTest({ tryFiles, tryPolicy: policy, splitPath, ...ofRoot }, tools);
	const rewrite = rewriteTo('{http.matchers.file.relative}{http.matchers.file.remainder}');
	const files = fileServer
		? fileServerStep(
				{ hide: [], browse: false, precompressed: [], canonicalUris: true, passThru: false, ...ofRoot },
				next,
				tools,
			)
		: next;
	return (site) => {
		if (php.answerMatched(site)) return;
		if (hasIndex !== undefined && !site.uri.path.endsWith('/') && hasIndex(site)) {
			redirect(site);
			return;
		}
		if (finds(site)) site.rewrite(rewrite(site));
		if (php.isScript(site.uri.path)) php.answer(site, site.routingPath);
		else files(site);
	};
}

/** To the path with a final slash: the one that the client knows. */
function redirect(site: SiteRequest): void {
	const { escapedPath, query } = site.originalUri;
	// Two slashes at the start would lead to another host.
	const path = `${escapedPath.replace(/^\/{2,}/, '/')}/`;
	const location = cleanHeaderValue(query === '' ? path : `${path}?${query}`);
	site.answer(308, ['Location', location], '');
}
