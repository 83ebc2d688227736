/** The parts of Emscripten's module and file system that Igor uses. The glue has no types of its own for them. */
export interface EmscriptenFs {
	mkdirTree(path: string): void;
	open(path: string, flags: number, mode?: number): unknown;
	writeFile(path: string, data: Uint8Array | string): void;
	mount(type: unknown, options: { root: string }, mountpoint: string): void;
	filesystems: Record<string, unknown>;
	/** Open files, by descriptor. */
	streams: (EmscriptenStream | null | undefined)[];
	dupStream(stream: EmscriptenStream, fd: number): EmscriptenStream;
}

/** An open file. */
export type EmscriptenStream = { fd: number; flags: number; stream_ops: StreamOperations };

/** What a stream does; only writing is ever replaced. */
export type StreamOperations = {
	write?(stream: unknown, buffer: Int8Array, offset: number, length: number): number;
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
	/** Undefined takes a variable away that Emscripten would set. */
	ENV: Record<string, string | undefined>;
	locateFile(path: string): string;
	print(line: string): void;
	printErr(line: string): void;
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

/** An open file, as far as locking needs it. */
export type EmscriptenNode = { isSharedFS?: boolean };

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
	errnoCodes: Record<'EAGAIN' | 'EINTR' | 'EDEADLK' | 'ENOLCK' | 'EINVAL', number>;
	syscalls: { getStreamFromFD(fd: number): { node: EmscriptenNode } };
	FS: EmscriptenFs;
	NODEFS: { realPath(node: EmscriptenNode): string };
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
