import type { EmscriptenFs, UserSpaceContext } from './emscripten.ts';
import { ERRNO } from './errno.ts';

// Numbers of musl.
const F_DUPFD = 0;
const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
export const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
/** What F_SETFL can change. */
const CHANGEABLE = O_APPEND | O_NONBLOCK;

/**
 * fcntl() without locks, for builds of the glue whose own may only be called by WASM. Runs on a PHP thread.
 * Results are descriptors or flags; negative errno values for errors.
 */
export function createFcntl(
	context: Pick<UserSpaceContext, 'FS'>,
	view: () => DataView,
): (fd: number, command: number, args: number) => number {
	const fs: EmscriptenFs = context.FS;
	return (fd, command, args) => {
		const stream = fs.streams[fd];
		if (stream === undefined || stream === null) return -ERRNO.EBADF;
		switch (command) {
			case F_GETFD:
			case F_SETFD:
				return 0;
			case F_GETFL:
				return stream.flags;
			case F_SETFL:
				return setFlags(stream, view().getInt32(args, true));
			case F_DUPFD:
			case F_DUPFD_CLOEXEC: {
				let at = view().getInt32(args, true);
				if (at < 0) return -ERRNO.EINVAL;
				while (fs.streams[at] != null) at++;
				return fs.dupStream(stream, at).fd;
			}
			default:
				return -ERRNO.EINVAL;
		}
	};
}

/** F_SETFL of fcntl(2) on an open file or socket; 0. */
export function setFlags(stream: { flags: number }, flags: number): number {
	stream.flags = (stream.flags & ~CHANGEABLE) | (flags & CHANGEABLE);
	return 0;
}
