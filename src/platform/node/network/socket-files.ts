import type { EmscriptenFs } from '../../../php-thread/emscripten.ts';

const S_IFMT = 0o170000;
const S_IFSOCK = 0o140000;
const S_IFREG = 0o100000;

type Node = { mode: number };
type NodeFs = { createNode(parent: unknown, name: string, mode: number, device: number): Node };

/**
 * Lets PHP see UNIX sockets in the host's folders, to ask for them, to connect and to remove them. The glue knows only
 * files, folders and links there.
 */
export function showSocketFiles(fs: EmscriptenFs): void {
	const host = fs.filesystems.NODEFS as NodeFs;
	const createNode = host.createNode.bind(host);
	host.createNode = (parent, name, mode, device) => {
		if ((mode & S_IFMT) !== S_IFSOCK) return createNode(parent, name, mode, device);
		const node = createNode(parent, name, (mode & ~S_IFMT) | S_IFREG, device);
		node.mode = mode;
		return node;
	};
}
