import type { EmscriptenFs, EmscriptenGlue, UserSpaceContext } from './abi/emscripten.ts';
import type { HostImports, PartsImports } from './abi/host-imports.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';
import type { HostFiles, MemoryPaths } from './files/host-files.ts';
import type { FileLocking } from './locks/file-locking.ts';
import type { AllowedProcesses } from './processes/process-imports.ts';
import type { HandleSignals } from './sockets/signal.ts';
import type { SocketsContext } from './sockets/socket-imports.ts';
import type { StandardStreams } from './standard-streams.ts';
import type { ExtensionBinary } from './system-files.ts';

/** Everything a PHP instance is made of. */
export type PhpInstanceOptions = {
	glue: EmscriptenGlue;
	runtime: 'NODE' | 'WORKER';
	/** php.wasm with a trimmed export section, compiled once per process. */
	module: WebAssembly.Module;
	/** Bytes of frankenphp.so for this PHP version. */
	extension: Uint8Array;
	/** Further extensions, loaded before it. */
	extensions: readonly ExtensionBinary[];
	ini: string;
	env: Record<string, string>;
	threadId: number;
	host: Omit<HostImports, keyof PartsImports>;
	/** Programs that PHP may run; needs sockets; missing = none. */
	processes?: AllowedProcesses | undefined;
	/** Hears warnings for the log. */
	warn(message: string): void;
	/** Called with the milliseconds of a time limit that PHP arms (0 = disarms). */
	armLimit(milliseconds: number): void;
	/** System calls for file locks; `unmap` is munmap() of the instance. */
	lockFiles(context: UserSpaceContext, unmap: (pointer: number, length: number) => void): FileLocking;
	/** Sleeps, milliseconds, for C code that waits until a time. */
	sleep(milliseconds: number): void;
	/** Sockets of the host; missing = PHP has those of the glue. */
	sockets?: Pick<SocketsContext, 'network' | 'cell' | 'refusal' | 'refused' | 'alarm'> | undefined;
	/** What the streams of handles tell. */
	signals: HandleSignals;
	/** The folders of the host that PHP sees; missing = none. @param memory what else PHP sees */
	files?(memory: MemoryPaths): HostFiles;
	/** Puts files into the instance's own memory. */
	mount(fs: EmscriptenFs): void;
	/** The thread runs PHP's own command line and nothing else; missing = it gets roles. */
	commandLine?: StandardStreams | undefined;
	/** Hears of paths that a script asked for and that lead to no folder of the host. Byte strings. */
	missed(path: string): void;
	/** What PHP_BINARY is, where PHP may not run itself; missing = empty. */
	phpBinary?: string | undefined;
	/** Bytes that PHP writes to stdout (1) or stderr (2) where it is no command line; they are the receiver's. */
	output(stream: number, bytes: Uint8Array): void;
	/** Whether bytes are all zero, quickly; missing = nobody knows. */
	isZero?: ((bytes: Uint8Array) => boolean) | undefined;
	/** Called before any C code runs: host functions need the memory while PHP starts. */
	onMemory(memory: WasmMemory): void;
	/** Hears the size of the memory; see WasmMemory. */
	onMemorySize(bytes: number): void;
};

/** A booted PHP: its SAPI has started (that of the command line starts with it), no script has run. */
export type PhpInstance = {
	/** Calls a C function by its index in the function table; PHP may be suspended in between. */
	call(functionIndex: number, ...args: number[]): Promise<number>;
	/** The same for a function that never suspends PHP. */
	callNow(functionIndex: number, ...args: number[]): number;
	/** Copies a NUL-terminated string into the instance's memory. Never freed: there are few roles. */
	string(text: string): number;
	/** Runs PHP's command line to its end, once. Returns its exit status. */
	commandLine(args: readonly string[]): Promise<number>;
	/** Changes the working directory; without effect when there is no such folder. */
	changeFolder(path: string): void;
	/** Ends the programs that it has started. */
	endPrograms(): Promise<void>;
	/** Folders of the host that PHP sees, byte strings. */
	readonly visible: readonly string[];
};
