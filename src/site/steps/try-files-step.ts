import type { DirectiveOf } from '../../directives/list.ts';
import { tryGroups } from '../../directives/try-files.ts';
import { type FileTools, fileTest } from '../matching/file-match.ts';
import type { Step } from '../request/site-request.ts';
import { rewriteTo } from './rewrite-step.ts';

/** `try_files`: a rewrite to the first file that exists. */
export function tryFilesStep({ files, policy }: DirectiveOf<'try_files'>, next: Step, tools: FileTools): Step {
	const attempts = tryGroups(files).map(({ files: tryFiles, query }) => ({
		test: fileTest({ tryFiles, tryPolicy: policy }, tools),
		change: rewriteTo(`{http.matchers.file.relative}${query}`),
	}));
	return (site) => {
		const found = attempts.find(({ test }) => test(site));
		if (found !== undefined) site.rewrite(found.change(site));
		next(site);
	};
}
