import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaddyfileError } from '../../src/caddyfile/errors.ts';
import { formatCaddyfile } from '../../src/caddyfile/format.ts';
import { tokenize } from '../../src/caddyfile/lexer.ts';

const format = (text: string) => formatCaddyfile({ file: 'Caddyfile', text });
const words = (text: string) =>
	tokenize({ file: 'Caddyfile', text }).map(({ text, kind, quoted }) => [text, kind, quoted]);

describe('the usual form of a Caddyfile', () => {
	test.each([
		['{\ndebug\n}\n:80   {\n  respond    "a  b"   200\n}', '{\n\tdebug\n}\n\n:80 {\n\trespond "a  b" 200\n}\n'],
		['a {\n\n\n\tlog\n\n\n\n\tlog x\n\n}\nb {\n}', 'a {\n\tlog\n\n\tlog x\n}\n\nb {\n}\n'],
		['a {   # one\n # two   \n}   # three\n# four\nb', 'a { # one\n\t# two\n} # three\n\n# four\nb\n'],
		['a { respond x\n}', 'a {\n\trespond x\n}\n'],
		['a {\nroute {\nfile_server }\n}', 'a {\n\troute {\n\t\tfile_server\n\t}\n}\n'],
		['a {\nrespond <<END\n   x\n\n\n  y\nEND   200\n}', 'a {\n\trespond <<END\n   x\n\n\n  y\nEND 200\n}\n'],
		['a {\nheader A \\\n   b\n}', 'a {\n\theader A \\\n\t\tb\n}\n'],
		['a {\n respond `{\n` {path}#x "{"\n}', 'a {\n\trespond `{\n` {path}#x "{"\n}\n'],
		['\r\na\r\n', 'a\n'],
		['', '\n'],
	])('%j', (text, expected) => {
		expect(format(text)).toBe(expected);
		expect(format(expected)).toBe(expected);
	});

	test.each(['a "b', 'a `b', 'a <<END\nx', 'a << b'])('%j never ends', (text) => {
		expect(() => format(text)).toThrow(CaddyfileError);
	});

	test('twice is as good as once, and every word stays', () => {
		const piece = fc.constantFrom(
			...[
				'{',
				'}',
				'a',
				'log',
				'"b  c"',
				'"\\""',
				'`d\n{ e`',
				'# f',
				'{path}',
				'\\',
				'g\\',
				'\\<<X',
				'<<',
				'#',
				'"x"y',
			],
			...[
				'<<END\n{ h\n\n  END',
				'<<END i',
				"'",
				'\n',
				'\n\n\n',
				' \t',
				' ',
				'{$A:b}',
				'}x',
				'{{',
				'\\"',
				'\r\n',
				'\u00a0',
			],
		);
		const files = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' '));
		fc.assert(
			fc.property(files, (text) => {
				let before: unknown;
				try {
					before = words(text);
				} catch {
					// What cannot be read need not be formatted; but it must not be made readable.
					return;
				}
				let formatted: string;
				try {
					formatted = format(text);
				} catch (error) {
					expect(text).toContain('<<');
					expect(error).toBeInstanceOf(CaddyfileError);
					return;
				}
				expect(words(formatted)).toEqual(before);
				expect(format(formatted)).toBe(formatted);
			}),
			{ numRuns: 1000 },
		);
	});
});
