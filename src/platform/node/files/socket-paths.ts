import { chmodSync, closeSync, fstatSync, linkSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { fromByteString } from '../../../bytes/byte-string.ts';
import type { SocketPath } from '../../../php-thread/files/host-files.ts';
import { at, type Folder, O_DIRECTORY, O_NOFOLLOW, O_PATH } from './folder.ts';
import { refusal } from './host-error.ts';
import type { Masks } from './open-file.ts';
import { LINK } from './resolver.ts';

/** Where to connect to: the socket itself and not its name, so that nobody can swap it. */
export function socketToConnect(folder: Folder, name: string): SocketPath | typeof LINK {
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
 * Where to bind. Node removes a socket's path when it closes the socket; natively it stays. So it is bound under a unique
 * name, gets its own name as a second one, and loses the first.
 */
export function socketToBind(folder: Folder, name: string, { umask, serverUmask }: Masks): SocketPath {
	if (lstatSync(at(folder, name), { throwIfNoEntry: false }) !== undefined) throw refusal('EADDRINUSE');
	if (folder.fd === undefined) return { path: fromByteString(folder.prefix + name), release: () => {} };
	const fd = openSync(at(folder, '.'), O_PATH | O_DIRECTORY | O_NOFOLLOW);
	// Loaded with the first socket: most threads never open one here.
	const { randomUUID } = process.getBuiltinModule('node:crypto');
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

/** Only of a socket: other PHP threads see its name, too, and may have put a link there. */
function setMode(path: string, mode: number): void {
	const fd = openSync(path, O_PATH | O_NOFOLLOW);
	try {
		if (fstatSync(fd).isSocket()) chmodSync(`/proc/self/fd/${fd}`, mode);
	} finally {
		closeSync(fd);
	}
}
