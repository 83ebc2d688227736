import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';
import { serveSite } from '../site/serve-site.ts';

describe('map', () => {
	test('lines, fewer outputs than destinations, nothing, defaults', () => {
		expect(directives('map {path} {a} {b} {\n /x 1\n ~^/y(.) - $1\n default 0\n}')).toMatchObject([
			{
				source: '{path}',
				destinations: ['a', 'b'],
				mappings: [
					{ input: { text: '/x' }, outputs: ['1', null] },
					{ input: { pattern: '^/y(.)' }, outputs: [null, '$1'] },
				],
				defaults: ['0', ''],
			},
		]);
	});

	test('is looked up when it is used, after rewrites', async () => {
		const { ask } = await serveSite(`
			map {path} {kind} {group} {
				/plain plain {query.x}
				~^/(?P<name>[a-z]+)/(\\d+)$ \${name} "n\${2}"
				/none -
				default other
			}
			rewrite /old /new/7
			respond "{kind}|{group}"`);
		expect((await ask('/plain?x=1')).body).toBe('plain|1');
		expect((await ask('/shop/12')).body).toBe('shop|n12');
		expect((await ask('/old')).body).toBe('new|n7');
		expect((await ask('/none')).body).toBe('other|');
	});

	test('one that asks for itself has an end', async () => {
		const { ask } = await serveSite('map {x} {y} {\n default {x}\n}\nmap {y} {x} {\n default a{y}\n}\nrespond "{x}"');
		expect(await ask('/')).toMatchObject({ status: 200, body: 'a' });
	});

	test.each([
		['map {path}', '2:1 bad_arguments'],
		['map {path} x', '2:12 bad_value'],
		['map {path} {x} {\n a 1 2\n}', '3:2 bad_arguments'],
		['map {path} {x} {\n a 1\n a 2\n}', '4:2 conflict'],
		['map {path} {x} {\n ~( 1\n}', '3:2 bad_value'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
