import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSnapshotBuffers, SNAPSHOT_WORDS, SnapshotBuffers } from '../../src/shared-memory/snapshot-buffers.ts';
import { sameBytes } from '../support/same-bytes.ts';

const MAX_SIZE = 200_000;
const LAST_VERSION = 0x7fffffff;

/** Two views on the same memory, as the writer's and a reader's thread have them. */
function pair(): { writer: SnapshotBuffers; reader: SnapshotBuffers; words: Int32Array } {
	const words = new Int32Array(new SharedArrayBuffer(SNAPSHOT_WORDS * 4));
	const buffers = createSnapshotBuffers(MAX_SIZE);
	return { words, writer: new SnapshotBuffers(words, 0, buffers), reader: new SnapshotBuffers(words, 0, buffers) };
}

function readAll(buffers: SnapshotBuffers): { version: number; bytes: Uint8Array } {
	let bytes = new Uint8Array();
	const { version, length, fits } = buffers.read((wanted) => {
		bytes = new Uint8Array(wanted);
		return bytes;
	});
	expect({ fits, length }).toEqual({ fits: true, length: bytes.length });
	return { version, bytes };
}

const bytes = fc.oneof(
	fc.uint8Array({ maxLength: 64 }),
	fc.nat(MAX_SIZE).map((length) => new Uint8Array(length).fill(length)),
);

describe('SnapshotBuffers', () => {
	test('a reader gets exactly what was published last, whatever the sizes', () => {
		fc.assert(
			fc.property(fc.array(bytes, { minLength: 1, maxLength: 20 }), (publications) => {
				const { writer, reader } = pair();
				for (const publication of publications) {
					const version = writer.publish(publication);
					const read = readAll(reader);
					expect(read.version).toBe(version);
					expect(sameBytes(read.bytes, publication)).toBe(true);
					expect(reader.length).toBe(publication.length);
				}
			}),
		);
	});

	test('equals() is true for the published bytes only', () => {
		fc.assert(
			fc.property(bytes, bytes, (published, other) => {
				const { writer } = pair();
				expect(writer.equals(published)).toBe(false);
				writer.publish(published);
				expect(writer.equals(published.slice())).toBe(true);
				expect(writer.equals(other)).toBe(sameBytes(published, other));
			}),
		);
	});

	test('nothing is there before the first publication and after clear()', () => {
		const { writer, reader } = pair();
		expect(readAll(reader)).toEqual({ version: 0, bytes: new Uint8Array() });
		writer.publish(Uint8Array.of(1));
		writer.clear();
		expect(readAll(reader).version).toBe(0);
		expect(reader.length).toBe(0);
	});

	test('versions are not used again after clear()', () => {
		const { writer } = pair();
		const before = writer.publish(Uint8Array.of(1));
		writer.clear();
		expect(writer.publish(Uint8Array.of(1))).not.toBe(before);
	});

	test('a reader that has no room learns how much it needs, and the snapshot stays', () => {
		const { writer, reader } = pair();
		writer.publish(new Uint8Array(5000).fill(7));
		expect(reader.read(() => undefined)).toEqual({ version: 1, length: 5000, fits: false });
		expect(readAll(reader).bytes).toEqual(new Uint8Array(5000).fill(7));
	});

	test.each([0, 1, 2, 3])('after the largest version, %i publications away, no reader is misled', (away) => {
		const { writer, reader, words } = pair();
		// LAST, the third word: the writer counts on from there.
		words[2] = LAST_VERSION - away;
		const seen = new Set<number>();
		for (let i = 0; i < 8; i++) {
			const version = writer.publish(Uint8Array.of(i));
			expect(version).toBeGreaterThan(0);
			expect(readAll(reader)).toEqual({ version, bytes: Uint8Array.of(i) });
			seen.add(version);
		}
		expect(seen.size).toBe(8);
	});

	test('a copy that a writer overtook is thrown away, also across the largest version', () => {
		for (const last of [0, 10, LAST_VERSION - 3, LAST_VERSION - 2, LAST_VERSION - 1, LAST_VERSION]) {
			const { writer, reader, words } = pair();
			words[2] = last;
			writer.publish(Uint8Array.of(1));
			let calls = 0;
			const target = new Uint8Array(1);
			const { version } = reader.read(() => {
				// The writer publishes twice between the look at the version and the copy.
				if (calls++ === 0) for (const value of [2, 3]) writer.publish(Uint8Array.of(value));
				return target;
			});
			expect({ calls, version, value: target[0] }).toEqual({ calls: 2, version: writer.version, value: 3 });
		}
	});

	test('more than the reserved size is refused and the snapshot before stays', () => {
		const { writer, reader } = pair();
		writer.publish(Uint8Array.of(1));
		expect(() => writer.publish(new Uint8Array(MAX_SIZE * 2))).toThrow(RangeError);
		expect(readAll(reader)).toEqual({ version: 1, bytes: Uint8Array.of(1) });
		writer.publish(Uint8Array.of(2));
		expect(readAll(reader).bytes).toEqual(Uint8Array.of(2));
	});
});
