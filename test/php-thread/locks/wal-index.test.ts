import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IndexFile, REGION, WalIndex } from '../../../src/php-thread/locks/wal-index.ts';

const HEADER_WORDS = 24;
const CHANGE = 2;
const MAX_FRAME = 4;
const SALT = 8;
const BACKFILL = 24;
const ENTRIES = 34;
const FIRST_FRAMES = 4062;
const FRAMES = 4096;
const REGIONS = 4;

/** A file in memory, as others see it; it can be told to fail, and to tell before each read. */
class MemoryFile implements IndexFile {
	bytes = new Uint8Array(0);
	reads = 0;
	writes: { position: number; length: number }[] = [];
	fails: ((position: number) => boolean) | undefined;
	beforeRead: (() => void) | undefined;

	read(target: Int8Array<ArrayBuffer>, offset: number, length: number, position: number): number {
		this.beforeRead?.();
		this.reads++;
		const part = this.bytes.subarray(position, position + length);
		new Uint8Array(target.buffer).set(part, offset);
		return part.length;
	}

	write(source: Int8Array<ArrayBuffer>, offset: number, length: number, position: number): void {
		if (this.fails?.(position)) throw new Error('No space left on device');
		this.writes.push({ position, length });
		if (position + length > this.bytes.length) {
			const longer = new Uint8Array(position + length);
			longer.set(this.bytes);
			this.bytes = longer;
		}
		this.bytes.set(new Uint8Array(source.buffer, offset, length), position);
	}
}

/** What SQLite does with an index, in the memory of one instance. */
class Instance {
	readonly memory = new Uint8Array((REGIONS + 1) * REGION);
	readonly index: WalIndex;
	readonly #file: MemoryFile;

	constructor(file: MemoryFile) {
		this.#file = file;
		this.index = new WalIndex(file, () => this.memory);
		for (let region = 0; region < REGIONS; region += 2) this.#map(region);
	}

	get head(): Int32Array {
		return new Int32Array(this.memory.buffer, REGION, ENTRIES);
	}

	get maxFrame(): number {
		return this.head[MAX_FRAME] as number;
	}

	/** The page of a frame, as a reader finds it. */
	page(frame: number): number {
		const [region, entry] = placeOf(frame);
		return new Int32Array(this.memory.buffer, REGION * (1 + region), REGION / 4)[entry] as number;
	}

	/** A commit, under the WRITE lock, as wal.c makes it. */
	commit(pages: readonly number[], publish = true): void {
		this.index.publish();
		this.index.refresh(true);
		for (const [i, page] of pages.entries()) this.#append(this.maxFrame + 1 + i, page);
		this.writeHeader(this.maxFrame + pages.length, this.head[SALT] as number);
		if (publish) this.index.publish();
	}

	/** Frames that are in the WAL, but not committed. */
	spill(pages: readonly number[]): void {
		for (const [i, page] of pages.entries()) this.#append(this.maxFrame + 1 + i, page);
	}

	/** The WAL begins anew, under the WRITE lock and all READ locks. */
	restart(): void {
		this.index.publish();
		this.index.refresh(true);
		this.writeHeader(0, (this.head[SALT] as number) + 1);
		this.head[BACKFILL] = 0;
		this.index.publish();
	}

	writeHeader(maxFrame: number, salt: number): void {
		const { head } = this;
		head[CHANGE] = (head[CHANGE] as number) + 1;
		head[MAX_FRAME] = maxFrame;
		head[SALT] = salt;
		head.copyWithin(HEADER_WORDS / 2, 0, HEADER_WORDS / 2);
	}

	#append(frame: number, page: number): void {
		const [region, entry] = placeOf(frame);
		const words = new Int32Array(this.memory.buffer, REGION * (1 + region), REGION / 4);
		if (entry === (region === 0 ? ENTRIES : 0)) words.fill(0, entry);
		words[entry] = page;
		words[FRAMES + ((page * 383) & (FRAMES - 1))] = frame;
	}

	#map(region: number): void {
		this.#file.read(new Int8Array(this.memory.buffer), REGION * (1 + region), 2 * REGION, region * REGION);
		this.index.map(REGION * (1 + region), 2 * REGION, region * REGION);
	}
}

function placeOf(frame: number): [region: number, entry: number] {
	if (frame <= FIRST_FRAMES) return [0, ENTRIES + frame - 1];
	const rest = frame - FIRST_FRAMES - 1;
	return [1 + Math.floor(rest / FRAMES), rest % FRAMES];
}

