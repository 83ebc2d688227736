import { describe, expect, test } from 'vitest';
import { isUnwatched, parseWatchPattern } from '../../src/watch/watch-pattern.ts';

describe('parseWatchPattern', () => {
	// FrankenPHP's own examples among them.
	test.each([
		['/app', '/app/a.php', true],
		['/app/', '/app/sub/a.txt', true],
		['/app', '/application/a.php', false],
		['/app/file.php', '/app/file.php', true],
		['/app/file.php', '/app/other.php', false],
		['/app/*.php', '/app/a.php', true],
		['/app/*.php', '/app/sub/a.php', false],
		['/app/*.php', '/app/a.txt', false],
		['/app/**/*.php', '/app/a.php', true],
		['/app/**/*.php', '/app/x/y/a.php', true],
		['/app/**/*.{php,twig}', '/app/x/a.twig', true],
		['/app/**/*.{php,twig}', '/app/x/a.css', false],
		['/app/{src,config}/**/*.yaml', '/app/config/a/b.yaml', true],
		['/app/{src,config}/**/*.yaml', '/app/var/b.yaml', false],
		['/app/**', '/app/x/.hidden', true],
		['./**/*.{env,php,twig,yaml,yml}', '/here/.env', true],
		['./**/*.{env,php,twig,yaml,yml}', '/here/x/prod.env', true],
		['src/**/*.php', '/here/src/a.php', true],
		['../other/*.php', '/other/a.php', true],
		['/app/?.php', '/app/a.php', true],
		['/app/?.php', '/app/ab.php', false],
		['/app/[ab].php', '/app/b.php', true],
	])('%s, %s: %s', (pattern, path, expected) => {
		expect(parseWatchPattern(pattern, '/here').matches(path)).toBe(expected);
	});

	test('the folder may have any name', () => {
		const { base, matches } = parseWatchPattern('*.php', '/we[i]rd {x,y}');
		expect(base).toBe('/we[i]rd {x,y}');
		expect(matches('/we[i]rd {x,y}/a.php')).toBe(true);
	});
});

describe('isUnwatched', () => {
	const patterns = [parseWatchPattern('/app/**/*.php', '/'), parseWatchPattern('/etc/x/*.yaml', '/')];

	test.each([
		['/app', 'directory', false],
		['/', 'directory', false],
		['/app/src/deep', 'directory', false],
		['/app/a.php', 'file', false],
		['/app/a.css', 'file', true],
		['/app/node_modules', 'directory', true],
		['/app/src/.git', 'directory', true],
		['/app/node_modules/x/a.php', 'file', true],
		['/etc/x/sub', 'directory', true],
		['/home', 'directory', true],
	] as const)('%s (%s): %s', (path, kind, expected) => {
		expect(isUnwatched(patterns, path, kind)).toBe(expected);
	});

	test('a pattern that leads into node_modules is followed', () => {
		expect(isUnwatched([parseWatchPattern('/a/node_modules/lib/*.js', '/')], '/a/node_modules/lib/x.js', 'file')).toBe(
			false,
		);
	});
});
