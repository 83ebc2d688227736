import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGES, ROOT, textOf } from './support/pages.ts';

/** Folders of the repository that a page may name. */
const TOP = 'src|test|wasm|playground|php-runtime|scripts|docs|\\.ci';
/** Made by a command, or by whoever runs it. */
const MADE = /^(?:dist|test-results|node_modules)\b/;

/** Pages about the repository; those for users also name folders of a user's application. */
const ABOUT_IT = PAGES.filter((page) => !page.startsWith('docs/') || page.startsWith('docs/understand/'));

/** What a page names: every path below one of the repository's folders. */
function namesIn(page: string): Set<string> {
	const paths = [...textOf(page).matchAll(new RegExp(`(?<![\\w/.@-])(?:${TOP})/[\\w./*<>-]*`, 'g'))].map(
		([path]) => path,
	);
	return new Set(
		paths
			.map((name) => name.replace(/[.,:]+$/, ''))
			// A pattern, or a name with a part that the reader chooses.
			.filter((name) => !/[*<>]|NAME|x-y/.test(name) && !MADE.test(name)),
	);
}

/** In a row of a table that begins with a folder, `name/` is a folder in it. */
function foldersInRows(page: string): string[] {
	const rows = textOf(page).matchAll(/^\| \[`([\w/-]+\/)`\][^|]*\|([^|]*)\|$/gm);
	return [...rows].flatMap(([, folder = '', story = '']) =>
		[...story.matchAll(/`([\w-]+\/)`/g)].map(([, name]) => `${folder}${name}`),
	);
}

test.each(ABOUT_IT)('%s names files and folders that are there', (page) => {
	const names = [...namesIn(page), ...foldersInRows(page)];
	expect(names.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
});

test('folders in rows are found', () => {
	expect(foldersInRows('docs/understand/architecture.md').length).toBeGreaterThan(10);
	expect(namesIn('SECURITY.md').size).toBeGreaterThan(10);
});