describe('the wal-index of an instance', () => {
	test('a commit is seen by the next who calls for a lock', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([7, 8]);
		expect(b.maxFrame).toBe(0);
		b.index.refresh(false);
		expect([b.maxFrame, b.page(1), b.page(2)]).toEqual([2, 7, 8]);
	});

	test('any number of instances: each has what was committed, in whatever order and size', () => {
		const step = fc.oneof(
			{
				weight: 8,
				arbitrary: fc.record({ kind: fc.constant('commit' as const), size: fc.integer({ min: 1, max: 9 }) }),
			},
			{
				weight: 2,
				arbitrary: fc.record({ kind: fc.constant('commit' as const), size: fc.integer({ min: 500, max: 5000 }) }),
			},
			{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), size: fc.constant(0) }) },
			{ weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), size: fc.integer({ min: 1, max: 50 }) }) },
			{ weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), size: fc.constant(0) }) },
		);
		const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), step), { maxLength: 40 });
		fc.assert(
			fc.property(steps, (all) => {
				const file = new MemoryFile();
				const instances = [0, 1, 2].map(() => new Instance(file));
				let pages: number[] = [];
				let next = 1;
				for (const [who, { kind, size }] of all) {
					const instance = instances[who] as Instance;
					if (kind === 'restart') {
						instance.restart();
						pages = [];
					} else if (kind === 'commit' && pages.length + size < FIRST_FRAMES + (REGIONS - 1) * FRAMES) {
						const added = Array.from({ length: size }, () => next++);
						instance.commit(added);
						pages.push(...added);
					} else if (kind === 'die') {
						instance.spill(Array.from({ length: size }, () => -next));
						instances[who] = new Instance(file);
					}
					const reader = instances[(who + 1) % 3] as Instance;
					reader.index.publish();
					reader.index.refresh(false);
					expect(reader.maxFrame).toBe(pages.length);
					if (pages.length === 0) continue;
					for (const part of [0, 0.3, 0.5, 0.9, 1]) {
						const index = Math.floor(part * (pages.length - 1));
						expect(reader.page(index + 1)).toBe(pages[index]);
					}
				}
			}),
			{ numRuns: 60 },
		);
	});

	test('nothing is written without need, and what others have locked is left alone', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([1]);
		file.writes = [];
		a.index.publish();
		b.index.refresh(false);
		b.index.publish();
		expect(file.writes).toEqual([]);
		// A read mark of b, while a has another one.
		b.head[BACKFILL + 2] = 1;
		b.index.publish();
		expect(file.writes).toEqual([{ position: 4 * (BACKFILL + 2), length: 4 }]);
		a.head[BACKFILL + 1] = 5;
		a.index.publish();
		b.index.refresh(false);
		expect([...b.head.subarray(BACKFILL, BACKFILL + 3)]).toEqual([0, 5, 1]);
	});

	test('the header is the last that is written, and tables go to the end of their part', () => {
		const file = new MemoryFile();
		const a = new Instance(file);
		a.commit(Array.from({ length: FIRST_FRAMES + 10 }, (_, i) => i + 1));
		expect(file.writes.map(({ position, length }) => [position, position + length])).toEqual([
			[ENTRIES * 4, REGION],
			[REGION, 2 * REGION],
			[0, HEADER_WORDS * 4],
		]);
	});

	test('frames of a writer that has died are shown to the next writer', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([1]);
		// Native programs write what is not committed, too.
		new Int32Array(file.bytes.buffer)[ENTRIES + 1] = 99;
		b.index.refresh(false);
		b.index.refresh(true);
		expect(b.page(2)).toBe(99);
	});

	test('an index that was made anew is read and written as a whole, though its header looks as before', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([1, 2, 3]);
		b.index.refresh(false);
		new Int32Array(file.bytes.buffer).fill(0);
		b.index.refresh(true);
		b.spill([4, 5, 6]);
		b.writeHeader(3, 0);
		b.head[CHANGE] = 0;
		b.head.copyWithin(HEADER_WORDS / 2, 0, HEADER_WORDS / 2);
		b.index.publish();
		a.index.refresh(false);
		expect([1, 2, 3].map((frame) => a.page(frame))).toEqual([4, 5, 6]);
	});

	test('a disk that is full: no header is better than one that leaves rows out', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([1]);
		b.index.refresh(false);
		file.fails = (position) => position >= ENTRIES * 4;
		expect(() => b.commit([2])).toThrow('No space left');
		file.fails = undefined;
		b.index.publish();
		a.index.refresh(false);
		expect([...a.head.subarray(0, HEADER_WORDS)]).toEqual(Array(HEADER_WORDS).fill(0));
	});

	test('what is written back is never newer than the header that it is read with', () => {
		const file = new MemoryFile();
		const [a, b] = [new Instance(file), new Instance(file)];
		a.commit([1]);
		b.index.refresh(false);
		// Between two reads somebody commits, and writes everything back.
		let turns = 0;
		file.beforeRead = () => {
			if (++turns !== 2) return;
			file.beforeRead = undefined;
			a.commit([2, 3]);
			a.head[BACKFILL] = 3;
			a.index.publish();
		};
		a.head[BACKFILL] = 1;
		a.index.publish();
		b.index.refresh(false);
		expect(b.head[BACKFILL]).toBeLessThanOrEqual(b.maxFrame);
		expect(b.maxFrame).toBe(3);
	});
});
