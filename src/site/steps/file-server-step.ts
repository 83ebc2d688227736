import { DEFAULTS } from '../../config/defaults.ts';
import type { AdaptedDirective } from '../../directives/list.ts';
import { normalisePath } from '../../http/request-path.ts';
import { absolutePath } from '../matching/file-match.ts';
import type { FileServerOptions } from '../request/file-serving.ts';
import type { Step } from '../request/site-request.ts';
import type { RequestView } from '../values/request-view.ts';
import { statusTemplate } from '../values/status-template.ts';
import { Template } from '../values/template.ts';

/** What a file server needs of its surroundings. */
export interface FileServerTools {
	/** Absolute; relative paths belong to it. */
	readonly folder: string;
	/** Never sent, absolute. */
	readonly hiddenFiles: readonly string[];
	/** The real path of a folder; `undefined` = there is none. */
	readonly realRoot: (path: string) => string | undefined;
}

/** `file_server`, as far as it is needed here: `php_server` has one, too. */
export type FileServerDirective = Omit<
	Extract<AdaptedDirective, { type: 'file_server' }>,
	'type' | 'matcher' | 'position'
>;

/** `file_server` */
export function fileServerStep(
	directive: FileServerDirective,
	next: Step,
	{ folder, hiddenFiles, realRoot }: FileServerTools,
): Step {
	const root = directive.root === undefined ? undefined : new Template(directive.root);
	const index = (directive.index ?? DEFAULTS.fileIndex).map((name) => new Template(name));
	const hide = hidePaths(directive.hide, folder, hiddenFiles);
	const status = directive.status === undefined ? undefined : statusTemplate(directive.status);
	return (site) => {
		const path = normalisePath(site.routingPath);
		const real = realRoot(absolutePath(root?.evaluate(site) || site.root || '.', folder));
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
		if (real !== undefined && site.serveFile(target, options)) return;
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
