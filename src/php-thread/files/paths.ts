import { fromByteString, toByteString } from '../../bytes/byte-string.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { StreamFs } from './file-streams.ts';

/** Of `*at()` functions: relative to the working directory. */
export const AT_FDCWD = -100;
const LONGEST_PATH = 4096;

/** What paths need of the instance. */
export type PathsContext = { memory(): WasmMemory; fs(): StreamFs; malloc(bytes: number): number };

/** Paths in the instance's memory, and the folder that relative ones belong to. */
export class Paths {
	readonly #context: PathsContext;
	/** Room for two paths that are handed to the glue. */
	#room = 0;
	/** The working directory as the glue knows it, and as it really is: names need not be UTF-8. */
	#cwd = { text: '/', bytes: '/' };

	constructor(context: PathsContext) {
		this.#context = context;
	}

	/** A C string, one code unit for each byte. */
	text(pointer: number): string {
		const { bytes } = this.#context.memory();
		const end = bytes.indexOf(0, pointer);
		if (end < 0 || end - pointer > LONGEST_PATH) throw { code: 'ENAMETOOLONG' };
		return String.fromCharCode.apply(null, bytes.subarray(pointer, end) as unknown as number[]);
	}

	/** The absolute path that a C string means. */
	read(pointer: number, folder: number): string {
		const path = this.text(pointer);
		if (path.startsWith('/')) return path;
		if (path === '') throw { code: 'ENOENT' };
		const fs = this.#context.fs();
		if (folder === AT_FDCWD) return `${this.cwd() === '/' ? '' : this.cwd()}/${path}`;
		const from = fs.streams[folder]?.path;
		if (from === undefined) throw { code: 'EBADF' };
		return `${from}/${path}`;
	}

	/** The working directory. */
	cwd(): string {
		const text = this.#context.fs().cwd();
		if (this.#cwd.text !== text) this.#cwd = { text, bytes: toByteString(text) };
		return this.#cwd.bytes;
	}

	/** Makes a folder the working directory. */
	change(bytes: string): void {
		this.#cwd = { text: fromByteString(bytes), bytes };
		this.#context.fs().currentPath = this.#cwd.text;
	}

	/** Writes bytes, without a NUL behind them; returns their number. */
	write(text: string, pointer: number): number {
		const { bytes } = this.#context.memory();
		for (let i = 0; i < text.length; i++) bytes[pointer + i] = text.charCodeAt(i);
		return text.length;
	}

	/** A C string that is valid for this call. @param place 0 or 1 */
	written(place: number, path: string): number {
		const size = 2 * LONGEST_PATH;
		if (path.length >= size) throw { code: 'ENAMETOOLONG' };
		this.#room ||= this.#context.malloc(2 * size);
		const pointer = this.#room + place * size;
		this.#context.memory().bytes[pointer + this.write(path, pointer)] = 0;
		return pointer;
	}
}
