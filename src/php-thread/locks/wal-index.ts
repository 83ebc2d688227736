/**
 * SQLite's wal-index (the `-shm` file) in the memory of one PHP instance. SQLite wants to map it and to share the mapping
 * with everybody; WASM memory cannot show a file, so each instance has its own copy. What is shared, with native
 * programs, too, is the file, and the copy is brought in sync whenever SQLite calls for a lock: what it has written goes
 * to the file before the call (`publish`), what others have written comes from there after it (`refresh`).
 *
 * That is enough, because of what wal.c does:
 * - It writes here only while it holds an exclusive lock that keeps other writers of the same words out, and gives each
 *   such lock back by a call. (In locking_mode=EXCLUSIVE and at the last close that is the lock on the database.)
 * - What it reads here without a lock it reads again, or compares with the header, after its READ or WRITE lock is held
 *   (walTryBeginRead, sqlite3WalBeginWriteTransaction, walCheckpoint).
 * - What the header speaks of does not change while the header stands: frames 1 to mxFrame keep their entries until the
 *   salt changes, and that needs all READ locks. So tables are read only when the header is new.
 *
 * The order matters: a header must never be in the file before the tables that it speaks of, and never be read after
 * them; and nBackfill must not be newer than the header (see walTryBeginRead on minFrame).
 */

/** Bytes of a part of the index with tables of its own; SQLite's WALINDEX_PGSZ. */
export const REGION = 32_768;
const HEADER = 48;
const HEADERS = 2 * HEADER;
/** The headers and struct WalCkptInfo. */
const HEAD = HEADERS + 40;
const HEAD_WORDS = HEAD / 4;
// Words of the head.
/** Counts commits; 0 = the index has been rebuilt. */
const CHANGE = 2;
const MAX_FRAME = 4;
const SALT = 8;
const BACKFILL = 24;
/** Bytes 120 to 127 are where locks are. They are never written, and Windows does not let others read them. */
const LOCK_BYTES = [30, 31] as const;
/** Frames that the first region has entries for, and each further one. */
const FIRST_FRAMES = 4062;
const FRAMES = 4096;

/** The file of an index. `read` returns how many bytes there were. */
export type IndexFile = {
	read(target: Int8Array<ArrayBuffer>, offset: number, length: number, position: number): number;
	write(source: Int8Array<ArrayBuffer>, offset: number, length: number, position: number): void;
};

type Mapping = { pointer: number; length: number; position: number };

/** One index, mapped by one PHP instance, whatever number of connections it has. */
export class WalIndex {
	readonly #file: IndexFile;
	readonly #memory: () => Uint8Array<ArrayBuffer>;
	readonly #mappings: Mapping[] = [];
	/** The head as it was in the file when it was last read or written. */
	readonly #head = new Int32Array(HEAD_WORDS);
	readonly #next = new Int32Array(HEAD_WORDS);
	readonly #again = new Int32Array(HEAD_WORDS);

	/** @param memory the instance's memory as it is now */
	constructor(file: IndexFile, memory: () => Uint8Array<ArrayBuffer>) {
		this.#file = file;
		this.#memory = memory;
	}

	/** SQLite has mapped a part of the file, and the memory at `pointer` shows it. */
	map(pointer: number, length: number, position: number): void {
		this.#mappings.push({ pointer, length, position });
		if (position !== 0 || length < REGION) return;
		this.#head.set(this.#own());
		this.refresh(false);
	}

	/** The mapping at `pointer` is freed; publish first. */
	unmap(pointer: number): void {
		const index = this.#mappings.findIndex((mapping) => mapping.pointer === pointer);
		if (index !== -1) this.#mappings.splice(index, 1);
	}

	/** True = there is a mapping at `pointer`. */
	shows(pointer: number): boolean {
		return this.#mappings.some((mapping) => mapping.pointer === pointer);
	}

	get mappings(): readonly Mapping[] {
		return this.#mappings;
	}

