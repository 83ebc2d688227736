import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, fstatSync, linkSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { fromByteString } from '../../../bytes/byte-string.ts';
import type { SocketPlace } from '../../../php-thread/files/host-files.ts';
import { at, type Folder, O_DIRECTORY, O_NOFOLLOW, O_PATH } from './folder.ts';
import { refusal } from './host-error.ts';
import type { Masks } from './open-file.ts';
import { LINK } from './resolver.ts';

/** The socket itself, not its name: nobody can put another one in its place. */
export function socketToConnect(folder: Folder, name: string): SocketPlace | typeof LINK {
	if (folder.fd === undefined) {
		if (lstatSync(at(folder, name)).isSymbolicLink()) return LINK;
		return { path: fromByteString(folder.prefix + name), release: () => {} };
	}
	const fd = openSync(at(folder, name), O_PATH | O_NOFOLLOW);
	if (fstatSync(fd).isSymbolicLink()) {
		closeSync(fd);
		return LINK;
	}
	return { path: `/proc/self/fd/${fd}`, release: () => closeSync(fd) };
}

/**
 * Node removes a socket's path when it is closed, and natively it stays: so it is bound under a name that nobody else
 * has, gets its own name as a second one, and loses the first.
 */
export function socketToBind(folder: Folder, name: string, { umask, serverUmask }: Masks): SocketPlace {
	if (lstatSync(at(folder, name), { throwIfNoEntry: false }) !== undefined) throw refusal('EADDRINUSE');
	if (folder.fd === undefined) return { path: fromByteString(folder.prefix + name), release: () => {} };
	const fd = openSync(at(folder, '.'), O_PATH | O_DIRECTORY | O_NOFOLLOW);
	const own = `/proc/self/fd/${fd}/.${randomUUID()}`;
	return {
		path: own,
		publish: () => {
			try {
				if (umask !== serverUmask) setMode(own, 0o777 & ~umask);
				linkSync(own, at({ ...folder, prefix: `/proc/self/fd/${fd}/` }, name));
			} catch (error) {
				throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? refusal('EADDRINUSE') : error;
			} finally {
				unlinkSync(own);
			}
		},
		release: () => closeSync(fd),
	};
}

/** Of a socket, and of nothing else: other threads of PHP see its name as well, and may have put a link there. */
function setMode(path: string, mode: number): void {
	const fd = openSync(path, O_PATH | O_NOFOLLOW);
	try {
		if (fstatSync(fd).isSocket()) chmodSync(`/proc/self/fd/${fd}`, mode);
	} finally {
		closeSync(fd);
	}
}
