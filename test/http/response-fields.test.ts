import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DroppedField, fitFields } from '../../src/http/response-fields.ts';

function fit(fields: readonly string[]) {
	const headers = [...fields];
	const dropped: DroppedField[] = [];
	const length = fitFields(headers, (field) => dropped.push(field));
	return { headers, dropped, length };
}

const name = fc.constantFrom('Content-Type', 'Content-Length', 'Location', 'X-A', 'Connection', 'Trailer', 'bad name');
const value = fc.constantFrom('5', '7', 'text/html', 'close', 'keep-alive', '/x', 'a\nb');
const fields = fc.array(fc.tuple(name, value), { maxLength: 5 }).map((pairs) => pairs.flat());

test('what a response gets does not depend on the ones before it', () => {
	// Each list follows itself, and others; whoever gets a list may change it.
	fc.assert(
		fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), (lists) => {
			const first = lists.map(fit);
			const again = lists.flatMap((list) => [list, list]).map(fit);
			expect(again).toEqual(first.flatMap((one) => [one, one]));
			for (const { headers } of again) headers.push('X-Later', '1');
			expect(lists.map(fit)).toEqual(first);
		}),
	);
});
