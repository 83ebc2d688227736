import type { DirectiveOf } from '../../directives/list.ts';
import { type FileTools, fileTest } from '../matching/file-match.ts';
import type { Step } from '../request/site-request.ts';
import { rewriteTo } from './rewrite-step.ts';

/**
 * `try_files`: a rewrite to the first file that exists. Files with a query of their own need a rewrite of their own.
 */
export function tryFilesStep({ files, policy }: DirectiveOf<'try_files'>, next: Step, tools: FileTools): Step {
	const groups: { files: string[]; query: string }[] = [];
	for (const file of files) {
		const mark = file.replace(/\{[^{}]*\}/g, (name) => name.replaceAll('?', '_')).indexOf('?');
		const last = groups.at(-1);
		if (mark >= 0) groups.push({ files: [file.slice(0, mark)], query: file.slice(mark) });
		else if (last?.query === '') last.files.push(file);
		else groups.push({ files: [file], query: '' });
	}
	const attempts = groups.map(({ files: tryFiles, query }) => ({
		test: fileTest({ tryFiles, tryPolicy: policy }, tools),
		change: rewriteTo(`{http.matchers.file.relative}${query}`),
	}));
	return (site) => {
		const found = attempts.find(({ test }) => test(site));
		if (found !== undefined) site.rewrite(found.change(site));
		next(site);
	};
}
