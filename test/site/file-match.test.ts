import { describe, expect, test } from 'vitest';
import { fileTest } from '../../src/site/matching/file-match.ts';
import { HttpFailure } from '../../src/site/values/http-failure.ts';
import { viewOf } from './view.ts';

/** Paths → size and age; a final '/' marks a folder. */
const FILES: Record<string, [size: number, modified: number]> = {
	'/srv/site/': [10, 1],
	'/srv/site/index.php': [5, 10],
	'/srv/site/a.txt': [30, 20],
	'/srv/site/b.txt': [20, 30],
	'/srv/site/docs/': [10, 1],
	'/srv/site/docs/index.html': [1, 1],
	'/srv/site/remote.php': [1, 1],
	'/srv/site/x*y.txt': [1, 1],
	'/srv/site/notphp.php.txt': [1, 1],
	'/srv/other/c.txt': [1, 1],
};

const disk = {
	look(path: string) {
		const bare = path.replace(/(?<=.)\/$/, '');
		const file = FILES[bare];
		const folder = FILES[`${bare}/`];
		const [size, modified] = file ?? folder ?? [];
		return size === undefined || modified === undefined || (path.endsWith('/') && file !== undefined)
			? undefined
			: { isDirectory: folder !== undefined, size, modified };
	},
	list: (folder: string) =>
		Object.keys(FILES)
			.filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1, -1).includes('/'))
			.map((path) => path.slice(folder.length + 1).replace(/\/$/, ''))
			.filter((name) => name !== ''),
};
const tools = { disk, folder: '/srv' };

function find(matcher: Partial<Parameters<typeof fileTest>[0]>, target: string): string | undefined {
	const view = viewOf(target);
	if (!fileTest({ tryFiles: [], ...matcher }, tools)(view)) return undefined;
	const part = (name: string) => view.value(`http.matchers.file.${name}`);
	return `${part('type')} ${part('relative')}|${part('remainder')}`;
}

describe('file matcher', () => {
	test.each<[string[], string, string | undefined]>([
		[[], '/a.txt', 'file /a.txt|'],
		[[], '/none', undefined],
		[[], '/', undefined],
		[['/'], '/', 'directory /|'],
		[['{path}/'], '/', 'directory /|'],
		[[], '/docs', undefined],
		[['{path}/'], '/docs', 'directory /docs/|'],
		[['{path}/'], '/a.txt', undefined],
		[['{path}', '{path}/index.html', 'index.php'], '/docs', 'file /docs/index.html|'],
		[['{path}', '{path}/index.html', 'index.php'], '/none', 'file /index.php|'],
		[['/b.txt', '/a.txt'], '/', 'file /b.txt|'],
		[['*.txt'], '/', 'file /a.txt|'],
		[['/docs/*.html'], '/', 'file /docs/index.html|'],
		[['{path}'], '/x*y.txt', 'file /x*y.txt|'],
		[['/*/{file}'], '/*.html', undefined],
		[['/*{path}'], '/index.html', 'file /docs/index.html|'],
		[['../other/c.txt', '/../../other/c.txt'], '/', undefined],
		[['{path}'], '/../../other/c.txt', undefined],
		[['/none', '=bad', '/a.txt'], '/', 'file /a.txt|'],
	])('%j for %s: %s', (tryFiles, target, expected) => {
		expect(find({ tryFiles }, target)).toBe(expected);
	});

	test.each([
		['/remote.php/dav/x', 'file /remote.php|/dav/x'],
		['/REMOTE.php/x', undefined],
		['/remote.php', 'file /remote.php|'],
		['/notphp.php.txt', 'file /notphp.php.txt|'],
	])('split_path .php of %s: %s', (target, expected) => {
		expect(find({ splitPath: ['.php'] }, target)).toBe(expected);
	});

	test('policies', () => {
		const tryFiles = ['/index.php', '/a.txt', '/b.txt', '/none'];
		expect(find({ tryFiles, tryPolicy: 'smallest_size' }, '/')).toBe('file /index.php|');
		expect(find({ tryFiles, tryPolicy: 'largest_size' }, '/')).toBe('file /a.txt|');
		expect(find({ tryFiles, tryPolicy: 'most_recently_modified' }, '/')).toBe('file /b.txt|');
		expect(find({ tryFiles: ['/none', '/docs'], tryPolicy: 'first_exist_fallback' }, '/')).toBe('directory /docs|');
	});

	test('a root of its own, relative to the folder of the Caddyfile', () => {
		expect(find({ root: 'other' }, '/c.txt')).toBe('file /c.txt|');
		expect(find({ root: '/srv/other' }, '/c.txt')).toBe('file /c.txt|');
	});

	test('=404 is an error', () => {
		expect(() => find({ tryFiles: ['/none', '=404'] }, '/')).toThrow(HttpFailure);
		expect(find({ tryFiles: ['/a.txt', '=404'] }, '/')).toBe('file /a.txt|');
	});
});
