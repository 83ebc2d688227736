// docs/ as pages for the web: `npm run docs:build`. What stands in the navigation, docs/README.md says.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { anchorOf } from '../../scripts/docs/anchors.ts';
import { CONTENTS, readContents } from '../../scripts/docs/web/contents.ts';
import { pageOf, repositoryOf } from '../../scripts/docs/web/links.ts';
import { adaptMarkdown } from '../../scripts/docs/web/markdown.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const { description, repository } = JSON.parse(read('package.json')) as { description: string; repository?: unknown };
const url = repositoryOf(repository);

const link = (file: string): string => `/${pageOf(file)?.replace(/\.md$/, '')}`;
const chapters = readContents(read(CONTENTS));

const sidebar: DefaultTheme.SidebarItem[] = chapters.map(({ title, pages }) => ({
	text: title,
	items: pages.map((page) => ({ text: page.title, link: link(page.file) })),
}));

const PLAYGROUND = { text: 'Playground', link: '/playground/', target: '_self' };
const nav: DefaultTheme.NavItem[] = [
	...chapters
		.filter(({ title }) => title !== 'Project')
		.map(({ title, pages: [first] }) => {
			const target = link(first?.file ?? CONTENTS);
			// The chapter's folder, or its only page.
			const [activeMatch = target] = /^\/[^/]+\//.exec(target) ?? [];
			return { text: title, link: target, activeMatch };
		}),
	PLAYGROUND,
	...(url === undefined ? [] : [{ text: 'Source', link: url }]),
];

/** The mark of the playground. */
const ICON =
	"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20' fill='%235b4fd6'><circle cx='8' cy='10' r='6.5'/><circle cx='15.5' cy='5.5' r='3'/></svg>";

const hero = {
	name: 'Igor',
	text: 'A PHP application server that needs no PHP',
	tagline: `${description}.`,
	actions: [
		{ theme: 'brand', text: 'Your first sidekick', link: link('docs/start/first-sidekick.md') },
		{ theme: 'alt', ...PLAYGROUND },
		{ theme: 'alt', text: 'All pages', link: link(CONTENTS) },
	],
};

export default defineConfig({
	lang: 'en',
	title: 'Igor',
	description,
	head: [['link', { rel: 'icon', href: ICON }]],
	// The README and its like are pages, too.
	srcDir: '..',
	srcExclude: readdirSync(root, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== 'docs')
		.map(({ name }) => `${name}/**`),
	rewrites: (file) => pageOf(file) ?? file,
	outDir: '../dist/docs',
	cacheDir: '../.cache/vitepress',
	transformPageData: ({ filePath, frontmatter }) => {
		if (filePath !== 'README.md') return;
		return { title: 'Igor', titleTemplate: hero.text, frontmatter: { ...frontmatter, layout: 'home', hero } };
	},
	// Those that say where a server listens once it runs.
	ignoreDeadLinks: 'localhostLinks',
	markdown: {
		anchor: { slugify: anchorOf },
		// What highlights nginx's files comes close.
		languageAlias: { caddyfile: 'nginx' },
		config: (md) => adaptMarkdown(md, { root, url }),
	},
	themeConfig: {
		nav,
		sidebar,
		search: { provider: 'local' },
		outline: [2, 3],
		notFound: {
			title: 'No such page',
			quote: 'Nothing is at this address. The search, or the list of all pages, may know what you look for.',
			linkText: 'Home',
		},
		footer: { message: 'GPL-2.0-or-later. Igor is not a part of FrankenPHP.' },
	},
});
