import { type FramePipe, HEADER_WORDS } from '../shared-memory/frame-pipe.ts';
import {
	FRAME_BODY,
	FRAME_RESPONSE,
	FRAME_WANT_BODY,
	MAX_CHUNK,
	MAX_RESPONSE_HEAD,
	RESPONSE_BROKEN,
	RESPONSE_END,
} from '../shared-memory/request-frames.ts';
import type { RequestRing } from '../shared-memory/request-ring.ts';
import { NO_TICKET, RESPONSE_WINDOW, type RequestSlots } from '../shared-memory/request-slots.ts';
import { NO_REQUEST, type ThreadCell } from '../shared-memory/thread-cell.ts';
import { STOP } from './abi/host-imports.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';
import { fitHead } from './large-head.ts';
import { ThreadLimits } from './thread-limits.ts';
import type { Wear } from './thread-messages.ts';
import type { ThreadTrace } from './thread-trace.ts';

/** A client that takes not one byte for this long is treated as gone, milliseconds. */
const STALL_LIMIT = 60_000;
/** A body of which not one byte arrives for this long is treated as broken off, milliseconds. */
const BODY_LIMIT = 60_000;
const NAP = 1000;
const GONE = -1;

/**
 * Requests as a PHP thread sees them: takes one from the ring, reads its body, writes its response.
 * Everything here runs on the PHP thread, inside calls from C.
 */
export class Serving {
	#ring: RequestRing | undefined;
	readonly #limits: ThreadLimits;
	readonly #cell: ThreadCell;
	readonly #slots: RequestSlots;
	readonly #out: FramePipe;
	readonly #in: FramePipe;
	readonly #doorbell: () => void;
	readonly #warn: (message: string) => void;
	readonly #trace: ThreadTrace | undefined;
	#ticket = NO_TICKET;
	#requestId = 0;
	#sent = 0;
	/** PHP was told that the client has gone: nothing is sent any more but the end, or bytes would be missing in between. */
	#wasToldGone = false;
	#bodyEnded = false;
	#bodyBroken = false;
	/** Bytes of the first frame in the pipe that were already handed out. */
	#bodyOffset = 0;
	readonly #mustRetire: () => boolean;
	readonly #claim: (ticket: number) => void;