	/**
	 * Writes what SQLite has changed. Before a lock on the index or on the database is asked for or given back.
	 * @throws what the file throws; others then find no header, and rebuild the index from the WAL
	 */
	publish(): void {
		if (!this.#isMapped()) return;
		const own = this.#own();
		const seen = this.#head;
		for (let word = BACKFILL; word < HEAD_WORDS; word++) {
			if (own[word] === seen[word] || word === LOCK_BYTES[0] || word === LOCK_BYTES[1]) continue;
			seen[word] = own[word] as number;
			this.#writeWords(word * 4, own.subarray(word, word + 1));
		}
		if (sameHeader(own, seen)) return;
		const [first, last] = changedFrames(seen, own);
		seen.set(own.subarray(0, BACKFILL));
		try {
			if (first <= last) this.#publishTables(first, last);
			// Both headers at once: whoever reads meanwhile finds two that differ, and reads again.
			this.#writeWords(0, own.subarray(0, BACKFILL));
		} catch (error) {
			this.#writeWords(0, new Int32Array(BACKFILL));
			throw error;
		}
	}

	/**
	 * Reads what others have changed. After each call for a lock on the index, granted or not, and when the database has
	 * been locked as a whole.
	 * @param toWrite the WRITE lock has just been granted
	 */
	refresh(toWrite: boolean): void {
		if (!this.#isMapped()) return;
		const seen = this.#head;
		const next = this.#next;
		this.#readWords(0, next);
		const backfill = next[BACKFILL];
		if (!sameHeader(next, seen) || backfill !== seen[BACKFILL]) this.#settle(next);
		const [first, last] = changedFrames(seen, next);
		seen.set(next);
		this.#own().set(next);
		if (first <= last) this.#readRegions(regionOf(first), regionOf(last));
		// A writer that has died may have left entries of frames that do not count, and SQLite removes what it sees.
		if (toWrite) this.#readRegion(regionOf((next[MAX_FRAME] as number) + 1));
	}

	/** Makes `next` a header and the nBackfill that was read before it, with read marks that were read after it. */
	#settle(next: Int32Array<ArrayBuffer>): void {
		for (;;) {
			const backfill = next[BACKFILL] as number;
			this.#readWords(0, this.#again);
			const settled = sameHeader(next, this.#again);
			next.set(this.#again);
			if (!settled) continue;
			next[BACKFILL] = backfill;
			return;
		}
	}

	/** Entries of new frames, and all that follows them in their region: under the WRITE lock nobody else writes there. */
	#publishTables(first: number, last: number): void {
		for (let region = regionOf(first); region <= regionOf(last); region++) {
			const pointer = this.#pointerTo(region);
			if (pointer === undefined) return;
			const start = entryOf(first, region) * 4;
			// Always to the end: for others, a region that is only partly in the file does not exist.
			this.#file.write(this.#bytes(), pointer + start, REGION - start, region * REGION + start);
		}
	}

	#readRegions(first: number, last: number): void {
		for (let region = first; region <= last; region++) {
			// A nonsensical header must not keep this busy.
			if (!this.#readRegion(region)) return;
		}
	}

	/** Copies a region from the file. False = it is not mapped. */
	#readRegion(region: number): boolean {
		const pointer = this.#pointerTo(region);
		if (pointer === undefined) return false;
		const start = region === 0 ? HEAD : 0;
		const got = this.#file.read(this.#bytes(), pointer + start, REGION - start, region * REGION + start);
		this.#memory().fill(0, pointer + start + got, pointer + REGION);
		return true;
	}

	#isMapped(): boolean {
		return this.#pointerTo(0) !== undefined;
	}

	#pointerTo(region: number): number | undefined {
		const position = region * REGION;
		for (const { pointer, position: start, length } of this.#mappings) {
			if (start <= position && position + REGION <= start + length) return pointer + position - start;
		}
		return undefined;
	}

	/** The instance's memory; Emscripten's file systems look at a view's buffer, whatever its offset. */
	#bytes(): Int8Array<ArrayBuffer> {
		return new Int8Array(this.#memory().buffer);
	}

	/** The head of the index as SQLite has it. */
	#own(): Int32Array<ArrayBuffer> {
		return new Int32Array(this.#memory().buffer, this.#pointerTo(0), HEAD_WORDS);
	}

	#readWords(position: number, target: Int32Array<ArrayBuffer>): void {
		const bytes = new Int8Array(target.buffer);
		const got = this.#file.read(bytes, 0, bytes.length, position);
		if (got < bytes.length) bytes.fill(0, got);
	}

	#writeWords(position: number, words: Int32Array<ArrayBuffer>): void {
		this.#file.write(new Int8Array(words.buffer), words.byteOffset, words.byteLength, position);
	}
}

function sameHeader(a: Int32Array, b: Int32Array): boolean {
	for (let word = 0; word < BACKFILL; word++) if (a[word] !== b[word]) return false;
	return true;
}

/** The frames whose entries `after` speaks of and `before` did not; none when the first is behind the last. */
function changedFrames(before: Int32Array, after: Int32Array): [first: number, last: number] {
	const last = (after[MAX_FRAME] as number) >>> 0;
	const known = (before[MAX_FRAME] as number) >>> 0;
	const goesOn = before[SALT] === after[SALT] && before[SALT + 1] === after[SALT + 1] && after[CHANGE] !== 0;
	return [goesOn && known <= last ? known + 1 : 1, last];
}

function regionOf(frame: number): number {
	return frame <= FIRST_FRAMES ? 0 : 1 + Math.floor((frame - FIRST_FRAMES - 1) / FRAMES);
}

/** Where the entry of a frame is in a region, in words; the start of the tables = it is in an earlier region. */
function entryOf(frame: number, region: number): number {
	if (region === 0) return HEAD_WORDS + frame - 1;
	return Math.max(0, frame - 1 - FIRST_FRAMES - (region - 1) * FRAMES);
}
