import { describe, expect, test } from 'vitest';
import type { RequestThread } from '../../src/dispatch/exchange.ts';
import { RequestGateway } from '../../src/dispatch/request-gateway.ts';
import type { PhpFailure, ResponseSink } from '../../src/http/php-port.ts';
import { createPipeBuffer, FramePipe, HEADER_WORDS } from '../../src/shared-memory/frame-pipe.ts';
import {
	FRAME_BODY,
	FRAME_BODY_END,
	FRAME_RESPONSE,
	FRAME_WANT_BODY,
	MAX_CHUNK,
	RESPONSE_BROKEN,
	RESPONSE_END,
} from '../../src/shared-memory/request-frames.ts';
import { createRingBuffer, RequestRing } from '../../src/shared-memory/request-ring.ts';
import { createSlotBuffer, RequestSlots, SLOT_COUNT } from '../../src/shared-memory/request-slots.ts';
import { byteStrings } from '../support/node/byte-strings.ts';
import { matches, pattern } from './pattern.ts';
import { aRequest } from './request.ts';

const CLOSED: PhpFailure = { status: 503, code: 'CLOSED', message: 'Closed.' };
const buffer = createSlotBuffer();
const slots = new RequestSlots(buffer);

/** One request and the pipes of the thread that serves it, by hand. */
function served() {
	const ringBuffer = createRingBuffer(SLOT_COUNT);
	const ring = new RequestRing(ringBuffer);
	const traced: string[] = [];
	const gateway = new RequestGateway(buffer, ringBuffer, [], { byteStrings }, 0, {
		submitted: (id, method, url) => traced.push(`${id} ${method} ${url}`),
		answered: (id, status) => traced.push(`${id} ${status}`),
	});
	const thread: RequestThread = {
		responsePipe: new FramePipe(createPipeBuffer(1 << 19)),
		bodyPipe: new FramePipe(createPipeBuffer(1 << 18)),
	};
	const heard: unknown[] = [];
	const chunks: Uint8Array[] = [];
	let room = true;
	const sink: ResponseSink = {
		informational: (status) => heard.push(status),
		head: (status, reason, headers) => heard.push([status, reason, headers]),
		complete: (status, reason, headers, body) => heard.push([status, reason, headers, body]),
		write: (chunk) => {
			chunks.push(chunk);
			return room;
		},
		end: () => heard.push('end'),
		fail: ({ code }) => heard.push(code),
		wantBody: () => heard.push('body?'),
	};
	const exchange = gateway.submit(aRequest({ method: 'POST', requestUri: '/x' }), sink);
	const ticket = ring.tryPop() as number;
	expect(slots.take(ticket)).toBe(true);
	/** The thread writes a frame. */
	const frame = (type: number, { flags = 0, status = 0, head = '', body = new Uint8Array(0), of = ticket } = {}) => {
		const { responsePipe: pipe } = thread;
		const at = pipe.reserve(head.length + body.length);
		expect(at).toBeGreaterThanOrEqual(0);
		pipe.words.set([type | (flags << 8), of, status, head.length, head.length + body.length], at + 1);
		byteStrings.write(pipe.bytes, head, (at + HEADER_WORDS) * 4);
		pipe.bytes.set(body, (at + HEADER_WORDS) * 4 + head.length);
		pipe.commit(at);
	};
	/** What has come of the body: bytes, `end`, `broken`. */
	const bodyFrames = () => {
		const { bodyPipe: pipe } = thread;
		const frames: (Uint8Array | 'end' | 'broken')[] = [];
		for (let at = pipe.peek(); at >= 0; at = pipe.peek()) {
			const start = (at + HEADER_WORDS) * 4;
			expect(pipe.words[at + 2]).toBe(slots.requestId(ticket));
			if (pipe.words[at + 1] === FRAME_BODY) frames.push(pipe.bytes.slice(start, start + (pipe.words[at + 3] ?? 0)));
			else {
				expect(pipe.words[at + 1]).toBe(FRAME_BODY_END);
				frames.push(pipe.words[at + 3] === 1 ? 'broken' : 'end');
			}
			pipe.release(at);
		}
		return frames;
	};
	return {
		...{ gateway, ring, thread, exchange, ticket, heard, chunks, traced, frame, bodyFrames, sink },
		drain: () => gateway.drain(thread),
		full: () => {
			room = false;
		},
	};
}

