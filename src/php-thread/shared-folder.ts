import { FileError } from '../shared-memory/files/file-error.ts';
import type { FileStore } from '../shared-memory/files/file-store.ts';
import { makeFolders } from '../shared-memory/files/path-lookup.ts';
import type {
	EmscriptenFs,
	FileAttributes,
	FileSystemNode,
	FileSystemStream,
	FileSystemType,
	NodeOperations,
	StreamOperations,
} from './abi/emscripten.ts';
import { ERRNO } from './abi/errno.ts';
import { O_APPEND } from './abi/fcntl.ts';
import { bearWithOtherThreads, type RacedError } from './file-races.ts';

const KIND = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;
const PERMISSIONS = 0o7777;
const SEEK_CUR = 1;
const SEEK_END = 2;
/** What stat(2) calls the device; no other file system of the glue has this number. */
const DEVICE = 0x1609;
const BLOCK = 4096;

/** A file as the glue knows it; each lookup makes a new one, so another thread's changes are seen at once. */
type Node = FileSystemNode & { parent: Node; fileId: number; lockKey: number; isListed?: boolean };
type Stream = FileSystemStream<Node> & { handle: number };

/** File systems whose functions have been replaced. */
const prepared = new WeakSet<EmscriptenFs>();

/**
 * Makes a folder of the shared files visible to PHP, under the same path. PHP thread only.
 *
 * @param files this thread's view of the shared files
 * @param path absolute; the folder is made when it is missing
 */
export function mountSharedFolder(fs: EmscriptenFs, files: FileStore, path: string): void {
	const folder = makeFolders(files, path);
	if (!prepared.has(fs)) {
		prepared.add(fs);
		keepOutOfNameTable(fs);
		bearWithOtherThreads(fs);
	}
	fs.mkdirTree(path);
	fs.mount(createType(fs, files, folder), { root: path }, path);
}

