import { expect, test } from 'vitest';
import {
	createTraceRingBuffer,
	createTraceSequenceBuffer,
	TraceRing,
	TraceSequence,
} from '../../src/shared-memory/trace-ring.ts';

test('records come out as they went in, in order', () => {
	const buffer = createTraceRingBuffer(4);
	const [writer, reader] = [new TraceRing(buffer), new TraceRing(buffer)];
	expect(reader.read()).toBeUndefined();
	writer.write(4, 17, 0x30002, 9, -5, 1_795_593_495_109.787);
	writer.write(1, 18, 0, 0, -4, 2);
	expect(reader.read()).toEqual({
		kind: 4,
		request: 17,
		handle: 0x30002,
		version: 9,
		sequence: -5,
		at: 1_795_593_495_109.787,
	});
	expect(reader.read()).toMatchObject({ kind: 1, request: 18, sequence: -4, at: 2 });
	expect(reader.read()).toBeUndefined();
});

test('a full ring drops what is new, counts it, and goes on when it is read', () => {
	const buffer = createTraceRingBuffer(4);
	const [writer, reader] = [new TraceRing(buffer), new TraceRing(buffer)];
	const written = (from: number, count: number): void => {
		for (let i = from; i < from + count; i++) writer.write(1, i, 0, 0, i, i);
	};
	const read = (): number[] => {
		const requests: number[] = [];
		for (let record = reader.read(); record !== undefined; record = reader.read()) requests.push(record.request);
		return requests;
	};
	written(0, 7);
	expect(reader.takeDropped()).toBe(3);
	expect(reader.takeDropped()).toBe(0);
	expect(read()).toEqual([0, 1, 2, 3]);
	written(7, 3);
	expect(reader.read()?.request).toBe(7);
	written(10, 3);
	expect(read()).toEqual([8, 9, 10, 11]);
	expect(reader.takeDropped()).toBe(1);
});

test('positions wrap at 32 bits', () => {
	const buffer = createTraceRingBuffer(4);
	new Int32Array(buffer).fill(0x7fffffff, 0, 2);
	const ring = new TraceRing(buffer);
	for (let i = 0; i < 5; i++) ring.write(1, i, 0, 0, i, i);
	expect(ring.takeDropped()).toBe(1);
	for (let i = 0; i < 4; i++) expect(ring.read()?.request).toBe(i);
	expect(ring.read()).toBeUndefined();
});

test('numbers of all threads are one sequence', () => {
	const buffer = createTraceSequenceBuffer();
	const [one, two] = [new TraceSequence(buffer), new TraceSequence(buffer)];
	expect([one.next(), two.next(), one.next(), two.last]).toEqual([1, 2, 3, 3]);
	new Int32Array(buffer)[0] = 0x7fffffff;
	expect([one.next(), two.last]).toEqual([-0x80000000, -0x80000000]);
});