describe('a response', () => {
	test('in one frame comes in one go', () => {
		const { frame, drain, heard, traced, ticket } = served();
		const body = Uint8Array.of(0, 0xff, 0x80);
		frame(FRAME_RESPONSE, { flags: RESPONSE_END, status: 404, head: 'HTTP/1.1 404 Nowhere\nA: b', body });
		drain();
		expect(heard).toEqual([[404, 'Nowhere', ['A', 'b'], '\0\xff\x80']]);
		expect(traced).toEqual(['1 POST /x', '1 404']);
		expect(slots.isOver(ticket)).toBe(true);
	});

	test('in pieces: each is a copy, and is acknowledged when the client has it', () => {
		const { frame, drain, chunks, heard, ticket, full, exchange, thread } = served();
		frame(FRAME_RESPONSE, { status: 200, head: 'A: b', body: pattern(1, 0, 1000) });
		drain();
		expect(heard).toEqual([[200, undefined, ['A', 'b']]]);
		expect(slots.acknowledged(ticket)).toBe(1000);
		full();
		frame(FRAME_RESPONSE, { body: pattern(1, 1000, 500) });
		frame(FRAME_RESPONSE, { body: pattern(1, 1500, 300) });
		drain();
		expect(slots.acknowledged(ticket)).toBe(1000);
		exchange.drained();
		expect(slots.acknowledged(ticket)).toBe(1800);
		exchange.drained();
		expect(slots.acknowledged(ticket)).toBe(1800);
		thread.responsePipe.bytes.fill(0, 64);
		expect(chunks.map((chunk, at) => matches(chunk, 1, [0, 1000, 1500][at] ?? 0))).toEqual([true, true, true]);
	});

	test('after which the client has gone is thrown away, but the thread goes on', () => {
		const { frame, drain, chunks, heard, traced, ticket, exchange, bodyFrames } = served();
		frame(FRAME_RESPONSE, { status: 200, head: 'A: b' });
		drain();
		exchange.abort();
		exchange.abort();
		expect(slots.isAborted(ticket)).toBe(true);
		expect(bodyFrames()).toEqual(['broken']);
		const before = slots.acknowledged(ticket);
		frame(FRAME_RESPONSE, { body: pattern(1, 0, 700) });
		frame(FRAME_RESPONSE, { flags: RESPONSE_END });
		drain();
		expect(slots.acknowledged(ticket)).toBe(before + 700);
		expect([heard, chunks, traced]).toEqual([[[200, undefined, ['A', 'b']]], [], ['1 POST /x', '1 0']]);
		expect(slots.isOver(ticket)).toBe(true);
	});

	test('that is not whole is broken off: nobody takes it for an answer that has ended', () => {
		const { frame, drain, heard } = served();
		frame(FRAME_RESPONSE, { status: 200, head: 'HTTP/1.1 200 OK', body: pattern(1, 0, 10) });
		frame(FRAME_RESPONSE, { flags: RESPONSE_END | RESPONSE_BROKEN });
		drain();
		expect(heard.at(-1)).toBe('RESPONSE_BROKEN_OFF');
		expect(heard).not.toContain('end');
	});

	test('of a ticket that has gone on reaches nobody', () => {
		const { frame, drain, heard, ticket } = served();
		frame(FRAME_RESPONSE, { flags: RESPONSE_END, status: 200, of: ticket ^ (1 << 12) });
		drain();
		expect(heard).toEqual([]);
	});
});

describe('a body', () => {
	test('goes in frames of a chunk, as many as there is room for; the rest when it is wanted again', () => {
		const { frame, drain, heard, exchange, bodyFrames } = served();
		frame(FRAME_WANT_BODY);
		drain();
		expect(heard).toEqual(['body?']);
		const whole = pattern(3, 0, 5 * MAX_CHUNK + 1);
		expect(exchange.pushBody(whole)).toBe(false);
		exchange.endBody();
		let at = 0;
		const take = () => {
			const frames = bodyFrames();
			for (const each of frames) {
				if (typeof each === 'string') continue;
				expect(each.length).toBeLessThanOrEqual(MAX_CHUNK);
				expect(matches(each, 3, at)).toBe(true);
				at += each.length;
			}
			return frames.at(-1);
		};
		expect(take()).toBeInstanceOf(Uint8Array);
		expect(at).toBeLessThan(whole.length);
		frame(FRAME_WANT_BODY);
		drain();
		expect(take()).toBe('end');
		expect(at).toBe(whole.length);
		expect(heard, 'it has been told that there is no more').toEqual(['body?']);
		exchange.endBody();
		exchange.abortBody();
		expect(bodyFrames()).toEqual([]);
	});

	test('may have pieces without bytes: they are not its end', () => {
		const { frame, drain, exchange, bodyFrames } = served();
		frame(FRAME_WANT_BODY);
		drain();
		expect(exchange.pushBody(new Uint8Array(0))).toBe(true);
		expect(exchange.pushBody(pattern(0, 0, 3))).toBe(true);
		exchange.endBody();
		expect(bodyFrames()).toEqual([pattern(0, 0, 3), 'end']);
	});
});

describe('the gateway', () => {
	test('refuses everything from refuseAll() on, each once, and never before submit() has returned', async () => {
		const { gateway, heard, sink, exchange, frame, drain } = served();
		gateway.refuseAll(CLOSED);
		expect(heard).toEqual(['CLOSED']);
		exchange.abort();
		frame(FRAME_RESPONSE, { flags: RESPONSE_END, status: 200 });
		drain();
		gateway.submit(aRequest(), sink);
		expect(heard).toEqual(['CLOSED']);
		await null;
		expect(heard).toEqual(['CLOSED', 'CLOSED']);
	});

	test('a client that leaves while it waits for a slot is not served when there is one', () => {
		const { gateway, ring, heard, sink, frame, drain } = served();
		for (let taken = 1; taken < SLOT_COUNT; taken++) gateway.submit(aRequest(), sink);
		gateway.submit(aRequest(), sink).abort();
		frame(FRAME_RESPONSE, { flags: RESPONSE_END, status: 200 });
		drain();
		expect(slots.isAborted(ring.at(ring.tail - 1))).toBe(true);
		gateway.refuseAll(CLOSED);
		expect(heard).toHaveLength(SLOT_COUNT);
	});

	test('a head that is too large is refused at once; the one that waits behind it gets its slot', async () => {
		const { gateway, heard, sink, frame, drain } = served();
		for (let taken = 1; taken < SLOT_COUNT; taken++) gateway.submit(aRequest(), sink);
		gateway.submit(aRequest({ rawHeaders: ['X', 'x'.repeat(40_000)] }), sink);
		gateway.submit(aRequest(), sink);
		expect(gateway.withoutSlot).toHaveLength(2);
		frame(FRAME_RESPONSE, { flags: RESPONSE_END, status: 200 });
		drain();
		expect(gateway.withoutSlot).toHaveLength(0);
		expect(heard).toEqual([[200, undefined, [], '']]);
		await null;
		expect(heard.slice(1)).toEqual(['REQUEST_HEAD_TOO_LARGE']);
		gateway.refuseAll(CLOSED);
	});
});
