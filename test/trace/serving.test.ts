import { expect, test } from 'vitest';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { Serving } from '../../src/php-thread/serving.ts';
import { ThreadTrace } from '../../src/php-thread/thread-trace.ts';
import { createPipeBuffer, FramePipe } from '../../src/shared-memory/frame-pipe.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots } from '../../src/shared-memory/request-slots.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import {
	createTraceRingBuffer,
	createTraceSequenceBuffer,
	TRACE_REQUEST_BEGAN,
	TRACE_REQUEST_ENDED,
	TraceRing,
} from '../../src/shared-memory/trace-ring.ts';

test('the end of a request is recorded before the main thread can see it', () => {
	const cell = new ThreadCell(createThreadCellBuffer());
	const slots = new RequestSlots(createSlotBuffer());
	const requests = new RequestRing(createRingBuffer(16));
	const out = new FramePipe(createPipeBuffer(1 << 16));
	const ring = createTraceRingBuffer();
	const records = new TraceRing(ring);
	const kinds = (): number[] => {
		const read: number[] = [];
		for (let record = records.read(); record !== undefined; record = records.read()) read.push(record.kind);
		return read;
	};
	/** What had been recorded each time that the main thread was told to look. */
	const recorded: number[][] = [];
	const nothing = (): void => {};
	const serving = new Serving(
		cell,
		slots,
		out,
		new FramePipe(createPipeBuffer(1024)),
		() => recorded.push(kinds()),
		nothing,
		nothing,
		new ThreadTrace({ ring, sequence: createTraceSequenceBuffer() }, cell),
	);
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: 2 }));
	serving.serve(requests, 0);
	requests.push(slots.open(3, 17, 0));
	serving.next(memory, 0);
	expect(kinds()).toEqual([TRACE_REQUEST_BEGAN]);
	serving.respond(memory, 200, 0, 8, 0, 100, 0);
	serving.respond(memory, 0, 0, 0, 0, 100, 1);
	expect(recorded).toEqual([[], [TRACE_REQUEST_ENDED]]);
	expect(kinds()).toEqual([]);
});

test('a request that nobody waits for any more is not told', () => {
	const cell = new ThreadCell(createThreadCellBuffer());
	const slots = new RequestSlots(createSlotBuffer());
	const requests = new RequestRing(createRingBuffer(16));
	const ring = createTraceRingBuffer();
	const records = new TraceRing(ring);
	const nothing = (): void => {};
	const serving = new Serving(
		cell,
		slots,
		new FramePipe(createPipeBuffer(1 << 16)),
		new FramePipe(createPipeBuffer(1024)),
		nothing,
		nothing,
		nothing,
		new ThreadTrace({ ring, sequence: createTraceSequenceBuffer() }, cell),
	);
	serving.serve(requests, 0);
	const gone = slots.open(3, 17, 0);
	slots.abort(gone);
	requests.push(gone);
	requests.push(slots.open(4, 18, 0));
	serving.next(new WasmMemory(new WebAssembly.Memory({ initial: 2 })), 0);
	expect(records.read()).toMatchObject({ kind: TRACE_REQUEST_BEGAN, request: 18 });
	expect(records.read()).toBeUndefined();
});
