import type { AdaptedDirective } from '../../../directives/list.ts';
import { normalisePath } from '../../../http/request-path.ts';
import { absolutePath } from '../../../http/site/file-match.ts';
import type { RequestView } from '../../../http/site/request-view.ts';
import { Template } from '../../../http/site/template.ts';
import { asGet } from '../http/http-request.ts';
import { clearHeaders, putHeaders } from '../http/http-response.ts';
import { type FileServerOptions, serveFile } from '../http/serve-file.ts';
import { RootMemory } from './root-memory.ts';
import { statusTemplate } from './site-answers.ts';
import type { Step } from './site-request.ts';

/** Caddy's. */
const DEFAULT_INDEX: readonly string[] = ['index.html', 'index.txt'];
/** `file_server`, as far as it is needed here: `php_server` has one, too. */
export type FileServerDirective = Omit<
	Extract<AdaptedDirective, { type: 'file_server' }>,
	'type' | 'matcher' | 'position'
>;

/**
 * `file_server`
 *
 * @param folder absolute; relative paths belong to it
 * @param hiddenFiles never served, absolute
 */
export function fileServerStep(
	directive: FileServerDirective,
	next: Step,
	folder: string,
	hiddenFiles: readonly string[],
): Step {
	const root = directive.root === undefined ? undefined : new Template(directive.root);
	const index = (directive.index ?? DEFAULT_INDEX).map((name) => new Template(name));
	const hide = hidePaths(directive.hide, folder, hiddenFiles);
	const status = directive.status === undefined ? undefined : statusTemplate(directive.status);
	const roots = new RootMemory();
	return (site) => {
		const path = normalisePath(site.routingPath);
		const real = roots.find(absolutePath(root?.evaluate(site) || site.root || '.', folder));
		if (path === undefined) {
			site.fail(400);
			return;
		}
		// While an error is handled, its status is the one to tell.
		const chosen = status === undefined ? site.error?.status : status(site);
		const options: FileServerOptions = {
			root: real ?? '',
			hide: hide(site),
			index: index.map((name) => name.evaluate(site)),
			browse: directive.browse,
			precompressed: directive.precompressed,
			canonicalUris: directive.canonicalUris,
			...(chosen !== undefined && { status: chosen }),
		};
		const [originalPath = '/'] = site.target.split('?', 1);
		const target = { path, originalPath, query: site.query };
		const request = site.error === undefined ? site.request : asGet(site.request);
		putHeaders(site.response, site.earlyHeaders);
		const served =
			real !== undefined &&
			serveFile(request, site.response, target, options, (code, headers) => site.fail(code, headers));
		if (served) return;
		clearHeaders(site.response);
		if (directive.passThru) next(site);
		else site.fail(404);
	};
}

function hidePaths(
	written: readonly string[],
	folder: string,
	hiddenFiles: readonly string[],
): (request: RequestView) => readonly string[] {
	const absolute = (path: string): string => (path.includes('/') ? absolutePath(path, folder) : path);
	const templates = written.map((path) => new Template(path));
	const fixed = templates.map(({ constant }) => constant).filter((path) => path !== undefined);
	if (fixed.length === templates.length) {
		const all = [...hiddenFiles, ...fixed.map(absolute)];
		return () => all;
	}
	return (request) => [...hiddenFiles, ...templates.map((path) => absolute(path.evaluate(request)))];
}
