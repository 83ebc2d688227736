import { fromByteString, toByteString } from '../../bytes/byte-string.ts';
import type { EmscriptenFs, FileSystemNode } from '../abi/emscripten.ts';
import { type HostFiles, type MemoryPaths, NotOnHost, type OpenedFile } from './host-files.ts';

const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_NOFOLLOW = 0o400000;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

/** An open file of the host among the descriptors of a PHP instance. */
export type HostStream = {
	fd: number;
	/** As PHP sees it. */
	path: string;
	/** The host's descriptor. */
	nfd: number;
	position: number;
	node: FileSystemNode & { opened?: OpenedFile };
	shared: { refcount: number };
	/** Of a folder that is being read. */
	getdents: Listing | null | undefined;
};
export type Listing = ReturnType<HostFiles['list']>;

/** The parts of the glue's file system that streams of the host need. */
export type StreamFs = Pick<EmscriptenFs, 'FSNode' | 'isDir' | 'analyzePath'> & {
	streams: (HostStream | null | undefined)[];
	createStream(stream: object): HostStream;
	currentPath: string;
	cwd(): string;
	lookupPath(
		path: string,
		options: { follow: boolean },
	): {
		node: { mode: number; node_ops: { readlink?(node: unknown): string } };
	};
	isLink(mode: number): boolean;
	filesystems: { NODEFS: { stream_ops: object } };
};

/**
 * Gives an open file of the host a descriptor. The glue reads, writes, maps and closes it by the host's descriptor; its
 * node belongs to this file only and has no name.
 */
export function openStream(fs: StreamFs, file: OpenedFile, flags: number): number {
	const { stream_ops } = fs.filesystems.NODEFS;
	const node = new fs.FSNode(null, '/', file.mode, 0) as HostStream['node'] & { mount: object };
	node.mount = { type: fs.filesystems.NODEFS, opts: { root: file.hostPath }, mountpoint: file.path, mounts: [] };
	node.stream_ops = stream_ops;
	node.isSharedFS = true;
	node.lockKey = file.identity;
	node.opened = file;
	const stream = fs.createStream({
		node,
		path: file.path,
		flags: flags & ~(O_EXCL | O_TRUNC | O_NOFOLLOW),
		seekable: true,
		position: 0,
		stream_ops,
		ungotten: [],
		error: false,
	});
	stream.nfd = file.fd;
	stream.shared.refcount = 1;
	return stream.fd;
}

/** The stream of a descriptor, if it is a file of the host. */
export function hostStream(fs: StreamFs, fd: number): HostStream | undefined {
	const stream = fs.streams[fd];
	return stream?.node?.opened === undefined ? undefined : stream;
}

export function isFolder({ node }: HostStream): boolean {
	return (node.mode & S_IFMT) === S_IFDIR;
}

/** The links and names in the instance's own memory, as the glue has them. */
export function memoryPaths(fs: () => StreamFs): MemoryPaths {
	const look = (path: string) => {
		try {
			return fs().lookupPath(fromByteString(path), { follow: false }).node;
		} catch (error) {
			if ((error as { errno?: number }).errno === undefined) throw error;
			return undefined;
		}
	};
	return {
		exists: (path) => look(path) !== undefined,
		readlink: (path) => {
			const node = look(path);
			if (node === undefined || !fs().isLink(node.mode)) return undefined;
			return toByteString(node.node_ops.readlink?.(node) ?? '');
		},
	};
}

/** Whether a path leads into the instance's memory; then, to which name there. */
export function pathInMemory(files: HostFiles, path: string): string | undefined {
	try {
		files.stat(path, false);
	} catch (error) {
		if (error instanceof NotOnHost) return error.path;
	}
	return undefined;
}

/**
 * Makes a folder the working directory: of the host, or of the instance's memory where PHP sees none of a host. Without effect
 * when there is no such folder.
 */
export function changeFolder(files: HostFiles | undefined, fs: StreamFs, path: string): void {
	if (files === undefined) {
		if (fs.analyzePath(path).exists) fs.currentPath = path;
		return;
	}
	try {
		const folder = files.folder(toByteString(path));
		if (folder !== undefined) fs.currentPath = fromByteString(folder);
	} catch (error) {
		if (!(error instanceof NotOnHost) && typeof (error as { code?: unknown }).code !== 'string') throw error;
	}
}
