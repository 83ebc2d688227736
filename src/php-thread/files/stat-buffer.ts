import type { HostFiles, HostStat } from './host-files.ts';

const BLOCK = 4096;

/** Writes `struct stat` of PHP's libc. */
export function writeStat(view: DataView, at: number, stat: HostStat): void {
	view.setUint32(at, stat.dev, true);
	view.setUint32(at + 4, stat.mode, true);
	view.setUint32(at + 8, stat.nlink, true);
	view.setUint32(at + 12, stat.uid, true);
	view.setUint32(at + 16, stat.gid, true);
	view.setUint32(at + 20, stat.rdev, true);
	view.setBigInt64(at + 24, BigInt(stat.size), true);
	view.setInt32(at + 32, BLOCK, true);
	view.setInt32(at + 36, stat.blocks, true);
	writeTime(view, at + 40, stat.atimeMs);
	writeTime(view, at + 56, stat.mtimeMs);
	writeTime(view, at + 72, stat.ctimeMs);
	view.setBigInt64(at + 88, BigInt(stat.ino), true);
}

/** `struct statfs` of PHP's libc. */
export function writeSpace(view: DataView, at: number, space: ReturnType<HostFiles['space']>): void {
	view.setUint32(at + 4, space.bsize, true);
	view.setBigInt64(at + 8, BigInt(space.blocks), true);
	view.setBigInt64(at + 16, BigInt(space.bfree), true);
	view.setBigInt64(at + 24, BigInt(space.bavail), true);
	view.setBigInt64(at + 32, BigInt(space.files), true);
	view.setBigInt64(at + 40, BigInt(space.ffree), true);
	view.setUint32(at + 48, 0, true);
	view.setUint32(at + 56, 255, true);
	view.setUint32(at + 60, space.bsize, true);
	view.setUint32(at + 64, 0, true);
}

/** Reads the two `struct timespec` of utimensat(2): seconds, or undefined for UTIME_OMIT. */
export function readTimes(view: DataView, at: number): [number | undefined, number | undefined] {
	if (at === 0) return [Date.now() / 1000, Date.now() / 1000];
	return [readTime(view, at), readTime(view, at + 16)];
}

function writeTime(view: DataView, at: number, milliseconds: number): void {
	const seconds = Math.floor(milliseconds / 1000);
	view.setBigInt64(at, BigInt(seconds), true);
	view.setUint32(at + 8, Math.floor((milliseconds - seconds * 1000) * 1e6), true);
}

const UTIME_NOW = 0x3fffffff;
const UTIME_OMIT = 0x3ffffffe;

function readTime(view: DataView, at: number): number | undefined {
	const nanoseconds = view.getInt32(at + 8, true);
	if (nanoseconds === UTIME_OMIT) return undefined;
	if (nanoseconds === UTIME_NOW) return Date.now() / 1000;
	return Number(view.getBigInt64(at, true)) + nanoseconds / 1e9;
}