function createType(fs: EmscriptenFs, files: FileStore, root: number): FileSystemType {
	const nodeOperations: NodeOperations<Node> = {
		getattr: (node) => attributes(node.fileId),
		setattr: (node, attr) => {
			setAttributes(node.fileId, attr);
			if (attr.mode !== undefined) node.mode = attr.mode;
		},
		lookup: (parent, name) => {
			const found = attempt(() => files.find(parent.fileId, name));
			// At a file that has just been removed, the glue stops listing the folder unless the error is this one.
			if (found === undefined) throw new fs.ErrnoError(parent.isListed ? ERRNO.EINVAL : ERRNO.ENOENT);
			return createNode(parent, name, found.id, found.mode);
		},
		mknod: (parent, name, mode) =>
			createNode(
				parent,
				name,
				attempt(() => files.create(parent.fileId, name, mode)),
				mode,
			),
		rename: (node, folder, name) => {
			attempt(() => files.rename(node.parent.fileId, node.name, folder.fileId, name));
			node.name = name;
		},
		unlink: (parent, name) => attempt(() => files.unlink(parent.fileId, name)),
		rmdir: (parent, name) => attempt(() => files.rmdir(parent.fileId, name)),
		readdir: (node) => ['.', '..', ...attempt(() => files.names(node.fileId))],
		symlink: (parent, name, target) => {
			const id = attempt(() => files.symlink(parent.fileId, name, target));
			return createNode(
				parent,
				name,
				id,
				attempt(() => files.mode(id)),
			);
		},
		readlink: (node) => attempt(() => files.readlink(node.fileId)),
		statfs: () => {
			const { total, free } = attempt(() => files.space());
			const blocks = {
				blocks: Math.floor(total / BLOCK),
				bfree: Math.floor(free / BLOCK),
				bavail: Math.floor(free / BLOCK),
			};
			return { bsize: BLOCK, frsize: BLOCK, ...blocks };
		},
	};
	const streamOperations: StreamOperations<Stream> = {
		open: (stream) => {
			try {
				stream.handle = attempt(() => files.open(stream.node.fileId));
			} catch (error) {
				fs.closeStream(stream.fd);
				throw error;
			}
			if (!fs.isDir(stream.node.mode)) return;
			// A node of its own: the root's is shared by all.
			stream.node = createNode(stream.node.parent, stream.node.name, stream.node.fileId, stream.node.mode);
			stream.node.isListed = true;
		},
		dup: (stream) => {
			stream.handle = attempt(() => files.open(stream.node.fileId));
		},
		close: (stream) => attempt(() => files.close(stream.handle)),
		read: (stream, buffer, offset, length, position) =>
			attempt(() => files.read(stream.node.fileId, buffer, offset, length, position)),
		write: (stream, buffer, offset, length, position) => {
			if ((stream.flags & O_APPEND) !== 0) {
				stream.position = attempt(() => files.append(stream.node.fileId, buffer, offset, length));
			} else {
				attempt(() => files.write(stream.node.fileId, buffer, offset, length, position));
			}
			return length;
		},
		llseek: (stream, offset, whence) => {
			let position = offset;
			if (whence === SEEK_CUR) position += stream.position;
			else if (whence === SEEK_END && fs.isFile(stream.node.mode)) {
				position += attempt(() => files.stat(stream.node.fileId)).size;
			}
			if (position < 0) throw new fs.ErrnoError(ERRNO.EINVAL);
			return position;
		},
		mmap: (stream, length, position, protection, flags) => {
			const contents = new Uint8Array(length);
			attempt(() => files.read(stream.node.fileId, contents, 0, length, position));
			// Only the glue's own file system can allocate memory; it does so for a file of its own with the same content.
			const file = { node: { mode: FILE, contents, usedBytes: length } };
			return fs.filesystems.MEMFS.stream_ops.mmap(file, length, 0, protection, flags);
		},
		msync: (stream, buffer, offset, length) => {
			attempt(() => files.write(stream.node.fileId, buffer, 0, length, offset));
			return 0;
		},
	};

	function createNode(parent: Node | null, name: string, id: number, mode: number): Node {
		const node = new fs.FSNode(parent, name, mode, 0) as Node;
		node.node_ops = nodeOperations;
		node.stream_ops = streamOperations;
		node.isSharedFS = true;
		node.fileId = id;
		node.lockKey = id;
		return node;
	}

	function attributes(id: number): FileAttributes {
		const stat = attempt(() => files.stat(id));
		const isFolder = (stat.mode & KIND) === FOLDER;
		const size = isFolder ? BLOCK : stat.size;
		return {
			dev: DEVICE,
			ino: stat.id,
			mode: stat.mode,
			nlink: isFolder ? 2 : 1,
			uid: 0,
			gid: 0,
			rdev: 0,
			size,
			atime: new Date(stat.atime),
			mtime: new Date(stat.mtime),
			ctime: new Date(stat.ctime),
			blksize: BLOCK,
			blocks: Math.ceil(size / 512),
		};
	}

	function setAttributes(id: number, attr: Parameters<NonNullable<NodeOperations<Node>['setattr']>>[1]): void {
		attempt(() => {
			if (attr.mode !== undefined) files.setPermissions(id, attr.mode & PERMISSIONS);
			if (attr.size !== undefined) files.truncate(id, attr.size);
			const [atime, mtime] = [attr.atime ?? undefined, attr.mtime ?? undefined];
			if (atime !== undefined || mtime !== undefined) files.setTimes(id, atime, mtime);
		});
	}

	/** Refusals of the store as the glue's errors. */
	function attempt<T>(action: () => T): T {
		try {
			return action();
		} catch (error) {
			if (!(error instanceof FileError)) throw error;
			const raced: RacedError = { isGone: error.code === 'ENOENT' };
			throw Object.assign(new fs.ErrnoError(ERRNO[error.code]), raced);
		}
	}

	return { mount: () => createNode(null, '/', root, files.mode(root)) };
}

/** The glue takes a node from its table without asking whether it still exists; ours are looked up each time. */
function keepOutOfNameTable(fs: EmscriptenFs): void {
	const add = fs.hashAddNode.bind(fs);
	fs.hashAddNode = (node) => {
		if (node.isSharedFS !== true) add(node);
	};
}
