import { describe, expect, test } from 'vitest';
import { replaceEnvironment } from '../../src/caddyfile/environment-variables.ts';
import { tokenize } from '../../src/caddyfile/lexer.ts';
import { refusal } from './support.ts';

const lex = (text: string) => tokenize({ file: 'Caddyfile', text });
const texts = (text: string) => lex(text).map((token) => token.text);

describe('tokens', () => {
	test('know where they stand, whether they are quoted and whether they start a line', () => {
		const [address, open, name, body, close] = lex('localhost {\n\trespond "Hi there"\n}\n');
		expect(address).toMatchObject({
			text: 'localhost',
			kind: 'word',
			startsLine: true,
			position: { line: 1, column: 1 },
		});
		expect(open).toMatchObject({ text: '{', kind: 'open', startsLine: false, position: { line: 1, column: 11 } });
		expect(name).toMatchObject({ text: 'respond', quoted: false, startsLine: true, position: { line: 2, column: 2 } });
		expect(body).toMatchObject({
			text: 'Hi there',
			quoted: true,
			position: { file: 'Caddyfile', line: 2, column: 10 },
		});
		expect(close).toMatchObject({ kind: 'close', startsLine: true, position: { line: 3, column: 1 } });
	});

	test('double quotes escape only quotes, and go over lines', () => {
		expect(texts('a "b \\" c" "C:\\path\\n" "two\nlines" ""')).toEqual(['a', 'b " c', 'C:\\path\\n', 'two\nlines', '']);
	});

	test('backticks are literal', () => {
		expect(texts('`{"a": "\\"}` b')).toEqual(['{"a": "\\"}', 'b']);
	});

	test('quotes inside a word are letters, and a closing quote ends a word', () => {
		expect(texts('a"b" "c"d')).toEqual(['a"b"', 'c', 'd']);
	});

	test('comments start only where a word could', () => {
		expect(texts('a#b # c\n# d\ne "#f"#g')).toEqual(['a#b', 'e', '#f']);
	});

	test('a backslash at its end continues a line', () => {
		expect(lex('a \\\n  b \\  \r\n c\nd').map(({ text, startsLine }) => [text, startsLine])).toEqual([
			['a', true],
			['b', false],
			['c', false],
			['d', true],
		]);
		expect(lex('a\\\nb')).toMatchObject([{ text: 'a' }, { text: 'b', startsLine: false, position: { line: 2 } }]);
	});

	test('other backslashes stay', () => {
		expect(texts('C:\\dir ^\\d+$ \\{a}')).toEqual(['C:\\dir', '^\\d+$', '\\{a}']);
	});

	test('braces count only alone and unquoted', () => {
		expect(lex('{ "{" {a} } `}` {}').map((token) => token.kind)).toEqual([
			'open',
			'word',
			'word',
			'close',
			'word',
			'word',
		]);
	});

	test('a byte order mark and carriage returns are nothing', () => {
		expect(texts('\ufeffa\r\nb\r\n')).toEqual(['a', 'b']);
	});

	test.each(['"a', 'a "b\nc', '`a', 'respond "x\\'])('%j is refused, with the place of the quote', (text) => {
		const error = refusal(() => lex(text));
		expect(error.code).toBe('bad_syntax');
		expect(error.position).toMatchObject({ line: 1, column: text.search(/["`]/) + 1 });
	});
});

describe('heredocs', () => {
	test('lose the indentation of their closing marker', () => {
		const [, body, status] = lex('respond <<HTML\n\t\t<a>\n\t\t\t<b>\n\n\t\t</a>\n\t\tHTML 200\n');
		expect(body).toMatchObject({ text: '<a>\n\t<b>\n\n</a>', quoted: true, position: { line: 1, column: 9 } });
		expect(status).toMatchObject({ text: '200', startsLine: false, position: { line: 6, column: 8 } });
	});

	test('may be empty, and have no carriage returns', () => {
		expect(texts('a <<E\nE\nb')).toEqual(['a', '', 'b']);
		expect(texts('a <<E\r\n x\r\n y\r\n E\r\nb')).toEqual(['a', 'x\ny', 'b']);
	});

	test('are none when escaped, or when a word follows', () => {
		expect(texts('a \\<<E\nE')).toEqual(['a', '<<E', 'E']);
		expect(texts('a <<E b\nE')).toEqual(['a', '<<E', 'b', 'E']);
	});

	test.each([
		['a <<E\n  x\n y\n  E', 3, 1],
		['a <<E\nx', 1, 3],
		['a <<<E\nE', 1, 3],
		['a <<\nE', 1, 3],
		['a <<!\n!', 1, 3],
		['a <<E\n some E text\n E', 2, 7],
	])('%j is refused', (text, line, column) => {
		expect(refusal(() => lex(text))).toMatchObject({ code: 'bad_syntax', position: { line, column } });
	});
});

describe('environment variables', () => {
	const expand = (text: string) =>
		replaceEnvironment(text, (name) => ({ A: 'one two', EMPTY: '', LOOP: '{$A}' })[name]);

	test('are put in, or their defaults', () => {
		expect(expand('{$A} {$NO:a:b} [{$EMPTY:x}] [{$NO}] {$LOOP} {$} {$A').text).toBe('one two a:b [] [] {$A} {$} {$A');
	});

	test('make tokens, whose positions are those of the text as it was written', () => {
		const text = '{$A} x\ny {$NO:z} w "open';
		const expanded = expand(text);
		const error = refusal(() => tokenize({ file: 'f', text }, expanded));
		expect(error.message).toBe(
			'f:2:13: this double quote is never closed; expected another `"`\n    y {$NO:z} w "open\n                ^',
		);
		const tokens = tokenize({ file: 'f', text: text.slice(0, -6) }, expand(text.slice(0, -6)));
		expect(tokens.map((token) => `${token.text}@${token.position.line}:${token.position.column}`)).toEqual([
			'one@1:1',
			'two@1:1',
			'x@1:6',
			'y@2:1',
			'z@2:3',
			'w@2:11',
		]);
	});

	test('never show in errors', () => {
		const text = 'a {$A} "b';
		expect(refusal(() => tokenize({ file: 'f', text }, expand(text))).message).not.toContain('two');
	});
});
