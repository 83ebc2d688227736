import { expect, test } from 'vitest';
import { decodeSnapshot } from '../../src/sidekicks/snapshot-format.ts';

const text = (value: string): number[] => [value.length, 0, 0, 0, ...new TextEncoder().encode(value)];
const NO_NEXT_INDEX = [0, 0, 0, 0, 0, 0, 0, 0];
/** `['a' => 'xyz', 'b' => [true, null, Suit::Hearts]]` */
const SNAPSHOT = Uint8Array.from(
	[
		[1, 1, 8, 2, 0, 0, 0, ...NO_NEXT_INDEX],
		[5, ...text('a'), 5, ...text('xyz')],
		[5, ...text('b'), 7, 3, 0, 0, 0, 2, 0, 6, ...text('Suit'), ...text('Hearts')],
	].flat(),
);

test('what was published can be shown', () => {
	expect(decodeSnapshot(SNAPSHOT)).toEqual([
		{ key: 'a', type: 'string', size: 3, value: new TextEncoder().encode('xyz') },
		{ key: 'b', type: 'array', size: 26, value: new TextEncoder().encode('[true,null,"Suit::Hearts"]') },
	]);
});

test('what ends early, or has a byte of its own, is a RangeError or something else that can be shown', () => {
	for (let length = 0; length < SNAPSHOT.length; length++) {
		expect(() => decodeSnapshot(SNAPSHOT.slice(0, length)), `${length} bytes`).toThrow(RangeError);
	}
	for (let at = 0; at < SNAPSHOT.length; at++) {
		for (let value = 0; value < 256; value++) {
			const damaged = SNAPSHOT.slice();
			damaged[at] = value;
			try {
				decodeSnapshot(damaged);
			} catch (error) {
				expect(error).toBeInstanceOf(RangeError);
			}
		}
	}
});