	constructor(
		cell: ThreadCell,
		slots: RequestSlots,
		out: FramePipe,
		bodyPipe: FramePipe,
		doorbell: () => void,
		warn: (message: string) => void,
		worn: (reason: Wear, served: number) => void,
		trace?: ThreadTrace,
	) {
		this.#cell = cell;
		this.#slots = slots;
		this.#out = out;
		this.#in = bodyPipe;
		this.#doorbell = doorbell;
		this.#warn = warn;
		this.#limits = new ThreadLimits(worn);
		this.#trace = trace;
		this.#mustRetire = () => cell.mustRetire;
		this.#claim = (ticket) => {
			cell.claim = ticket;
		};
	}

	/** From now on requests come from this ring; undefined = there are none. `maxRequests`, `maxMemory`: see Role. */
	serve(ring: RequestRing | undefined, maxRequests = 0, maxMemory = 0): void {
		this.#ring = ring;
		this.#limits.set(maxRequests, maxMemory);
	}

	/** Blocks for the next request; copies its head to `pointer`. */
	next(memory: WasmMemory, pointer: number): number {
		this.#limits.weigh(memory.bytes.length, this.#cell.requests);
		const ticket = this.#take();
		if (ticket === undefined) return STOP;
		this.#sent = 0;
		this.#wasToldGone = false;
		this.#bodyEnded = false;
		this.#bodyBroken = false;
		this.#bodyOffset = 0;
		const length = this.#slots.headLength(ticket);
		const offset = this.#slots.headOffset(ticket);
		memory.bytes.set(this.#slots.bytes.subarray(offset, offset + length), pointer);
		return length;
	}

	/** The next request that somebody still waits for; those whose client went away meanwhile are ended here. */
	#take(): number | undefined {
		for (;;) {
			const ticket = this.#pop();
			if (ticket === undefined) return undefined;
			this.#ticket = ticket;
			this.#requestId = this.#slots.requestId(ticket);
			// Before it is taken: by it the main thread knows which request a thread has died with.
			this.#cell.currentRequest = this.#requestId;
			if (this.#slots.take(ticket)) {
				this.#trace?.requestBegan(this.#requestId);
				this.#limits.count(this.#cell.countRequest());
				return ticket;
			}
			if (!this.#slots.isOver(ticket)) this.#send(FRAME_RESPONSE, RESPONSE_END);
			this.#finish();
		}
	}

	#pop(): number | undefined {
		const ring = this.#ring;
		if (this.#limits.countsRequests) this.#cell.waitForAllowance();
		if (ring === undefined || this.#cell.mustRetire) return undefined;
		const ticket = ring.tryPop(this.#claim);
		if (ticket !== undefined) return ticket;
		// Reads the clock only when idle.
		this.#cell.idle();
		return ring.pop(this.#mustRetire, this.#claim);
	}

	#finish(): void {
		this.#ticket = NO_TICKET;
		this.#cell.currentRequest = NO_REQUEST;
		this.#cell.armLimit(0);
	}

	/** Blocks for a piece of the body. */
	readBody(memory: WasmMemory, pointer: number, capacity: number): number {
		const words = this.#in.words;
		for (let waited = 0; !this.#bodyEnded; ) {
			const frame = this.#in.peek();
			if (frame < 0) {
				if (waited >= BODY_LIMIT || this.#cell.mustStop) this.#bodyBroken = true;
				if (this.#bodyBroken) break;
				if (waited === 0) this.#send(FRAME_WANT_BODY, 0);
				this.#cell.blocked = true;
				this.#in.waitForFrame(NAP);
				this.#cell.blocked = false;
				waited += NAP;
				continue;
			}
			// Skips frames of an earlier request whose body was not read to its end.
			if (words[frame + 2] !== this.#requestId) {
				this.#in.release(frame);
				continue;
			}
			if (words[frame + 1] !== FRAME_BODY) {
				this.#bodyEnded = true;
				this.#bodyBroken = words[frame + 3] === 1;
				this.#in.release(frame);
				break;
			}
			const total = words[frame + 3] as number;
			const start = (frame + HEADER_WORDS) * 4 + this.#bodyOffset;
			const length = Math.min(capacity, total - this.#bodyOffset);
			memory.bytes.set(this.#in.bytes.subarray(start, start + length), pointer);
			this.#bodyOffset += length;
			if (this.#bodyOffset === total) {
				this.#bodyOffset = 0;
				this.#in.release(frame);
			}
			return length;
		}
		return this.#bodyBroken ? GONE : 0;
	}

	/** Sends a part of the response; see igor_host_respond(). */
	respond(
		memory: WasmMemory,
		status: number,
		head: number,
		headLength: number,
		body: number,
		bodyLength: number,
		flags: number,
	): number {
		if (this.#ticket === NO_TICKET) return GONE;
		const isOnePiece = headLength <= MAX_RESPONSE_HEAD && body === head + headLength;
		const apart = isOnePiece ? undefined : this.#fitHead(memory.bytes.subarray(head, head + headLength));
		let gone = this.#wasToldGone || this.#slots.isAborted(this.#ticket);
		let [leftStatus, leftHead, from] = [status, apart?.length ?? headLength, body];
		const end = body + bodyLength;
		// At least one frame: for the head, or the end.
		for (let last = false; !last; ) {
			const wanted = gone ? 0 : Math.min(MAX_CHUNK, end - from);
			gone ||= wanted > 0 && !this.#waitForWindow(wanted);
			const length = gone ? 0 : wanted;
			last = gone || from + length === end;
			const index = this.#reserve(leftHead + length);
			const payload = (index + HEADER_WORDS) * 4;
			const { bytes } = memory;
			// What lies right before the body is copied with it.
			const joint = isOnePiece ? leftHead : 0;
			if (apart !== undefined && leftHead > 0) this.#out.bytes.set(apart, payload);
			if (joint + length > 0)
				this.#out.bytes.set(bytes.subarray(from - joint, from + length), payload + leftHead - joint);
			if (last && (flags & RESPONSE_END) !== 0) this.#trace?.requestEnded(this.#requestId);
			this.#commit(
				index,
				FRAME_RESPONSE,
				leftStatus,
				leftHead,
				leftHead + length,
				last ? withBreak(flags, gone) : flags & ~RESPONSE_END,
			);
			this.#sent = (this.#sent + length) | 0;
			from += length;
			leftStatus = 0;
			leftHead = 0;
		}
		this.#wasToldGone = gone;
		if ((flags & RESPONSE_END) !== 0) this.#finish();
		return gone ? GONE : 0;
	}

	#fitHead(head: Uint8Array): Uint8Array {
		if (head.length <= MAX_RESPONSE_HEAD) return head;
		const { bytes, warning } = fitHead(head, MAX_RESPONSE_HEAD);
		this.#warn(warning);
		return bytes;
	}

	/** Blocks until `length` more bytes fit the window of unacknowledged bytes. False when the client went away. */
	#waitForWindow(length: number): boolean {
		for (let waited = 0, last = -1; ; ) {
			const acknowledged = this.#slots.acknowledged(this.#ticket);
			if (this.#slots.isAborted(this.#ticket)) return false;
			// Both count modulo 2^32: a response may be longer than that.
			if (((this.#sent - acknowledged) | 0) + length <= RESPONSE_WINDOW) return true;
			if (this.#cell.mustStop || waited >= STALL_LIMIT) return false;
			waited = acknowledged === last ? waited + NAP : 0;
			last = acknowledged;
			this.#cell.blocked = true;
			this.#slots.waitForAcknowledgement(this.#ticket, acknowledged, NAP);
			this.#cell.blocked = false;
		}
	}

	/** A frame without a payload. */
	#send(type: number, flags: number): void {
		this.#commit(this.#reserve(0), type, 0, 0, 0, flags);
	}

	#reserve(payload: number): number {
		for (;;) {
			const position = this.#out.readPosition;
			const index = this.#out.reserve(payload);
			if (index >= 0) return index;
			this.#doorbell();
			this.#out.waitForRoom(position, NAP);
		}
	}

	#commit(index: number, type: number, status: number, headLength: number, payload: number, flags: number): void {
		const words = this.#out.words;
		words[index + 1] = type | (flags << 8);
		words[index + 2] = this.#ticket;
		words[index + 3] = status;
		words[index + 4] = headLength;
		words[index + 5] = payload;
		this.#out.commit(index);
		this.#doorbell();
	}
}

/** The end of a response that is not whole says so. */
function withBreak(flags: number, gone: boolean): number {
	return gone && (flags & RESPONSE_END) !== 0 ? flags | RESPONSE_BROKEN : flags;
}
