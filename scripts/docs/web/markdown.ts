import type { MarkdownRenderer } from 'vitepress';
import { builtLink } from './links.ts';

/** What VitePress tells the renderer of a page; paths are absolute. */
type PageEnv = { readonly realPath?: string | undefined; readonly path: string };
type Rule = Parameters<MarkdownRenderer['core']['ruler']['push']>[1];
type Token = Parameters<Rule>[0]['tokens'][number];

/** What the built pages have to know of the repository. */
export interface Repository {
	/** Its folder, with a slash at its end. */
	readonly root: string;
	/** Its address; undefined = it has none. */
	readonly url: string | undefined;
}

/** On these pages, listings that have a name are the files of one application. */
const APPLICATIONS = 'docs/start/';
/** What of it the playground takes: the rest is of the server around it. */
const IN_PLAYGROUND = /\.(?:php|json)$|^bin\//;

/** See `docs/.vitepress/theme/run-listings.ts`. */
const runButton = (file: string): string =>
	`<button type="button" class="run-listing" aria-label="Run ${file} in the playground">Run</button>`;

/** Makes Markdown that is written for the repository's readers one for the built pages: links, listings, the home page. */
export function adaptMarkdown(md: MarkdownRenderer, { root, url }: Repository): void {
	const fileOf = ({ realPath, path }: PageEnv) => (realPath ?? path).slice(root.length).replaceAll('\\', '/');

	md.core.ruler.push('igor-links', ({ tokens, env }) => {
		for (const { children } of tokens) {
			if (children) adaptLinks(children, (link) => builtLink(fileOf(env), link, url));
		}
	});

	// A heading of a column without a text is an empty cell.
	md.core.ruler.push('igor-tables', ({ tokens }) => {
		for (const [at, token] of tokens.entries()) {
			if (token.type !== 'th_open' || tokens[at + 1]?.content !== '') continue;
			for (const cell of [token, tokens[at + 2]]) if (cell) cell.tag = 'td';
		}
	});

	// The home page has its heading, and what it says first, above the rest.
	md.core.ruler.push('igor-home', ({ tokens, env }) => {
		if (fileOf(env) === 'README.md' && tokens[0]?.tag === 'h1') tokens.splice(0, 3);
	});

	// The name of the file that a listing is; where the listings of a page are one application, a button runs it.
	const fence = md.renderer.rules.fence;
	md.renderer.rules.fence = (tokens, at, options, env, self) => {
		const block = fence?.(tokens, at, options, env, self) ?? '';
		const [, name] = tokens[at]?.info.trim().split(/\s+/) ?? [];
		if (name === undefined) return block;
		const file = md.utils.escapeHtml(name);
		const runs = fileOf(env).startsWith(APPLICATIONS) && IN_PLAYGROUND.test(name);
		const [attribute, button] = runs ? [` data-file="${file}"`, runButton(file)] : ['', ''];
		return `<figure class="listing"${attribute}><figcaption>${file}</figcaption>${button}${block}</figure>\n`;
	};
}

/** Of a link that nobody could follow, its text stays. */
function adaptLinks(tokens: Token[], adapt: (link: string) => string | undefined): void {
	const open: (Token | undefined)[] = [];
	const kept = tokens.filter((token) => {
		if (token.type === 'link_close') return open.pop() !== undefined;
		if (token.type !== 'link_open') return true;
		const link = adapt(token.attrGet('href') ?? '');
		if (link !== undefined) token.attrSet('href', link);
		open.push(link === undefined ? undefined : token);
		return link !== undefined;
	});
	tokens.splice(0, tokens.length, ...kept);
}
