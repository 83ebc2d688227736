import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENTS, readContents } from '../../scripts/docs/web/contents.ts';
import { builtLink, pageOf, repositoryOf } from '../../scripts/docs/web/links.ts';
import { runProgram } from '../program/support/command-line.ts';
import { PAGES, ROOT, textOf } from './support/pages.ts';

const BASE = '/igor/';
const HOME = 'index.html';
const out = mkdtempSync(join(tmpdir(), 'igor-docs-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const built = (name: string): string => readFileSync(join(out, name), 'utf8');
const htmlOf = (page: string): string | undefined => pageOf(page)?.replace(/\.md$/, '.html');

/** The values of an attribute in the elements of some names. */
function attributes(html: string, elements: string, attribute: string): string[] {
	const found = html.matchAll(new RegExp(`<(?:${elements})\\b[^>]*?\\s${attribute}="([^"]*)"`, 'g'));
	return [...found].map(([, value = '']) => value.replaceAll('&amp;', '&'));
}

describe('the built pages', () => {
	let files: string[] = [];
	let pages: string[] = [];

	beforeAll(async () => {
		const script = join(ROOT, 'scripts/build-docs.mjs');
		const { status, err } = await runProgram(
			process.execPath,
			[script, '--no-playground', '--base', BASE, '--out', out],
			{ cwd: ROOT },
		);
		expect([status, err]).toEqual([0, expect.not.stringContaining('dead link')]);
		files = readdirSync(out, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
		pages = files.filter((name) => name.endsWith('.html') && name !== '404.html');
	}, 180_000);

	test('are those of docs/ and those beside the README', () => {
		const sources = PAGES.filter((page) => page.startsWith('docs/') || !page.includes('/'));
		expect(sources).toContain(CONTENTS);
		expect(pages.toSorted()).toEqual(sources.map(htmlOf).toSorted());
	});

	test('are all in the navigation of each', () => {
		const links = attributes(built('guides/symfony.html'), 'a', 'href');
		const listed = pages.filter((page) => page !== HOME).map((page) => `${BASE}${page}`);
		expect(listed.filter((page) => !links.includes(page))).toEqual([`${BASE}contents.html`]);
		expect(links).toContain(BASE);
		expect(links).toContain(`${BASE}playground/`);
		expect(attributes(built(HOME), 'a', 'href')).toContain(`${BASE}contents.html`);
	});

	test('link to pages and headings that are there', () => {
		const broken = pages.flatMap((page) =>
			attributes(built(page), 'a', 'href')
				.filter((href) => !/^[a-z]+:/.test(href) && href !== `${BASE}playground/`)
				.filter((href) => {
					const [path = '', anchor] = href.split('#');
					if (path !== '' && !path.startsWith(BASE)) return true;
					const target = path === '' ? page : path.slice(BASE.length) || HOME;
					if (!pages.includes(target)) return true;
					return anchor !== undefined && !built(target).includes(`id="${decodeURIComponent(anchor)}"`);
				})
				.map((href) => `${page}: ${href}`),
		);
		expect(broken).toEqual([]);
	});

	test('load nothing from another host', () => {
		const loaded = [...pages, '404.html'].flatMap((page) => {
			const html = built(page);
			return [...attributes(html, '(?!a\\b)[\\w-]+', 'href'), ...attributes(html, '[\\w-]+', 'src')];
		});
		const named = files
			.filter((name) => name.endsWith('.css'))
			.flatMap((name) => [...built(name).matchAll(/(?:url\(|@import)\s*["']?([^"')\s]+)/g)])
			.map(([, url = '']) => url);
		const code = files
			.filter((name) => name.endsWith('.js'))
			.flatMap((name) => [...built(name).matchAll(/(?:import|fetch|importScripts)\s*\(\s*[`"']([^`"']*)/g)])
			.map(([, url = '']) => url);
		expect(loaded.length).toBeGreaterThan(100);
		const elsewhere = [...loaded, ...named, ...code].filter((url) => /^(?:[a-z]+:)?\/\//.test(url));
		expect(elsewhere).toEqual([]);
	});

	test('have the file names of listings, and the search finds their headings', () => {
		expect(built('start/first-sidekick.html')).toContain('<figcaption>bin/console</figcaption>');
		const index = files.find((name) => name.includes('localSearchIndex') && name.endsWith('.js')) ?? '';
		expect(built(index)).toContain('Port 2019 is in use');
	});
});

test('a page that is there without being in the contents has no place', () => {
	const listed = readContents(textOf(CONTENTS)).flatMap(({ pages }) => pages.map(({ file }) => file));
	const shown = PAGES.filter((page) => pageOf(page) !== undefined && page !== 'README.md' && page !== CONTENTS);
	expect(listed.toSorted()).toEqual(shown.toSorted());
	expect(readContents(textOf(CONTENTS)).map(({ title }) => title)).toEqual([
		...['Start', 'Guides', 'Reference', 'Understand', 'Troubleshooting', 'Project'],
	]);
});

test('links lead to pages, or else to the repository', () => {
	const url = 'https://example.com/igor';
	expect(builtLink('docs/guides/symfony.md', '../reference/php.md#x', url)).toBe('/reference/php.md#x');
	expect(builtLink('README.md', 'docs/README.md#guides', url)).toBe('/contents.md#guides');
	expect(builtLink('docs/guides/xdebug.md', '../../SECURITY.md', undefined)).toBe('/project/security.md');
	expect(builtLink('docs/understand/architecture.md', '../../src/http', url)).toBe(`${url}/blob/HEAD/src/http`);
	expect(builtLink('docs/understand/architecture.md', '../../src/http', undefined)).toBeUndefined();
	expect(builtLink('README.md', 'http://127.0.0.1:8080', url)).toBe('http://127.0.0.1:8080');
	expect(builtLink('docs/guides/ci.md', '#x', url)).toBe('#x');
});

test.each([
	['someone/igor', 'https://github.com/someone/igor'],
	['github:someone/igor', 'https://github.com/someone/igor'],
	[{ type: 'git', url: 'git+https://example.com/someone/igor.git' }, 'https://example.com/someone/igor'],
	['git+ssh://git@example.com/someone/igor.git', 'https://example.com/someone/igor'],
	[undefined, undefined],
	['.', undefined],
])('the repository %j is %s', (described, url) => {
	expect(repositoryOf(described)).toBe(url);
});
