import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../scripts/docs/anchors.ts';
import { PAGES, ROOT, textOf } from './support/pages.ts';

/** The page as it is read, without its listings and code: nothing in them is a link or a heading. */
function prose(page: string): string {
	return textOf(page).replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
	const anchors = new Set<string>();
	for (const [, heading = ''] of prose(page).matchAll(/^#{1,6} (.*)$/gm)) {
		const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
		const anchor = anchorOf(text);
		let name = anchor;
		for (let again = 1; anchors.has(name); again++) name = `${anchor}-${again}`;
		anchors.add(name);
	}
	return anchors;
}

/** The links of a page to the repository: the target's path and anchor. */
function linksOf(page: string): { link: string; path: string; anchor: string }[] {
	return [...prose(page).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)]
		.map(([, link = '']) => link)
		.filter((link) => !/^[a-z]+:/.test(link))
		.map((link) => {
			const [target = '', anchor = ''] = link.split('#');
			return { link, path: target === '' ? page : posix.join(posix.dirname(page), target), anchor };
		});
}

describe.each(PAGES)('%s', (page) => {
	test('its links lead to files and headings that are there', () => {
		const broken = linksOf(page).filter(({ path, anchor }) => {
			if (path.startsWith('..') || !existsSync(`${ROOT}${path}`)) return true;
			if (anchor === '') return false;
			return !statSync(`${ROOT}${path}`).isFile() || !anchorsOf(path).has(anchor);
		});
		expect(broken.map(({ link }) => link)).toEqual([]);
	});
});

test('every page of docs/ is reached from the README', () => {
	const reached = new Set(['README.md']);
	for (const page of reached) {
		for (const { path } of linksOf(page)) if (PAGES.includes(path)) reached.add(path);
	}
	expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});
