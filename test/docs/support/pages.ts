import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NOT_RUN } from './not-run.ts';

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Every page that a reader may open, by its path in the repository. */
export const PAGES: readonly string[] = [
	...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENCES.md', 'test/php-src/README.md'],
	...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name.replaceAll('\\', '/')}`)
		.sort(),
];

/** A block of code of a page: ```` ```LANGUAGE TITLE ````. The title is the name of the file that it is, or nothing. */
export interface Listing {
	readonly language: string;
	readonly title: string;
	readonly code: string;
}

/** What may be shown without being run: pictures, and what a program prints. */
const TEXT = new Set(['', 'text']);

/** A page's text. */
export function textOf(page: string): string {
	return readFileSync(`${ROOT}${page}`, 'utf8');
}

/** The listings of a page, in its order. */
export function listingsOf(page: string): Listing[] {
	return [...textOf(page).matchAll(/^```(\w*)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
		([, language = '', title = '', code = '']) => ({ language, title, code }),
	);
}

/** The listings of a page that a test has to run. */
export function runListingsOf(page: string): Listing[] {
	return listingsOf(page).filter(
		({ language, title, code }) =>
			!TEXT.has(language) && !NOT_RUN.some((each) => each.page === page && isListed(each.listing, title, code)),
	);
}

/** Whether an entry of `NOT_RUN` means a listing: by its title, or else by its first line. */
export function isListed(entry: string, title: string, code: string): boolean {
	return entry === (title || code.split('\n', 1)[0]);
}

/** A page whose listings a test file runs, each once; its last test asks `left()`. */
export class Page {
	readonly name: string;
	readonly text: string;
	readonly #listings: Listing[];

	constructor(name: string) {
		this.name = name;
		this.text = textOf(name);
		this.#listings = runListingsOf(name);
	}

	/** The next listing of this language and title that nobody has taken. @throws Error when there is none */
	take(language: string, title = ''): string {
		const at = this.#listings.findIndex((each) => each.language === language && each.title === title);
		const [taken] = at < 0 ? [] : this.#listings.splice(at, 1);
		if (taken === undefined) throw new Error(`${this.name} has no further listing "${language} ${title}".`);
		return taken.code;
	}

	/** What no test has taken. */
	left(): string[] {
		return this.#listings.map(({ language, title, code }) => `${language} ${title || code.split('\n', 1)[0]}`);
	}
}

/** The page that a test file runs. Tests find by this call which page is run where; see `listings.test.ts`. */
export function openPage(name: string): Page {
	return new Page(name);
}
