import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDifference, countOf, differenceOf, readDifference } from '../../../playground/src/share/difference.ts';

const BASE = { 'bin/console': '<?php // 1', 'public/index.php': '<?php // 2', 'config/flags.json': '{}' };

describe('the difference to a scenario', () => {
	it('has the changed and the new files whole, and the names of the removed ones', () => {
		const files = { 'bin/console': '<?php // 1', 'public/index.php': '<?php // other', 'src/New.php': 'new' };

		expect(differenceOf(BASE, files)).toEqual({
			changed: { 'public/index.php': '<?php // other', 'src/New.php': 'new' },
			removed: ['config/flags.json'],
		});
	});

	it('is nothing for the same files', () => {
		expect(countOf(differenceOf(BASE, { ...BASE }))).toBe(0);
	});

	it('turns the one into the other, for any files', () => {
		const files = fc.dictionary(fc.constantFrom('a', 'b/c', 'constructor', 'toString', 'd.php'), fc.string());
		fc.assert(
			fc.property(files, files, (base, other) => {
				expect(applyDifference(base, differenceOf(base, other))).toEqual(other);
			}),
		);
	});

	it.each([
		['nothing', undefined],
		['text', 'changed'],
		['no removed files', { changed: {} }],
		['content that is no text', { changed: { a: 1 }, removed: [] }],
		['a list of files', { changed: ['a'], removed: [] }],
		['removed names that are no text', { changed: {}, removed: [1] }],
		['a file outside the app', { changed: { '../x': '' }, removed: [] }],
		['an absolute file', { changed: { '/etc/passwd': '' }, removed: [] }],
		['removal outside the app', { changed: {}, removed: ['a/../../b'] }],
	])('is not read from %s', (_, value) => {
		expect(readDifference(value)).toBeUndefined();
	});
});
