import { deflate, fromBase64Url, inflate, toBase64Url } from './deflate.ts';
import { countOf, type Difference, NO_DIFFERENCE, readDifference } from './difference.ts';

/** Characters of a fragment that every browser, chat and mail program carries unharmed, more or less. */
export const LONGEST_LINK = 32_000;
/** Bytes of all text in a link: far more than a link of that length makes of real code. */
const MOST_TEXT = 2 * 1024 * 1024;
/** Of the form of the fragment; a later form gets another number. */
const VERSION = '1';

/** What a link opens: a scenario, and what its author has changed in it. */
export type LinkTarget = { readonly scenario: string; readonly difference: Difference };

/** What came of reading a fragment. `sentence` says what is wrong with it; the scenario is there if that much was readable. */
export type LinkReading =
	| { readonly target: LinkTarget }
	| { readonly sentence: string; readonly scenario: string | undefined };

/**
 * The fragment of a link, without `#`: `SCENARIO`, or `SCENARIO/1/` and the deflated difference.
 * It may be longer than `LONGEST_LINK`: the caller says so to the visitor.
 */
export async function writeLink({ scenario, difference }: LinkTarget): Promise<string> {
	if (countOf(difference) === 0) return scenario;
	return `${scenario}/${VERSION}/${toBase64Url(await deflate(JSON.stringify(difference)))}`;
}

/**
 * Reads a fragment, with or without `#`. Never throws: links come from anywhere.
 * @param scenarios names of those that exist
 */
export async function readLink(fragment: string, scenarios: readonly string[]): Promise<LinkReading | undefined> {
	const [name = '', version, packed, ...rest] = fragment.replace(/^#/, '').split('/');
	if (name === '') return undefined;
	if (!scenarios.includes(name)) {
		return { sentence: `This link is for a scenario called “${short(name)}”, which is not here.`, scenario: undefined };
	}
	if (version === undefined) return { target: { scenario: name, difference: NO_DIFFERENCE } };
	const broken = (sentence: string): LinkReading => ({ sentence, scenario: name });
	if (version !== VERSION)
		return broken('This link was made by another version of the playground, so its edits are not shown.');
	if (packed === undefined || rest.length > 0) return broken(DAMAGED);
	try {
		const difference = readDifference(JSON.parse(await inflate(fromBase64Url(packed), MOST_TEXT)));
		return difference === undefined ? broken(DAMAGED) : { target: { scenario: name, difference } };
	} catch {
		return broken(DAMAGED);
	}
}

const DAMAGED =
	'This link is damaged (perhaps it was cut when it was sent), so its edits are not shown. Ask for it again, whole.';

function short(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
