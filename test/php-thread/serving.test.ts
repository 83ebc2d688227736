import { afterEach, describe, expect, test, vi } from 'vitest';
import { STOP } from '../../src/php-thread/abi/host-imports.ts';
import { WasmMemory } from '../../src/php-thread/abi/wasm-memory.ts';
import { Serving } from '../../src/php-thread/serving.ts';
import { createPipeBuffer, FramePipe, HEADER_WORDS } from '../../src/shared-memory/frame-pipe.ts';
import {
	FRAME_BODY,
	FRAME_BODY_END,
	FRAME_RESPONSE,
	FRAME_WANT_BODY,
	MAX_CHUNK,
	MAX_RESPONSE_HEAD,
	RESPONSE_BROKEN,
	RESPONSE_END,
} from '../../src/shared-memory/request-frames.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RESPONSE_WINDOW, RequestSlots } from '../../src/shared-memory/request-slots.ts';
import { createThreadCellBuffer, ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import { matches, pattern } from '../dispatch/pattern.ts';

const GONE = -1;
const INPUT = 0;
const OUTPUT = 200_000;
const slots = new RequestSlots(createSlotBuffer());
const memory = new WasmMemory(new WebAssembly.Memory({ initial: 20 }));

afterEach(() => {
	vi.restoreAllMocks();
});

/** In place of a sleep: what happens meanwhile. Returns how often the thread has slept. */
function sleeps(meanwhile: () => 'ok' | 'timed-out') {
	return vi.spyOn(Atomics, 'wait').mockImplementation(meanwhile);
}

function start() {
	const cell = new ThreadCell(createThreadCellBuffer());
	const [out, input] = [new FramePipe(createPipeBuffer(1 << 19)), new FramePipe(createPipeBuffer(1 << 18))];
	const ring = new RequestRing(createRingBuffer(16));
	const warnings: string[] = [];
	const worn: unknown[] = [];
	const serving = new Serving(
		...([cell, slots, out, input, () => {}] as const),
		(message) => warnings.push(message),
		(reason, served) => worn.push([reason, served]),
	);
	serving.serve(ring);
	let ids = 100;
	return {
		...{ cell, out, input, ring, warnings, worn, serving },
		/** A request comes; its ticket. */
		request: (slot = 1) => {
			const ticket = slots.open(slot, ++ids, 0);
			ring.push(ticket);
			return ticket;
		},
		next: () => serving.next(memory, INPUT),
		read: (capacity = 1000) => serving.readBody(memory, INPUT, capacity),
		respond: (length: number, flags = 0, status = 200, head = 0) => {
			memory.bytes.set(pattern(1, 0, length), OUTPUT);
			return serving.respond(memory, status, INPUT, head, OUTPUT, length, flags);
		},
		/** The main thread sends a piece of a body, or its end. */
		body: (id: number, piece: Uint8Array | 'end' | 'broken') => {
			const bytes = typeof piece === 'string' ? new Uint8Array(0) : piece;
			const at = input.reserve(bytes.length);
			const isEnd = typeof piece === 'string';
			input.words.set(
				[isEnd ? FRAME_BODY_END : FRAME_BODY, id, isEnd ? Number(piece === 'broken') : bytes.length],
				at + 1,
			);
			input.bytes.set(bytes, (at + HEADER_WORDS) * 4);
			input.commit(at);
		},
		/** The frames that the main thread gets. */
		frames: () => {
			const frames: { type: number; flags: number; ticket: number; status: number; head: number; body: Uint8Array }[] =
				[];
			for (let at = out.peek(); at >= 0; at = out.peek()) {
				const [word = 0, ticket = 0, status = 0, head = 0, payload = 0] = out.words.subarray(at + 1, at + 6);
				const body = out.bytes.slice((at + HEADER_WORDS) * 4 + head, (at + HEADER_WORDS) * 4 + payload);
				frames.push({ type: word & 0xff, flags: word >> 8, ticket, status, head, body });
				out.release(at);
			}
			return frames;
		},
	};
}

describe('the next request', () => {
	test('is none when the thread has to retire, though one waits: it is for somebody else', () => {
		const { cell, request, next, ring } = start();
		request();
		cell.retire();
		expect(next()).toBe(STOP);
		expect(ring.length).toBe(1);
	});

	test('is none for who serves no ring', () => {
		const { serving, request, next } = start();
		request();
		serving.serve(undefined);
		expect(next()).toBe(STOP);
	});

	test('is not one whose client has gone: that is ended, and does not count', () => {
		const { request, next, frames, cell } = start();
		const gone = request(1);
		slots.abort(gone);
		const over = request(2);
		slots.release(over);
		const wanted = request(3);
		next();
		expect(frames()).toMatchObject([{ type: FRAME_RESPONSE, flags: RESPONSE_END, ticket: gone, status: 0 }]);
		expect([cell.requests, cell.currentRequest, cell.claim]).toEqual([1, slots.requestId(wanted), wanted]);
	});

	test('tells once that the thread has served as many as it should', () => {
		const { serving, ring, request, next, respond, worn } = start();
		serving.serve(ring, 2);
		for (let each = 0; each < 3; each++) {
			request();
			next();
			expect(worn).toEqual(each === 0 ? [] : [['requests', 2]]);
			respond(0, RESPONSE_END);
		}
	});

	test('tells once that the one before has left too much memory behind', () => {
		const { serving, ring, request, next, respond, worn } = start();
		serving.serve(ring, 0, memory.bytes.length - 1);
		for (let each = 0; each < 2; each++) {
			request();
			next();
			respond(0, RESPONSE_END);
		}
		expect(worn).toEqual([['memory', 0]]);
		serving.serve(ring, 0, memory.bytes.length);
		request();
		next();
		expect(worn).toHaveLength(1);
	});
});

describe('a body', () => {
	test('comes in the pieces that fit, without what an earlier request has left', () => {
		const { request, next, read, body, respond } = start();
		request();
		next();
		body(101, pattern(7, 0, 50));
		body(101, 'broken');
		respond(0, RESPONSE_END);
		request();
		next();
		body(102, pattern(8, 0, 25));
		body(102, pattern(8, 25, 5));
		body(102, 'end');
		let at = 0;
		for (const length of [10, 10, 5, 5]) {
			expect(read(10)).toBe(length);
			expect(matches(memory.bytes.subarray(INPUT, INPUT + length), 8, at)).toBe(true);
			at += length;
		}
		expect([read(), read()]).toEqual([0, 0]);
	});

	test('that is broken off ends as such', () => {
		const { request, next, read, body } = start();
		request();
		next();
		body(101, pattern(1, 0, 3));
		body(101, 'broken');
		expect([read(), read(), read()]).toEqual([3, GONE, GONE]);
	});

	test('is asked for once while the thread waits, which does not count as its own time', () => {
		const { request, next, read, body, frames, cell } = start();
		const ticket = request();
		next();
		let naps = 0;
		sleeps(() => {
			expect(cell.blocked).toBe(true);
			if (++naps === 3) body(101, pattern(1, 0, 9));
			return 'timed-out';
		});
		expect(read()).toBe(9);
		expect([naps, cell.blocked]).toEqual([3, false]);
		expect(frames()).toMatchObject([{ type: FRAME_WANT_BODY, ticket }]);
	});

	test('of which nothing comes for a minute is broken off', () => {
		const { request, next, read } = start();
		request();
		next();
		const waits = sleeps(() => 'timed-out');
		expect(read()).toBe(GONE);
		expect(waits).toHaveBeenCalledTimes(60);
		expect(read()).toBe(GONE);
		expect(waits).toHaveBeenCalledTimes(60);
	});

	test('is not waited for when the thread has to stop', () => {
		const { request, next, read, cell } = start();
		request();
		next();
		cell.raiseStop();
		expect(read()).toBe(GONE);
	});
});

describe('a response', () => {
	test('goes in chunks; the first has the head, the last the end', () => {
		const { request, next, respond, frames, cell } = start();
		const ticket = request();
		next();
		expect(respond(2 * MAX_CHUNK + 5, RESPONSE_END, 201, 30)).toBe(0);
		const sent = frames();
		expect(sent.map(({ flags, status, head, body }) => [flags, status, head, body.length])).toEqual([
			[0, 201, 30, MAX_CHUNK],
			[0, 0, 0, MAX_CHUNK],
			[RESPONSE_END, 0, 0, 5],
		]);
		expect(sent.every(({ body, ticket: of }, at) => of === ticket && matches(body, 1, at * MAX_CHUNK))).toBe(true);
		expect(cell.currentRequest).toBe(0);
		expect(respond(5), 'nothing comes after the end').toBe(GONE);
		expect(frames()).toEqual([]);
	});

	test('waits at the window until the client has taken enough', () => {
		const { request, next, respond, cell } = start();
		const ticket = request();
		next();
		const waits = sleeps(() => {
			expect(cell.blocked).toBe(true);
			slots.acknowledge(ticket, 10);
			return 'ok';
		});
		expect(respond(RESPONSE_WINDOW)).toBe(0);
		expect(waits).not.toHaveBeenCalled();
		expect(respond(25)).toBe(0);
		expect(waits).toHaveBeenCalledTimes(3);
		expect(cell.blocked).toBe(false);
	});

	test.each([
		['has gone', (ticket: number) => slots.abort(ticket), 1],
		['takes nothing for a minute', () => {}, 61],
	])('ends at the window when the client %s, and says so', (_, meanwhile, naps) => {
		const { request, next, respond, frames } = start();
		const ticket = request();
		next();
		respond(RESPONSE_WINDOW);
		frames();
		const waits = sleeps(() => {
			meanwhile(ticket);
			return 'timed-out';
		});
		expect(respond(5, RESPONSE_END)).toBe(GONE);
		expect(waits).toHaveBeenCalledTimes(naps);
		expect(frames()).toMatchObject([{ flags: RESPONSE_END | RESPONSE_BROKEN, body: new Uint8Array(0) }]);
	});

	test('has no gap: who was told that the client has gone sends nothing more but the end', () => {
		const { request, next, respond, frames } = start();
		request();
		next();
		respond(RESPONSE_WINDOW - 10);
		frames();
		sleeps(() => 'timed-out');
		expect(respond(20)).toBe(GONE);
		// These would fit.
		expect(respond(5, RESPONSE_END)).toBe(GONE);
		expect(frames().map(({ flags, body }) => [flags, body.length])).toEqual([
			[0, 0],
			[RESPONSE_END | RESPONSE_BROKEN, 0],
		]);
		request();
		next();
		expect(respond(5, RESPONSE_END)).toBe(0);
	});

	test('begins each window anew with its request', () => {
		const { request, next, respond, frames } = start();
		sleeps(() => {
			throw new Error('It sleeps.');
		});
		for (let each = 0; each < 3; each++) {
			request();
			next();
			respond(RESPONSE_WINDOW, RESPONSE_END);
			frames();
		}
	});

	test('of which the main thread reads nothing waits for room', () => {
		const { request, next, respond, frames } = start();
		const ticket = request();
		next();
		const got: number[] = [];
		const waits = sleeps(() => {
			got.push(...frames().map(({ body }) => body.length));
			return 'ok';
		});
		for (let sent = 0; sent < 12; sent++) {
			respond(MAX_CHUNK);
			slots.acknowledge(ticket, MAX_CHUNK);
		}
		got.push(...frames().map(({ body }) => body.length));
		expect(waits).toHaveBeenCalled();
		expect(got).toEqual(Array(12).fill(MAX_CHUNK));
	});

	test('whose head is too large loses its longest lines, with a warning', () => {
		const { request, next, respond, frames, warnings } = start();
		request();
		next();
		const head = `A: b\nLong: ${'x'.repeat(MAX_RESPONSE_HEAD)}\nC: d`;
		memory.writeText(INPUT, head.length, head);
		expect(respond(0, RESPONSE_END, 200, head.length)).toBe(0);
		expect(frames()).toMatchObject([{ status: 200, head: 'A: b\nC: d'.length }]);
		expect(warnings).toEqual([expect.stringContaining('Long')]);
	});
});
