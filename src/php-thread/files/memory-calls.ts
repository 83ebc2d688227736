import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import { memoryPaths, type StreamFs } from './file-streams.ts';
import type { Paths } from './paths.ts';

/** A system call, with the arguments that libc passes; results below 0 are negative errno values. */
export type Call = (...args: number[]) => number;

// Numbers of PHP's libc.
const O_ACCMODE = 0o3;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;

type MemoryContext = { memory(): WasmMemory; fs(): StreamFs; sealed(): boolean };
type MemoryCalls = Record<'open' | 'mkdir', Call>;

/** The glue's own calls that create something in the instance's memory: the umask applies to it. */
export function memoryCalls(
	glue: Readonly<Record<string, Call>>,
	masks: { readonly umask: number },
	{ memory }: MemoryContext,
): MemoryCalls {
	const { __syscall_openat: open, __syscall_mkdirat: mkdir } = glue;
	return {
		open: (folder = 0, path = 0, flags = 0, varargs = 0) => {
			if ((flags & O_CREAT) !== 0 && varargs !== 0) {
				const { view } = memory();
				view.setInt32(varargs, view.getInt32(varargs, true) & ~masks.umask, true);
			}
			return (open as Call)(folder, path, flags, varargs);
		},
		mkdir: (folder = 0, path = 0, mode = 0) => (mkdir as Call)(folder, path, mode & ~masks.umask),
	};
}

/**
 * Keeps PHP from changing files in the instance's own memory: no other thread would see what it writes there, and it
 * would be gone with this one. Devices may be written.
 */
export function sealedCalls(
	{ open }: MemoryCalls,
	paths: Paths,
	{ fs, sealed }: MemoryContext,
): { openSealed: Call; unlessSealed(call: Call | undefined, at: number, creates?: boolean): Call } {
	const { exists } = memoryPaths(fs);
	const refusal = (pointer: number, creates: boolean): number => {
		const path = paths.text(pointer);
		const wanted = creates ? path.replace(/\/[^/]*\/*$/, '') || '/' : path;
		return exists(wanted) ? -ERRNO.EROFS : -ERRNO.ENOENT;
	};
	return {
		openSealed: (folder = 0, path = 0, flags = 0, varargs = 0) => {
			if ((flags & (O_ACCMODE | O_CREAT | O_TRUNC)) === 0 || !sealed()) return open(folder, path, flags, varargs);
			if (!paths.text(path).startsWith('/dev/')) return refusal(path, (flags & O_CREAT) !== 0);
			return open(folder, path, flags & ~O_CREAT, varargs);
		},
		/** @param at which argument the path is @param creates whether its last name may be missing */
		unlessSealed:
			(call, at, creates = false) =>
			(...args) =>
				sealed() ? refusal(args[at] as number, creates) : (call as Call)(...args),
	};
}
