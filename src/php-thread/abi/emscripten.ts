/** The parts of Emscripten's module and file system that Igor uses. The glue has no types of its own for them. */
export interface EmscriptenFs {
	mkdirTree(path: string): void;
	symlink(target: string, path: string): void;
	open(path: string, flags: number, mode?: number): unknown;
	chmod(path: string, mode: number): void;
	analyzePath(path: string): { exists: boolean };
	rename(from: string, to: string): void;
	/** With `canOwn` the bytes become the file's, uncopied; they may be shared memory. */
	writeFile(path: string, data: Uint8Array | string, options?: { canOwn: boolean }): void;
	mount(type: unknown, options: { root: string }, mountpoint: string): void;
	filesystems: Record<string, unknown> & { MEMFS: { stream_ops: { mmap: MapFile } } };
	/** Open files, by descriptor. */
	streams: (EmscriptenStream | null | undefined)[];
	dupStream(stream: EmscriptenStream, fd: number): EmscriptenStream;
	closeStream(fd: number): void;
	/** Closes an open file, with all that its file system does then. */
	close(stream: EmscriptenStream): void;
	isDir(mode: number): boolean;
	isFile(mode: number): boolean;
	/** Makes a node known by its name: the glue does not look it up again. */
	hashAddNode(node: EmscriptenNode): void;
	readonly FSNode: new (parent: FileSystemNode | null, name: string, mode: number, device: number) => FileSystemNode;
	/** What operations throw; `errno` as in the glue's libc. */
	readonly ErrnoError: new (
		errno: number,
	) => { errno: number };
}

/** An open file, whatever its file system. */
export type EmscriptenStream = { fd: number; flags: number; stream_ops: StreamOperations };

/** A type of file system, for `EmscriptenFs.mount`. */
export type FileSystemType = { mount(mount: unknown): FileSystemNode };

/** A file or folder, as the glue passes it to the operations of its file system. */
export type FileSystemNode = EmscriptenNode & {
	parent: FileSystemNode;
	name: string;
	/** Kind and permissions, as in stat(2). */
	mode: number;
	node_ops: unknown;
	stream_ops: unknown;
};

/** An open file or folder, as the glue passes it to the operations of its file system. */
export type FileSystemStream<Node> = { fd: number; node: Node; flags: number; position: number };

/** What stat(2) tells. */
export type FileAttributes = Record<
	'dev' | 'ino' | 'mode' | 'nlink' | 'uid' | 'gid' | 'rdev' | 'size' | 'blksize' | 'blocks',
	number
> &
	Record<'atime' | 'mtime' | 'ctime', Date>;

/** What a file system does with nodes. */
export type NodeOperations<Node> = {
	getattr(node: Node): FileAttributes;
	/** Times in milliseconds, null = as it is. */
	setattr(node: Node, attr: { mode?: number; size?: number; atime?: number | null; mtime?: number | null }): void;
	lookup(parent: Node, name: string): Node;
	mknod(parent: Node, name: string, mode: number, device: number): Node;
	rename(node: Node, folder: Node, name: string): void;
	unlink(parent: Node, name: string): void;
	rmdir(parent: Node, name: string): void;
	readdir(node: Node): string[];
	symlink(parent: Node, name: string, target: string): Node;
	readlink(node: Node): string;
	statfs(root: string): Record<'bsize' | 'frsize' | 'blocks' | 'bfree' | 'bavail', number>;
};

/** Makes a copy of a part of a file in PHP's memory. */
export type MapFile<Stream = unknown> = (
	stream: Stream,
	length: number,
	position: number,
	protection: number,
	flags: number,
) => { ptr: number; allocated: boolean };

/** What a stream does. */
export type StreamOperations<Stream = unknown> = {
	open?(stream: Stream): void;
	close?(stream: Stream): void;
	/** It has got a second descriptor. */
	dup?(stream: Stream): void;
	read?(stream: Stream, buffer: Int8Array, offset: number, length: number, position: number): number;
	write?(stream: Stream, buffer: Int8Array, offset: number, length: number, position: number): number;
	llseek?(stream: Stream, offset: number, whence: number): number;
	mmap?: MapFile<Stream>;
	/** Writes a mapped part back: `buffer` up to `length`, to `offset` of the file. */
	msync?(stream: Stream, buffer: Uint8Array, offset: number, length: number): number;
};

/** A loaded PHP module. */
export interface EmscriptenModule {
	FS: EmscriptenFs;
	ENV: Record<string, string>;
	ccall(name: string, returns: string | null, types: string[], args: unknown[], options?: { async: boolean }): unknown;
}

/** What `instantiateWasm` gets: `env` takes the host functions. */
export type WasmImports = { env: Record<string, unknown> } & Record<string, Record<string, unknown>>;

/** Options of the glue's `init` that Igor sets. */
export type EmscriptenOptions = {
	processId: number;
	/** Undefined removes a variable that Emscripten would set. */
	ENV: Record<string, string | undefined>;
	locateFile(path: string): string;
	print(line: string): void;
	printErr(line: string): void;
	/** What php.wasm's command line writes before a script runs. */
	onStdout(bytes: Uint8Array): void;
	onStderr(bytes: Uint8Array): void;
	quit(status: number, error: unknown): void;
	onAbort(reason: unknown): void;
	onRuntimeInitialized(): void;
	noInitialRun: true;
	preRun: ((module: EmscriptenModule) => void)[];
	bindUserSpace(context: UserSpaceContext): UserSpace;
	instantiateWasm(
		imports: WasmImports,
		receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
	): object;
};

/** A file, as far as locking needs it. */
export type EmscriptenNode = {
	/** Other threads see it, too. */
	isSharedFS?: boolean;
	/** What identifies it for file locks; default: its path. */
	lockKey?: number;
};

/** What the glue gives to `bindUserSpace`. */
export type UserSpaceContext = {
	constants: Record<
		| 'F_GETLK'
		| 'F_SETLK'
		| 'F_SETLKW'
		| 'F_RDLCK'
		| 'F_WRLCK'
		| 'F_UNLCK'
		| 'SEEK_SET'
		| 'LOCK_EX'
		| 'LOCK_NB'
		| 'LOCK_UN',
		number
	>;
	FS: EmscriptenFs;
	wasmImports: {
		builtin_fcntl64(fd: number, command: number, args: number): number;
		builtin_fd_close(fd: number): number;
	};
};

/** System calls that the glue leaves to its embedder; results are negative errno values. */
export type UserSpace = {
	flock(fd: number, operation: number): number;
	fcntl64(fd: number, command: number, args: number): number;
	fd_close(fd: number): number;
	js_release_file_locks(): undefined;
};

/** A glue file: `@php-wasm/node-8-x/jspi/php_8_x.js`. */
export type EmscriptenGlue = {
	init(runtime: 'NODE' | 'WORKER', options: EmscriptenOptions): EmscriptenModule;
};
