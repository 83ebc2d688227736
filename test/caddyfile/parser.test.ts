import { describe, expect, test } from 'vitest';
import { type CaddyfileTree, type Directive, parseCaddyfile } from '../../src/caddyfile/parser.ts';
import { memoryHost, refusal } from './support.ts';

const parse = (text: string, files: Record<string, string> = {}): CaddyfileTree =>
	parseCaddyfile(text, '/etc/igor/Caddyfile', memoryHost(files));

/** `name arg arg { … }` on one line, with quotes nowhere. */
function show(lines: readonly Directive[]): string {
	return lines
		.map(({ name, args, block }) => {
			const words = [name, ...args.map((arg) => arg.text)].join(' ');
			return block ? `${words} { ${show(block)} }` : words;
		})
		.join('; ');
}

const only = (text: string, files?: Record<string, string>) => show(parse(text, files).servers[0]!.directives);

describe('blocks', () => {
	test('global options, several addresses, nested blocks', () => {
		const tree = parse(
			'{\n debug\n}\na.test, b.test,\nc.test d.test {\n handle /x {\n  respond a b\n }\n @m path /y\n}\n:80 {\n}',
		);
		expect(show(tree.globalOptions!)).toBe('debug');
		expect(tree.servers.map((server) => server.addresses.map((address) => address.text))).toEqual([
			['a.test', 'b.test', 'c.test', 'd.test'],
			[':80'],
		]);
		expect(show(tree.servers[0]!.directives)).toBe('handle /x { respond a b }; @m path /y');
	});

	test('one site needs no braces', () => {
		const [server] = parse('localhost\n\nroot /srv\nphp_server {\n env A b\n}\n').servers;
		expect(server).toMatchObject({ braces: false });
		expect(show(server!.directives)).toBe('root /srv; php_server { env A b }');
	});

	test('a site may be its address alone, and a file may be empty', () => {
		expect(parse('localhost').servers).toHaveLength(1);
		expect(parse('# nothing\n')).toEqual({ servers: [], warnings: [] });
	});

	test.each([
		['localhost {\n respond', 1, 11],
		['localhost {\n handle {\n respond\n}', 1, 11],
		['localhost{\n}', 1, 1],
		['a.test,b.test {\n}', 1, 1],
		['a.test, {\n}', 1, 1],
		['a.test,', 1, 1],
		['@m path /x', 1, 1],
		['}', 1, 1],
		['a.test\nrespond\n}', 3, 1],
		['a.test {\n handle { respond\n }\n}', 2, 11],
		['a.test {\n respond x }\n', 2, 12],
		['a.test {\n handle\n {\n }\n}', 3, 2],
		['a.test {\n handle {}\n}', 2, 9],
		['a.test {\n handle {\n } x\n}', 3, 4],
		['a.test {\n}\n{\n debug\n}', 3, 1],
		['{\n}\n{\n}', 3, 1],
		['&(route) {\n}', 1, 1],
		['(snippet)', 1, 1],
	])('%j is refused at %i:%i', (text, line, column) => {
		expect(refusal(() => parse(text)).position).toMatchObject({ line, column });
	});

	test('nesting has an end', () => {
		const deep = `:80 {\n${'handle {\n'.repeat(100_000)}`;
		expect(refusal(() => parse(deep))).toMatchObject({ code: 'too_large' });
	});
});

describe('imports', () => {
	test('snippets, with arguments and blocks', () => {
		const text = `(s) {
	header {args[0]} "x-{args[1]}-y"
	{block}
	list {args[1:]} end
	all {args[:]}
}
:80 {
	import s A "b c" d {
		respond {
			body z
		}
	}
	after
}`;
		expect(only(text)).toBe('header A x-b c-y; respond { body z }; list b c d end; all A b c d; after');
	});

	test('{blocks.NAME} is a part of the block', () => {
		expect(
			only(
				'(s) {\n handle {\n  {blocks.one}\n }\n {blocks.none}\n}\n:80 {\n import s {\n  one {\n   a b\n   c\n  }\n  two x\n }\n}',
			),
		).toBe('handle { a b; c }');
	});

	test('a brace in an argument opens nothing', () => {
		expect(only('(s) {\n a {args[0]} b\n}\n:80 {\n import s "{"\n}')).toBe('a { b');
	});

	test('files are relative to the file that imports them, and their errors name them', () => {
		const files = {
			'/etc/igor/sites/a.conf': ':81 {\n import ../common.conf hello\n}\n',
			'/etc/igor/sites/.hidden': ':82 {',
			'/etc/igor/common.conf': 'respond {args[0]}',
		};
		const { servers } = parse('import sites/*\n:80 {\n}', files);
		expect(servers.map((server) => show(server.directives))).toEqual(['respond hello', '']);
		const error = refusal(() => parse('import sites/*', { '/etc/igor/sites/b': ':1 {\n\ta {}\n}' }));
		expect(`${error.position}`).toBe('/etc/igor/sites/b:2:4');
	});

	test('a file may define snippets that have placeholders of their own', () => {
		const files = { '/etc/igor/lib': '(s) {\n respond {args[0]}\n}\n' };
		expect(only('import lib\n:80 {\n import s hi\n}', files)).toBe('respond hi');
	});

	test('a pattern without files is a warning', () => {
		expect(parse('import none/*').warnings).toMatchObject([{ position: { line: 1, column: 8 } }]);
	});

	test.each([
		[':80 {\n import\n}', 2, 2, 'bad_import'],
		[':80 {\n import ""\n}', 2, 9, 'bad_import'],
		[':80 {\n import nothing\n}', 2, 9, 'bad_import'],
		[':80 {\n import */*\n}', 2, 9, 'bad_import'],
		['(s) {\n a {args[1]}\n}\n:80 {\n import s x\n}', 2, 4, 'bad_import'],
		['(s) {\n a {args[2:]}\n}\n:80 {\n import s x\n}', 2, 4, 'bad_import'],
		['(s) {\n import s\n}\n:80 {\n import s\n}', 2, 9, 'bad_import'],
		['(a) {\n import b\n}\n(b) {\n import a\n}\n:80 {\n import a\n}', 5, 9, 'bad_import'],
		['(s) {\n import {args[0]}\n}\n:80 {\n import s s\n}', 2, 9, 'bad_import'],
		['import Caddyfile', 1, 8, 'bad_import'],
		['(s) {\n}\n(s) {\n}', 3, 1, 'conflict'],
	])('%j is refused at %i:%i', (text, line, column, code) => {
		const files = { '/etc/igor/Caddyfile': text };
		expect(refusal(() => parse(text, files))).toMatchObject({ code, position: { line, column } });
	});

	test('the nearest snippet is offered', () => {
		expect(refusal(() => parse('(common) {\n}\n:80 {\n import comon\n}')).message).toContain("did you mean 'common'?");
	});

	test('snippets that double each other have an end', () => {
		const snippets = Array.from({ length: 40 }, (_, n) => `(s${n + 1}) {\n import s${n} \n import s${n}\n}\n`);
		const text = `(s0) {\n a\n}\n${snippets.join('')}:80 {\n import s40\n}`;
		expect(refusal(() => parse(text))).toMatchObject({ code: 'too_large' });
	});

	test('what the host throws is an error with a position', () => {
		const host = {
			...memoryHost(),
			glob: () => ['/x'],
			read: () => {
				throw new Error('EISDIR');
			},
		};
		const error = refusal(() => parseCaddyfile('import x', 'Caddyfile', host));
		expect(error.message).toContain('Caddyfile:1:8: cannot import');
		expect(error.message).toContain('EISDIR');
	});
});
