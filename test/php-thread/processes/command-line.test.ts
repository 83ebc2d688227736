import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/php-thread/processes/command-line.ts';

/** The words of each command, pipelines apart. */
const words = (line: string) => parseCommandLine(line).map(({ commands }) => commands.map((command) => command.words));
/** As escapeshellarg() does. */
const escaped = (argument: string) => `'${argument.replaceAll("'", "'\\''")}'`;

describe('a command line', () => {
	test.each([
		['git status', [[['git', 'status']]]],
		['  git\t\'log\'  --format="%h %s"  ', [[['git', 'log', '--format=%h %s']]]],
		["exec 'php' 'x'", [[['exec', 'php', 'x']]]],
		['a\\ b "c\\"d\\\\e\\f" \'g"h\'i', [[['a b', 'c"d\\e\\f', 'g"hi']]]],
		['a | b|c', [[['a'], ['b'], ['c']]]],
		['a && b || c ; d\ne\n', [[['a']], [['b']], [['c']], [['d']], [['e']]]],
		['a ;', [[['a']]]],
		['a \\\n b', [[['a', 'b']]]],
		['a \'\' ""', [[['a', '', '']]]],
		['[ -f x ]', [[['[', '-f', 'x', ']']]]],
		['a 1 "2"> f', [[['a', '1', '2']]]],
		['a \'$(b)\' "\\$c" \\*', [[['a', '$(b)', '$c', '*']]]],
		['"if" x', [[['if', 'x']]]],
		["a=1 b='2 3' c d=4", [[['c', 'd=4']]]],
		['a{b,c}d #'.slice(0, -2), [[['a{b,c}d']]]],
	])('%j is understood', (line, expected) => expect(words(line)).toEqual(expected));

	test('redirections', () => {
		expect(parseCommandLine('a 2>&1 >b <c 3>>d 4>&- 12').at(0)?.commands.at(0)).toEqual({
			assignments: [],
			words: ['a', '12'],
			redirections: [
				{ descriptor: 2, operator: '>', target: { descriptor: 1 } },
				{ descriptor: 1, operator: '>', target: { path: 'b' } },
				{ descriptor: 0, operator: '<', target: { path: 'c' } },
				{ descriptor: 3, operator: '>>', target: { path: 'd' } },
				{ descriptor: 4, operator: '>', target: 'close' },
			],
		});
	});

	test.each([
		...[
			'a $(b)',
			'a `b`',
			'a "$(b)"',
			'a "`b`"',
			'a $b',
			'a "$' + '{b}"',
			'$a',
			'a & b',
			'a &',
			'(a)',
			'a; (b)',
			'{ a; }',
		],
		...['! a', 'if a; then b; fi', 'a <<b', 'a <(b)', 'a >(b)', 'a <> b', 'a >| b', 'a |& b', 'a &> b', 'a ;; b'],
		...['a *', 'a b?', 'a [b]', 'a ~', '~/a', 'a #b', "a 'b", 'a "b', 'a \\', '', ' ', ';', '| a', 'a |', 'a &&'],
		...['a > ', 'a >&b', 'a=1', 'a ; ; b', 'a || | b', 'a=~/b c', 'while a', 'a>&$b', '\n', 'a 10>&1', 'a=b:~/c d'],
	])('%j is left to a shell', (line) => expect(() => parseCommandLine(line)).toThrow());

	test('whatever escapeshellarg() makes is one word', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))), (list) => {
				expect(words(['a', ...list.map(escaped)].join(' '))).toEqual([[['a', ...list]]]);
			}),
		);
	});
});
