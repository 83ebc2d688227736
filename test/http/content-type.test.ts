import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { contentType } from '../../src/http/content-type.ts';

test('types of what sites are made of, with the charset of what is text', () => {
	const endings = ['.html', '.css', '.js', '.mjs', '.json', '.webmanifest', '.svg', '.ico', '.woff2', '.wasm', '.PNG'];
	expect(Object.fromEntries(endings.map((ending) => [ending, contentType(ending)]))).toEqual({
		'.html': 'text/html; charset=utf-8',
		'.css': 'text/css; charset=utf-8',
		'.js': 'text/javascript; charset=utf-8',
		'.mjs': 'text/javascript; charset=utf-8',
		'.json': 'application/json; charset=utf-8',
		'.webmanifest': 'application/manifest+json; charset=utf-8',
		'.svg': 'image/svg+xml',
		'.ico': 'image/vnd.microsoft.icon',
		'.woff2': 'font/woff2',
		'.wasm': 'application/wasm',
		'.PNG': 'image/png',
	});
	for (const ending of ['', '.nothing']) expect(contentType(ending)).toBe('application/octet-stream');
});

test('there is one table: the build has no other', () => {
	const notices = readFileSync(fileURLToPath(new URL('../../dist/THIRD-PARTY-LICENCES.txt', import.meta.url)), 'utf8');
	expect(notices.match(/^mime\S* (?=\d)/gm)).toEqual(['mime ']);
});
