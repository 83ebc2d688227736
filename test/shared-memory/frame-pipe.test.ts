import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPipeBuffer, FramePipe, HEADER_WORDS } from '../../src/shared-memory/frame-pipe.ts';
import { runThread } from '../support/node/run-thread.ts';

const CAPACITY = 1024;

type Frame = { tag: number; payload: number };

/** A pipe whose two positions (words 0 and 1) stand at `position` already: as after so many bytes. */
function pipeAt(position: number): { buffer: SharedArrayBuffer; writer: FramePipe; reader: FramePipe } {
	const buffer = createPipeBuffer(CAPACITY);
	new Int32Array(buffer).fill(position | 0, 0, 2);
	return { buffer, writer: new FramePipe(buffer), reader: new FramePipe(buffer) };
}

function write(pipe: FramePipe, { tag, payload }: Frame): boolean {
	const index = pipe.reserve(payload);
	if (index < 0) return false;
	for (let word = 1; word < HEADER_WORDS; word++) pipe.words[index + word] = tag + word;
	const start = (index + HEADER_WORDS) * 4;
	expect(start + payload).toBeLessThanOrEqual(pipe.bytes.length);
	pipe.bytes.fill(tag & 0xff, start, start + payload);
	pipe.commit(index);
	return true;
}

function expectNext(pipe: FramePipe, { tag, payload }: Frame): void {
	const index = pipe.peek();
	expect(index).toBeGreaterThanOrEqual(0);
	for (let word = 1; word < HEADER_WORDS; word++) expect(pipe.words[index + word]).toBe(tag + word);
	const start = (index + HEADER_WORDS) * 4;
	const intact = pipe.bytes.subarray(start, start + payload).every((byte) => byte === (tag & 0xff));
	expect(intact).toBe(true);
	pipe.release(index);
}

const position = fc.oneof(
	fc.constant(0),
	fc.integer({ min: 0, max: 127 }).map((eighth) => eighth * 8),
	// Close to where 31 and 32 bits end.
	fc.integer({ min: 1, max: 200 }).map((eighth) => 0x7fffffff + 1 - eighth * 8),
	fc.integer({ min: 1, max: 200 }).map((eighth) => -eighth * 8),
);
const { maxPayload } = new FramePipe(createPipeBuffer(CAPACITY));

describe('FramePipe', () => {
	test('frames come out whole and in order, whatever their sizes and wherever the positions wrap', () => {
		const step = fc.oneof(
			fc.record({ write: fc.nat(maxPayload) }),
			fc.record({ write: fc.nat(40) }),
			fc.constant('read' as const),
		);
		fc.assert(
			fc.property(position, fc.array(step, { maxLength: 300 }), (start, steps) => {
				const { writer, reader } = pipeAt(start);
				const inside: Frame[] = [];
				for (const [tag, one] of steps.entries()) {
					if (one === 'read') {
						const next = inside.shift();
						if (next === undefined) expect(reader.peek()).toBe(-1);
						else expectNext(reader, next);
					} else if (write(writer, { tag, payload: one.write })) inside.push({ tag, payload: one.write });
					else expect(inside).not.toEqual([]);
				}
				for (const frame of inside) expectNext(reader, frame);
				expect(reader.peek()).toBe(-1);
			}),
			{ numRuns: 300 },
		);
	});

	test('an empty pipe takes the largest frame at every position', () => {
		fc.assert(
			fc.property(position, (start) => {
				const { writer, reader } = pipeAt(start);
				for (let tag = 0; tag < 5; tag++) {
					expect(write(writer, { tag, payload: maxPayload })).toBe(true);
					expectNext(reader, { tag, payload: maxPayload });
				}
			}),
		);
	});

	test('a full pipe refuses, keeps what it has, and takes more after one frame was read', () => {
		fc.assert(
			fc.property(position, fc.nat(200), (start, payload) => {
				const { writer, reader } = pipeAt(start);
				let written = 0;
				while (write(writer, { tag: written, payload })) written++;
				expect(written).toBeGreaterThan(1);
				for (let tag = 0; tag < written; tag++) expectNext(reader, { tag, payload });
				expect(reader.peek()).toBe(-1);
				expect(write(writer, { tag: 99, payload })).toBe(true);
				expectNext(reader, { tag: 99, payload });
			}),
		);
	});

	test('a frame that is reserved but not committed is not seen', () => {
		fc.assert(
			fc.property(position, (start) => {
				const { writer, reader } = pipeAt(start);
				for (let round = 0; round < 5; round++) {
					const index = writer.reserve(300);
					expect(reader.peek()).toBe(-1);
					writer.commit(index);
					reader.release(reader.peek());
				}
			}),
		);
	});

	test('waiting for room ends at once when the reader has moved since', async () => {
		const { buffer, writer, reader } = pipeAt(0);
		while (write(writer, { tag: 1, payload: 100 }));
		const position = writer.readPosition;
		expectNext(reader, { tag: 1, payload: 100 });
		const script = new URL('./threads/pipe-waiter.ts', import.meta.url);
		const thread = runThread<boolean>(script, { buffer, position });
		try {
			expect(await thread.report).toBe(true);
		} finally {
			await thread.stop();
		}
	});
});
