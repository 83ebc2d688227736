import { toByteString } from '../../bytes/byte-string.ts';
import { ERRNO, errnoOf } from '../abi/errno.ts';
import { type HostFiles, NotOnHost, type SocketPath } from '../files/host-files.ts';
import type { Purpose } from './network-port.ts';

/** The longest path of a UNIX socket, bytes; one more ends it. */
const LONGEST_PATH = 107;

/**
 * The host's path of a UNIX socket that PHP names, to be released after its use, or a negative errno. Only folders of the
 * host that PHP sees have one.
 *
 * @param files the folders of the host; undefined = there are none
 * @param cwd PHP's working directory
 */
export function resolveSocketPath(
	files: HostFiles | undefined,
	cwd: string,
	path: string,
	purpose: Purpose,
): SocketPath | number {
	// Names in the abstract namespace begin with NUL: they are in no folder.
	if (files === undefined || path === '' || path.startsWith('\0')) return -ERRNO.EACCES;
	if (toByteString(path).length > LONGEST_PATH) return -ERRNO.ENAMETOOLONG;
	const absolute = toByteString(path.startsWith('/') ? path : `${cwd}/${path}`);
	try {
		return purpose === 'connect' ? files.socketToConnect(absolute) : files.socketToBind(absolute);
	} catch (error) {
		if (error instanceof NotOnHost) return -ERRNO.EACCES;
		const { code } = error as { code?: unknown };
		if (typeof code !== 'string') throw error;
		return -errnoOf(code);
	}
}
