import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NOT_RUN } from './support/not-run.ts';
import { isListed, listingsOf, PAGES, ROOT, runListingsOf } from './support/pages.ts';

const FOLDERS = ['test/docs', 'test/install'];

/** Pages by the test files that run their listings. */
function pagesThatRun(): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const folder of FOLDERS) {
		for (const name of readdirSync(`${ROOT}${folder}`).filter((each) => each.endsWith('.test.ts'))) {
			const text = readFileSync(`${ROOT}${folder}/${name}`, 'utf8');
			for (const [, page = ''] of text.matchAll(/openPage\('([^']*)'\)/g)) {
				found.set(page, [...(found.get(page) ?? []), `${folder}/${name}`]);
				expect(text, `${folder}/${name} does not ask whether all listings were run`).toContain('.left()).toEqual([])');
			}
		}
	}
	return found;
}

test('every page with listings is run by a test', () => {
	const run = pagesThatRun();
	const shown = PAGES.filter((page) => runListingsOf(page).length > 0);
	expect(shown).toContain('README.md');
	expect(shown.filter((page) => !run.has(page))).toEqual([]);
});

test('what is not run is there, and says why', () => {
	for (const { page, listing, reason } of NOT_RUN) {
		const found = listingsOf(page).filter(({ title, code }) => isListed(listing, title, code));
		expect([page, listing, found.length]).toEqual([page, listing, 1]);
		expect(reason).not.toBe('');
	}
});
