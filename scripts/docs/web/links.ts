import { posix } from 'node:path';
import { CONTENTS } from './contents.ts';

/** Pages that lie outside of `docs/`. */
const OF_THE_ROOT: Readonly<Record<string, string>> = {
	'README.md': 'index.md',
	[CONTENTS]: 'contents.md',
	'SECURITY.md': 'project/security.md',
	'CONTRIBUTING.md': 'project/contributing.md',
	'CHANGELOG.md': 'project/changelog.md',
	'LICENCES.md': 'project/licences.md',
};

/**
 * Where a file of the repository is among the built pages, with its `.md`.
 * @returns undefined = it is no page
 */
export function pageOf(file: string): string | undefined {
	const [, inDocs] = /^docs\/([^.].*\.md)$/.exec(file) ?? [];
	return OF_THE_ROOT[file] ?? inDocs;
}

/**
 * A link of a page as the built page has it. Those to other pages stay among them; those to other files of the repository
 * lead to its host.
 * @param page the file that has the link, by its path in the repository
 * @param link as it is written there
 * @param repository its address; undefined = it has none
 * @returns undefined = nobody could follow it
 */
export function builtLink(page: string, link: string, repository: string | undefined): string | undefined {
	if (/^[a-z][a-z0-9+.-]*:|^#/i.test(link)) return link;
	const [path = '', anchor] = link.split('#');
	const file = posix.join(posix.dirname(page), path).replace(/\/$/, '');
	const end = anchor === undefined ? '' : `#${anchor}`;
	const built = pageOf(file);
	if (built !== undefined) return `/${built}${end}`;
	return repository && `${repository}/blob/HEAD/${file}${end}`;
}

/**
 * The address of the repository for people.
 * @param described `repository` of package.json, in any form of npm's
 * @returns undefined = it is not said, or no address of the web can be made of it
 */
export function repositoryOf(described: unknown): string | undefined {
	const text = typeof described === 'object' && described !== null ? (described as { url?: unknown }).url : described;
	if (typeof text !== 'string') return undefined;
	const [, name] = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(text) ?? [];
	if (name !== undefined) return `https://github.com/${name}`;
	const [, place] = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?(.+?)(?:\.git)?\/?$/.exec(text) ?? [];
	return place && `https://${place}`;
}
