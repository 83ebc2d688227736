import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenize } from '../../src/caddyfile/lexer.ts';
import { editDistance, nearestWord } from '../../src/caddyfile/nearest.ts';
import { parseAddress } from '../../src/caddyfile/site-addresses.ts';
import { durationOf, sizeOf } from '../../src/caddyfile/units.ts';
import { plain, refusal } from './support.ts';

const address = (text: string) => parseAddress(tokenize({ file: 'f', text: `"${text}"` })[0]!);

describe('addresses', () => {
	test.each([
		[':8080', { host: '', port: 8080 }],
		['localhost', { host: 'localhost' }],
		['Example.TEST:443', { host: 'example.test', port: 443 }],
		['http://example.test', { scheme: 'http', host: 'example.test' }],
		['https://example.test:8443/', { scheme: 'https', host: 'example.test', port: 8443 }],
		['http://', { scheme: 'http', host: '' }],
		['http://:8080', { scheme: 'http', host: '', port: 8080 }],
		['*.example.test', { host: '*.example.test' }],
		['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
		['[::1]:8080', { host: '::1', port: 8080 }],
		['[0:0::1]', { host: '::1' }],
		['bücher.test', { host: 'xn--bcher-kva.test' }],
		[':0', { host: '', port: 0 }],
	])('%s', (text, expected) => {
		expect(plain(address(text))).toEqual(expected);
	});

	test.each([
		'',
		'/',
		':',
		':80x',
		':65536',
		'::1',
		'[::1',
		'[x]',
		'a b',
		'a..b',
		'-a',
		'a*.test',
		'ftp://x',
		'x/path',
		'http://x:443',
		'https://x:80',
		'(snippet)',
		'{host}',
	])('%j is refused', (text) => {
		expect(refusal(() => address(text)).code).toBe('bad_address');
	});
});

describe('units', () => {
	test.each([
		['1h30m', 5_400_000],
		['500ms', 500],
		['1.5s', 1500],
		['.5s', 500],
		['1d', 86_400_000],
		['2us', 0.002],
		['0', 0],
		['5', undefined],
		['', undefined],
		['-1s', undefined],
		['1x', undefined],
		['1.2.3s', undefined],
		['s', undefined],
	])('duration %j', (text, milliseconds) => {
		expect(durationOf(text)).toBe(milliseconds);
	});

	test.each([
		['512', 512],
		['8MiB', 8_388_608],
		['100MB', 100_000_000],
		['1.5 kb', 1500],
		['64k', 64_000],
		['64Ki', 65_536],
		['0', 0],
		['', undefined],
		['8X', undefined],
		['-1', undefined],
		['99999PB', undefined],
	])('size %j', (text, bytes) => {
		expect(sizeOf(text)).toBe(bytes);
	});
});

describe('the nearest word', () => {
	test('is the one that is meant', () => {
		const known = ['php_server', 'php', 'file_server', 'sidekick', 'sidekick_entrypoint', 'root', 'route'];
		expect(nearestWord('sidekik_entrypoint', known)).toBe('sidekick_entrypoint');
		expect(nearestWord('php-server', known)).toBe('php_server');
		expect(nearestWord('PHP_SERVER', known)).toBe('php_server');
		expect(nearestWord('rotue', known)).toBe('route');
		expect(nearestWord('something', known)).toBeUndefined();
	});

	test('has a distance that is one', () => {
		const word = fc.string({ maxLength: 8 });
		fc.assert(
			fc.property(word, word, (a, b) => {
				expect(editDistance(a, b)).toBe(editDistance(b, a));
				expect(editDistance(a, b) === 0).toBe(a === b);
				expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
			}),
		);
	});
});
