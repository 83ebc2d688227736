import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseHeadDecoder } from '../../src/dispatch/response-head.ts';

const decode = (text: string, status = 200) => new ResponseHeadDecoder().decode(text, status);

describe("a response's head", () => {
	test.each([
		['', { reason: undefined, headers: [] }],
		['A: b', { reason: undefined, headers: ['A', 'b'] }],
		['A:b\nC:  d\t', { reason: undefined, headers: ['A', 'b', 'C', 'd'] }],
		['A: b: c', { reason: undefined, headers: ['A', 'b: c'] }],
		['A:', { reason: undefined, headers: ['A', ''] }],
		['HTTP/1.1 200 Fine', { reason: 'Fine', headers: [] }],
		['http/2 200 Fine enough\nA: b', { reason: 'Fine enough', headers: ['A', 'b'] }],
		['HTTP/1.1 404 Not here\nA: b', { reason: undefined, headers: ['A', 'b'] }],
		['HTTP/1.1 200\nA: b', { reason: undefined, headers: ['A', 'b'] }],
		['HTTP/nonsense\nA: b', { reason: undefined, headers: ['A', 'b'] }],
		['A: b\nHTTP/1.1 200 Late', { reason: undefined, headers: ['A', 'b', '(a line without a colon)', ''] }],
		['a secret\nA: b', { reason: undefined, headers: ['(a line without a colon)', '', 'A', 'b'] }],
		['A: \xc3\xa0', { reason: undefined, headers: ['A', '\xc3\xa0'] }],
	])('%j', (text, expected) => {
		expect(decode(text)).toEqual(expected);
	});

	test('the last one is kept, but nobody can change it, and another status takes no reason from it', () => {
		const heads = new ResponseHeadDecoder();
		const text = 'HTTP/1.1 200 Fine\nA: b';
		const { headers } = heads.decode(text, 200);
		headers.push('C', 'd');
		expect(heads.decode(text, 200)).toEqual({ reason: 'Fine', headers: ['A', 'b'] });
		expect(heads.decode(text, 500)).toEqual({ reason: undefined, headers: ['A', 'b'] });
		expect(heads.decode('A: c', 200)).toEqual({ reason: undefined, headers: ['A', 'c'] });
	});

	test('any names and values come out as they were, whatever was decoded before', () => {
		const name = fc.stringMatching(/^[!-9;-~]{1,20}$/).filter((text) => !/^http\//i.test(text));
		const value = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) });
		const heads = new ResponseHeadDecoder();
		fc.assert(
			fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
				const text = pairs.map(([key, content]) => `${key}: ${content}`).join('\n');
				expect(heads.decode(text, 200)).toEqual({ reason: undefined, headers: pairs.flat() });
			}),
		);
	});
});
