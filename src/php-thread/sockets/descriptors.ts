import type { EmscriptenFs } from '../abi/emscripten.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK } from '../abi/fcntl.ts';
import type { Socket } from './socket.ts';

const S_IFSOCK = 0o140000;
export const S_IFIFO = 0o010000;
const O_RDWR = 2;

type SocketStream = { fd: number; flags: number; node: SocketNode; stream_ops: unknown };
type SocketNode = { igorSocket?: Socket; mode: number };

/** The parts of the glue's file system that descriptors of sockets need. */
export type DescriptorFs = Pick<EmscriptenFs, 'ErrnoError'> & {
	streams: (SocketStream | null | undefined)[];
	FSNode: new (parent: null, name: string, mode: number, device: number) => SocketNode;
	createStream(stream: object): SocketStream;
	close(stream: SocketStream): void;
};

/** Sockets among the descriptors of a PHP instance: files and sockets share one table, the glue's. */
export class Descriptors {
	readonly #fs: () => DescriptorFs;

	constructor(fs: () => DescriptorFs) {
		this.#fs = fs;
	}

	/** Gives a socket a descriptor. @param kind what fstat(2) calls it */
	open(socket: Socket, nonBlocking: boolean, kind = S_IFSOCK): number {
		const fs = this.#fs();
		const node = new fs.FSNode(null, 'socket', kind | 0o777, 0);
		node.igorSocket = socket;
		const flags = O_RDWR | (nonBlocking ? O_NONBLOCK : 0);
		return fs.createStream({ path: 'socket', node, flags, seekable: false, stream_ops: this.#operations() }).fd;
	}

	/** The socket behind a descriptor, or a negative errno. */
	socket(fd: number): Socket | number {
		const stream = this.#fs().streams[fd];
		if (stream === undefined || stream === null) return -ERRNO.EBADF;
		return stream.node?.igorSocket ?? -ERRNO.ENOTSOCK;
	}

	/** The stream of any open descriptor. */
	stream(fd: number): SocketStream | undefined {
		return this.#fs().streams[fd] ?? undefined;
	}

	isNonBlocking(fd: number): boolean {
		return ((this.#fs().streams[fd]?.flags ?? 0) & O_NONBLOCK) !== 0;
	}

	/** Closes a descriptor; 0 or a negative errno. */
	close(fd: number): number {
		const stream = this.#fs().streams[fd];
		if (stream === undefined || stream === null) return -ERRNO.EBADF;
		this.#fs().close(stream);
		return 0;
	}

	/** What read(2), write(2), close(2), dup(2) and fstat(2) do with a socket. */
	#operations(): object {
		const { ErrnoError } = this.#fs();
		const checked = (result: number): number => {
			if (result < 0) throw new ErrnoError(-result);
			return result;
		};
		const socketOf = (stream: SocketStream): Socket => stream.node.igorSocket as Socket;
		const part = (buffer: Int8Array, offset: number, length: number): Uint8Array =>
			new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
		return {
			read: (stream: SocketStream, buffer: Int8Array, offset: number, length: number) =>
				checked(socketOf(stream).receive(part(buffer, offset, length), false)),
			write: (stream: SocketStream, buffer: Int8Array, offset: number, length: number) =>
				checked(socketOf(stream).send(part(buffer, offset, length), (stream.flags & O_NONBLOCK) !== 0)),
			poll: (stream: SocketStream) => socketOf(stream).events,
			dup: (stream: SocketStream) => {
				socketOf(stream).references++;
			},
			close: (stream: SocketStream) => {
				const socket = socketOf(stream);
				if (--socket.references === 0) socket.close();
			},
			getattr: (stream: SocketStream) => attributesOf(stream.node.mode),
		};
	}
}

/** What fstat() tells of a descriptor without a file. @param mode kind and permissions, as in st_mode */
export function attributesOf(mode: number): object {
	const none = new Date(0);
	return {
		dev: 9,
		ino: 1,
		mode,
		nlink: 1,
		uid: 0,
		gid: 0,
		rdev: 0,
		size: 0,
		blksize: 4096,
		blocks: 0,
		atime: none,
		mtime: none,
		ctime: none,
	};
}
