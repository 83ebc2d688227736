import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'test/php-src/README.md'];
/** Folders of the repository that a page may name. */
const TOP = 'src|test|wasm|playground|php-runtime|scripts|docs|\\.ci';
/** Made by a command, or by whoever runs it. */
const MADE = /^(?:dist|test-results|node_modules)\b/;

/** What a page names: the targets of its links, and every path below one of the repository's folders. */
function namesIn(page: string): Set<string> {
	const text = readFileSync(`${ROOT}${page}`, 'utf8');
	const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
	const paths = [...text.matchAll(new RegExp(`(?<![\\w/.@-])(?:${TOP})/[\\w./*<>-]*`, 'g'))].map(([path]) => path);
	return new Set(
		[...links.filter((target) => !/^[a-z]+:/.test(target)), ...paths]
			.map((name) => name.replace(/[.,:]+$/, ''))
			// A pattern, or a name with a part that the reader chooses.
			.filter((name) => !/[*<>]|NAME|x-y/.test(name) && !MADE.test(name)),
	);
}

/** In a row of a table that begins with a folder, `name/` is a folder in it. */
function foldersInRows(page: string): string[] {
	const rows = readFileSync(`${ROOT}${page}`, 'utf8').matchAll(/^\| \[`([\w/-]+\/)`\][^|]*\|([^|]*)\|$/gm);
	return [...rows].flatMap(([, folder = '', story = '']) =>
		[...story.matchAll(/`([\w-]+\/)`/g)].map(([, name]) => `${folder}${name}`),
	);
}

describe.each(PAGES)('%s', (page) => {
	const names = [...namesIn(page), ...foldersInRows(page)];

	test('names files and folders', () => {
		expect(names.length).toBeGreaterThan(0);
	});

	test('and each of them is there', () => {
		expect(names.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
	});
});
