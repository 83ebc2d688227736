import { describe, expect, test } from 'vitest';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { Serving } from '../../src/php-thread/serving.ts';
import { createPipeBuffer, FramePipe } from '../../src/shared-memory/frame-pipe.ts';
import { RESPONSE_PIPE_BYTES } from '../../src/shared-memory/request-frames.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots } from '../../src/shared-memory/request-slots.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';

const CHUNK = 64 * 1024;
const SLOT = 3;

describe('a response of more than 2 GiB', () => {
	test('goes on where the 32-bit counter of acknowledged bytes wraps', () => {
		const [slots, out] = [new RequestSlots(createSlotBuffer()), new FramePipe(createPipeBuffer(RESPONSE_PIPE_BYTES))];
		const nothing = (): void => {};
		const cell = new ThreadCell(createThreadCellBuffer());
		const serving = new Serving(cell, slots, out, new FramePipe(createPipeBuffer(1024)), nothing, nothing, nothing);
		const ring = new RequestRing(createRingBuffer(4));
		serving.serve(ring, 0);
		const ticket = slots.open(SLOT, 1, 0);
		ring.push(ticket);
		const memory = new WasmMemory(new WebAssembly.Memory({ initial: 2 }));
		serving.next(memory, 0);
		// Makes the wait for a window that never opens end at once, as a failure, instead of after a minute.
		cell.raiseStop();
		for (let sent = 0; sent <= 0x80000000 + 4 * CHUNK; sent += CHUNK) {
			const result = serving.respond(memory, 0, 0, 0, 0, CHUNK, 0);
			if (result !== 0) expect.fail(`the response was cut off after ${sent} bytes`);
			// The client takes all of it at once.
			out.release(out.peek());
			slots.acknowledge(ticket, CHUNK);
		}
	});
});
