import { expect, test } from 'vitest';
import { parseVisible, type VisibleOption } from '../../src/config/mounts.ts';
import type { OptionsHost } from '../../src/config/options.ts';
import { resolveVisible } from '../../src/config/resolve-visible.ts';

const LINKS: Readonly<Record<string, string>> = { '/root-link': '/', '/proc-link': '/proc/1' };

const HOST: OptionsHost = {
	cwd: '/app',
	resolve: (path) => (path.startsWith('/') ? path : `/app/${path}`),
	look: (path) => {
		if (path === '/nowhere') return undefined;
		return { kind: path.endsWith('.php') ? 'file' : 'directory', realPath: LINKS[path] ?? path };
	},
};

test.each([
	['lib', { host: 'lib', readOnly: false }],
	['/lib:ro', { host: '/lib', readOnly: true }],
	['/lib:/shown', { host: '/lib', php: '/shown', readOnly: false }],
	['/lib:/shown:ro', { host: '/lib', php: '/shown', readOnly: true }],
	['ro', { host: 'ro', readOnly: false }],
])('%s', (text, parts) => {
	expect(parseVisible(text)).toEqual(parts);
});

test('has absolute paths, and the same for PHP unless another is named', () => {
	const options: VisibleOption[] = ['lib', '/a:/b//c/../d/:ro', { host: '/x', php: '/ü %41' }];
	expect(resolveVisible(options, HOST)).toEqual([
		{ host: '/app/lib', php: '/app/lib', readOnly: false },
		{ host: '/a', php: '/b/d', readOnly: true },
		{ host: '/x', php: '/ü %41', readOnly: false },
	]);
});

test.each([
	['', /write HOST/],
	[':ro', /write HOST/],
	['/a::ro', /write HOST/],
	['/a:/b:/c', /write HOST/],
	['/a:b', /begin it with a slash/],
	['/nowhere', /\/nowhere does not exist/],
	['/a.php', /is a file; name a folder/],
	['/', /name the folders/],
	['/root-link', /name the folders/],
	['/proc:/x:ro', /PHP cannot be shown \/proc: the system shows processes/],
	['/proc-link', /PHP cannot be shown \/proc\/1: /],
	['/sys', /PHP cannot be shown \/sys/],
	['/dev/shm:/x', /PHP cannot be shown \/dev\/shm/],
	['/a:/', /PHP has its own \//],
	['/a:/b/..', /PHP has its own \//],
	['/a:/tmp', /PHP has its own \/tmp/],
	['/a:/internal/shared', /PHP has its own/],
	['/a:/x/../dev/null', /PHP has its own/],
])('%j is refused', (text, sentence) => {
	expect(() => resolveVisible([text], HOST)).toThrow(sentence);
});

test('two folders at one path are refused', () => {
	expect(() => resolveVisible(['/a:/x', '/b:/x/'], HOST)).toThrow(/at \/x; give each its own/);
});
