import { Buffer } from 'node:buffer';
import { ALLOCATOR_FUNCTIONS, type AllocatorFunction } from './redirect-allocator.ts';

type Originals = Record<'malloc' | 'free', (value: number) => number>;
type Block = { base: number; size: number; stack: string };

/** Before and after each block, bytes: whoever writes there has left its block. */
const RED_ZONE = 16;
const RED = 0xfd;
/** What malloc() gives: whoever reads it has not written before. */
const FRESH = 0xcd;
/** What was freed: whoever reads it reads something odd, whoever writes there is found out. */
const FREED = 0xdd;
/** Freed blocks are kept from being given out again, so many bytes of them. */
const QUARANTINE = 32 << 20;
/** Frames of a stack that are kept: enough to know who it was. */
const FRAMES = 14;
/** Asked for by our C code, directly or by a function of PHP that allocates; not by what runs in a request. */
const OURS = /^(php\S* < ){1,4}frankenphp/;
/** Page size of WebAssembly: so are blocks aligned that mmap() gave before anybody looked, or by a way of its own. */
const PAGE = 65_536;

/** What a request has left behind, and what it did to memory that was not its own. */
export type MemoryReport = {
	/** Blocks of our C code that are there, by who has allocated them. */
	ours: Record<string, number>;
	problems: string[];
};

/**
 * The allocator of one PHP thread, beneath everything in it: finds who writes beside or after its block, frees twice, or
 * frees nothing. Runs on the PHP thread.
 */
export class DebugAllocator {
	readonly #memory: WebAssembly.Memory;
	readonly #originals: Originals;
	readonly #blocks = new Map<number, Block>();
	readonly #freed = new Map<number, Block>();
	#freedSize = 0;
	#pattern = Buffer.alloc(PAGE, FREED);
	#problems: string[] = [];
	/** Costs much: only while requests are looked at. */
	takesStacks = false;

	constructor(memory: WebAssembly.Memory, originals: Originals) {
		this.#memory = memory;
		this.#originals = originals;
	}

	/** One of the functions of the allocator is called. */
	call(number: number, a: number, b: number, c: number): number {
		const name = ALLOCATOR_FUNCTIONS[number] as AllocatorFunction;
		switch (name) {
			case 'malloc':
				return this.#allocate(a >>> 0, 1);
			case 'calloc':
				return this.#zeroed(Math.imul(a, b) >>> 0);
			case 'realloc':
				return this.#reallocate(a >>> 0, b >>> 0);
			case 'free':
				this.#free(a >>> 0);
				return 0;
			case 'emscripten_builtin_memalign':
				return this.#allocate(b >>> 0, a >>> 0);
			case 'posix_memalign': {
				const pointer = this.#allocate(c >>> 0, b >>> 0);
				new DataView(this.#memory.buffer).setUint32(a, pointer, true);
				return pointer === 0 ? 12 : 0;
			}
		}
	}

	/** Between two requests. */
	report(): MemoryReport {
		const ours: Record<string, number> = {};
		for (const { stack } of this.#blocks.values()) if (OURS.test(stack)) ours[stack] = (ours[stack] ?? 0) + 1;
		for (const [pointer, block] of this.#freed) this.#checkFreed(pointer, block);
		const problems = this.#problems;
		this.#problems = [];
		return { ours, problems };
	}

	#bytes(): Uint8Array {
		return new Uint8Array(this.#memory.buffer);
	}

	#allocate(size: number, alignment: number): number {
		const base = this.#originals.malloc(size + Math.max(alignment, RED_ZONE) + 2 * RED_ZONE) >>> 0;
		if (base === 0) return 0;
		const pointer = Math.ceil((base + RED_ZONE) / alignment) * alignment;
		const bytes = this.#bytes();
		bytes.fill(RED, pointer - RED_ZONE, pointer);
		bytes.fill(FRESH, pointer, pointer + size);
		bytes.fill(RED, pointer + size, pointer + size + RED_ZONE);
		this.#blocks.set(pointer, { base, size, stack: this.#stack() });
		return pointer | 0;
	}

	#zeroed(size: number): number {
		const pointer = this.#allocate(size, 1) >>> 0;
		if (pointer !== 0) this.#bytes().fill(0, pointer, pointer + size);
		return pointer | 0;
	}

	#reallocate(pointer: number, size: number): number {
		if (pointer === 0) return this.#allocate(size, 1);
		const block = this.#blocks.get(pointer);
		if (block === undefined) {
			this.#problem(`realloc() of ${this.#name(pointer)}`);
			return 0;
		}
		const moved = this.#allocate(size, 1) >>> 0;
		if (moved === 0) return 0;
		this.#bytes().copyWithin(moved, pointer, pointer + Math.min(size, block.size));
		this.#free(pointer);
		return moved | 0;
	}

	#free(pointer: number): void {
		if (pointer === 0) return;
		const block = this.#blocks.get(pointer);
		if (block === undefined) {
			if (pointer % PAGE === 0 && !this.#freed.has(pointer)) this.#originals.free(pointer);
			else this.#problem(`free() of ${this.#name(pointer)}`);
			return;
		}
		const bytes = this.#bytes();
		const isRed = (from: number) => bytes.subarray(from, from + RED_ZONE).every((byte) => byte === RED);
		if (!isRed(pointer - RED_ZONE) || !isRed(pointer + block.size)) {
			this.#problem(`somebody wrote beside a block of ${block.size} bytes`, block);
		}
		bytes.fill(FREED, pointer, pointer + block.size);
		this.#blocks.delete(pointer);
		this.#freed.set(pointer, block);
		this.#freedSize += block.size;
		for (const [oldest, gone] of this.#freed) {
			if (this.#freedSize <= QUARANTINE) break;
			this.#checkFreed(oldest, gone);
			this.#freed.delete(oldest);
			this.#freedSize -= gone.size;
			this.#originals.free(gone.base);
		}
	}

	#checkFreed(pointer: number, block: Block): void {
		const bytes = this.#bytes().subarray(pointer, pointer + block.size);
		if (this.#pattern.length < block.size) this.#pattern = Buffer.alloc(block.size * 2, FREED);
		if (Buffer.compare(bytes, this.#pattern.subarray(0, block.size)) === 0) return;
		this.#problem(`somebody wrote to a block of ${block.size} bytes after it was freed`, block);
		bytes.fill(FREED);
	}

	#name(pointer: number): string {
		return this.#freed.has(pointer) ? 'what was freed before' : `${pointer}, which nobody has given out`;
	}

	#problem(what: string, block?: Block): void {
		this.#problems.push(`${what}; ${block === undefined ? `at ${this.#stack(true)}` : `it came from ${block.stack}`}`);
	}

	/** Functions of WebAssembly by their numbers; the side module's come as `frankenphp`. */
	#stack(always = false): string {
		if (!this.takesStacks && !always) return 'the start';
		const limit = Error.stackTraceLimit;
		Error.stackTraceLimit = FRAMES;
		const { stack = '' } = new Error();
		Error.stackTraceLimit = limit;
		return [...stack.matchAll(/wasm:\/\/wasm\/([^:]*):wasm-function\[(\d+)\]/g)]
			.map(([, module, index]) => `${module}[${index}]`)
			.join(' < ');
	}
}
