import { ERRNO } from '../errno.ts';

/** The longest path of a UNIX socket, bytes; one more ends it. */
const LONGEST_PATH = 107;

type PathNode = { name: string; mount: { type: unknown; opts: { root?: string } } };

/** The parts of the glue's file system that find out where a path leads. */
export type PathFs = {
	lookupPath(path: string, options: { parent?: boolean; follow?: boolean }): { path: string; node: PathNode };
	filesystems: { NODEFS?: { realPath(node: PathNode): string } };
};

/**
 * The host's path of a UNIX socket that PHP names, or a negative errno. Only folders of the host that PHP sees have one;
 * symbolic links are followed inside PHP's own view.
 */
export function resolveSocketPath(fs: PathFs, path: string): string | number {
	// Names in the abstract namespace begin with NUL: they lie in no folder.
	if (path === '' || path.startsWith('\0')) return -ERRNO.EACCES;
	const { NODEFS } = fs.filesystems;
	try {
		const found = find(fs, path);
		if (NODEFS === undefined || found.node.mount.type !== NODEFS) return -ERRNO.EACCES;
		const folder = NODEFS.realPath(found.node);
		const whole = found.name === undefined ? folder : `${folder}/${found.name}`;
		return new TextEncoder().encode(whole).length > LONGEST_PATH ? -ERRNO.ENAMETOOLONG : whole;
	} catch (error) {
		const { errno } = error as { errno?: number };
		if (errno === undefined) throw error;
		return -errno;
	}
}

/** The node itself, or its folder and its name when there is none yet. */
function find(fs: PathFs, path: string): { node: PathNode; name: string | undefined } {
	try {
		return { node: fs.lookupPath(path, { follow: true }).node, name: undefined };
	} catch (error) {
		if ((error as { errno?: number }).errno !== ERRNO.ENOENT) throw error;
		const name = path.replace(/\/+$/, '').replace(/^.*\//, '');
		if (name === '' || name === '.' || name === '..') throw error;
		// A link that leads out of PHP's view: the host would follow it.
		if (exists(fs, path)) throw error;
		return { node: fs.lookupPath(path, { parent: true }).node, name };
	}
}

/** Whether there is something of that name, be it a link that leads nowhere. */
function exists(fs: PathFs, path: string): boolean {
	try {
		fs.lookupPath(path, { follow: false });
		return true;
	} catch {
		return false;
	}
}
