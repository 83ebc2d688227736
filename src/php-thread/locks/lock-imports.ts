import { monotonic } from '../../time/clock.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import { napBetweenLooks } from './clock-nap.ts';
import type { FileLocking } from './file-locking.ts';

type MapFile = (
	length: number,
	protection: number,
	flags: number,
	fd: number,
	offset: bigint,
	allocated: number,
	address: number,
) => number;
type UnmapFile = (
	address: number,
	length: number,
	protection: number,
	flags: number,
	fd: number,
	offset: bigint,
) => number;

/** fstat(2): writes to `buffer`. */
export type FileStat = (fd: number, buffer: number) => number;

/** What locks need of the instance. */
export type LockingContext = {
	locking(): FileLocking | undefined;
	memory(): WasmMemory;
	/** Where C's errno is. */
	errno(): number;
	/** Sleeps, milliseconds. */
	sleep(milliseconds: number): void;
};

/**
 * Imports of php.wasm around locks. Upstream lets those for locks suspend PHP, which costs microseconds at every call;
 * these never need to.
 *
 * @param env the glue's own imports
 */
export function lockingImports(env: Record<string, unknown>, context: LockingContext): Record<string, unknown> {
	const map = env._mmap_js as MapFile;
	const unmap = env._munmap_js as UnmapFile;
	return {
		__syscall_fcntl64: (fd: number, command: number, args: number) =>
			context.locking()?.fcntl64(fd, command, args) ?? 0,
		// C passes the result on as it is: PHP finds the reason in errno.
		js_flock: (fd: number, operation: number) => {
			const result = context.locking()?.flock(fd, operation) ?? 0;
			if (result >= 0) return result;
			context.memory().view.setInt32(context.errno(), -result, true);
			return -1;
		},
		_mmap_js: ((length, protection, flags, fd, offset, allocated, address) => {
			const result = map(length, protection, flags, fd, offset, allocated, address);
			if (result !== 0) return result;
			const pointer = context.memory().view.getUint32(address, true);
			context.locking()?.mapped(fd, pointer, length, Number(offset), flags);
			return 0;
		}) satisfies MapFile,
		_munmap_js: ((address, ...rest) =>
			context.locking()?.unmapped(address) === true ? 0 : unmap(address, ...rest)) satisfies UnmapFile,
		emscripten_get_now: napBetweenLooks(monotonic, (milliseconds) => {
			context.sleep(milliseconds);
			context.locking()?.slept();
		}),
	};
}

/** Where `struct stat` has the size, 64 bits. */
const SIZE_AT = 24;

/** fstat() with the sizes that SQLite is to see. @param fstat whatever else answers it */
export function fstatWithSizes(fstat: FileStat, context: Pick<LockingContext, 'locking' | 'memory'>): FileStat {
	return (fd, buffer) => {
		const result = fstat(fd, buffer);
		if (result !== 0) return result;
		const { view } = context.memory();
		const size = Number(view.getBigInt64(buffer + SIZE_AT, true));
		const shown = context.locking()?.shownSize(fd, size) ?? size;
		if (shown !== size) view.setBigInt64(buffer + SIZE_AT, BigInt(shown), true);
		return 0;
	};
}
