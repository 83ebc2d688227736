import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/cli/environment-file.ts';

describe('--envfile', () => {
	test('names, quotes, comments, CRLF and what Node takes beside', () => {
		const text = '\uFEFFA=1\r\n\r\n  # no = variable\nexport B = two # words\nC="x\n y"\nD=\nE=\'a#b\'\nF=`"`\nG="open';
		expect(readEnvironment(text, '.env')).toEqual({
			...{ A: '1', B: 'two', C: 'x\n y', D: '', E: 'a#b', F: '"', G: '"open' },
		});
		expect(readEnvironment('', '.env')).toEqual({});
	});

	test.each([
		['A=1\nAPP_ENV prod\n', 2],
		['A="1\n2"\n\nB: 3', 4],
		['=x', 1],
		['A=1\r\nTWO WORDS=1', 2],
	])('%j: line %i is no variable', (text, line) => {
		expect(() => readEnvironment(text, '/app/.env')).toThrow(
			`/app/.env:${line} has no KEY=VALUE form; write one variable on each line, and # before comments.`,
		);
	});
});
