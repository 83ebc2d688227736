import { posix } from 'node:path';

/** A page of the documentation: its title in the navigation, and its file in the repository. */
export interface Page {
	readonly title: string;
	readonly file: string;
}

/** Pages under one heading of the table of contents. */
export interface Chapter {
	readonly title: string;
	readonly pages: readonly Page[];
}

/** The table of contents that readers of the repository and of the built pages share. */
export const CONTENTS = 'docs/README.md';

/**
 * Reads the table of contents: a heading for each chapter, an entry of a list for each page.
 * @param text of `CONTENTS`
 */
export function readContents(text: string): Chapter[] {
	return text
		.split(/^## /m)
		.slice(1)
		.map((chapter) => ({
			title: chapter.split('\n', 1)[0] ?? '',
			pages: [...chapter.matchAll(/^- \[([^\]]+)\]\(([^)#]+)\)/gm)].map(([, title = '', path = '']) => ({
				title,
				file: posix.join(posix.dirname(CONTENTS), path),
			})),
		}));
}
