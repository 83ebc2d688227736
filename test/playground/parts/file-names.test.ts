import { describe, expect, it } from 'vitest';
import { problemOfName, problemOfNewName } from '../../../playground/src/share/file-names.ts';

describe("a file's name", () => {
	it.each(['index.php', 'public/index.php', '.env', 'a b/ü.php', 'constructor'])('may be %j', (name) => {
		expect(problemOfName(name)).toBeUndefined();
	});

	it.each([
		'',
		'/etc/passwd',
		'src/',
		'..',
		'a/../b',
		'./a',
		'a//b',
		'a\\b',
		'a\0',
		'a\nb',
		'x'.repeat(201),
	])('may not be %j', (name) => {
		expect(problemOfName(name)).toMatch(/\.$/);
	});

	it.each([
		['src/Flags.php', 'There is a file src/Flags.php already.'],
		['src', 'src is a folder already.'],
		['src/Flags.php/x', 'src/Flags.php is a file, so nothing can lie in it.'],
	])('%j is taken', (name, sentence) => {
		expect(problemOfNewName(name, ['src/Flags.php'])).toBe(sentence);
	});

	it('is free beside others', () => {
		expect(problemOfNewName('src/Flags', ['src/Flags.php'])).toBeUndefined();
	});
});
