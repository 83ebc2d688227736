import { exportedSlots } from '../php-binary/exported-slots.ts';
import type { EmscriptenModule, EmscriptenOptions } from './abi/emscripten.ts';
import { createFcntl } from './abi/fcntl.ts';
import type { BootImports, HandleImports } from './abi/host-imports.ts';
import { WasmMemory } from './abi/wasm-memory.ts';
import { withClearing } from './cleared-memory.ts';
import { type Allocator, cxxImports } from './cxx-runtime.ts';
import { type FiberExports, Fibers } from './fibers.ts';
import { installFiles } from './files/file-imports.ts';
import { changeFolder, memoryPaths, type StreamFs } from './files/file-streams.ts';
import type { HostFiles } from './files/host-files.ts';
import { guardImports } from './guarded-imports.ts';
import { HandleStreams } from './handle-streams.ts';
import type { FileLocking } from './locks/file-locking.ts';
import { type FileStat, fstatWithSizes, type LockingContext, lockingImports } from './locks/lock-imports.ts';
import { ModuleLoading } from './module-loading.ts';
import { forbidCompilation, forbidEvaluation } from './no-new-code.ts';
import type { PhpInstance, PhpInstanceOptions } from './php-instance.ts';
import type { Children } from './processes/children.ts';
import { refuseProcesses } from './processes/no-processes.ts';
import { waitForPipes } from './processes/pipes.ts';
import { installProcesses } from './processes/process-imports.ts';
import { Refusals } from './processes/refusal.ts';
import { readString } from './sockets/names.ts';
import { installSockets, type SocketParts } from './sockets/socket-imports.ts';
import { connectOutput, connectStandardStreams, outputOf } from './standard-streams.ts';
import { extensionFile, INI_FILE, installExtensions } from './system-files.ts';
import { hideUnexported } from './table-lookup.ts';
import { createTimers } from './timers.ts';
import { clockImports } from './wall-clock.ts';
import { warmUpFolder } from './warm-up.ts';

/** As many as the glue has. */
const MOST_DESCRIPTORS = 4096;
const STDOUT = 1;
const STDERR = 2;
/** What PHP's command line calls itself. */
const PROGRAM = 'php';

/** What Emscripten would put into the environment by itself; some of it reveals facts about the host. */
const NO_ENVIRONMENT = {
	USER: undefined,
	LOGNAME: undefined,
	PATH: undefined,
	PWD: undefined,
	HOME: undefined,
	LANG: undefined,
	_: undefined,
};

/** A thread without sockets. */
const NO_HANDLES: HandleImports = {
	igor_host_handle_open: () => -1,
	igor_host_handle_tick: () => 0,
	igor_host_task_open: () => -1,
};

type PhpExports = FiberExports &
	Allocator & {
		memory: WebAssembly.Memory;
		munmap(pointer: number, length: number): number;
		__errno_location(): number;
	};

/** Boots PHP on this thread. Rejects when the runtime or the SAPI cannot start. */
export async function bootPhp(options: PhpInstanceOptions): Promise<PhpInstance> {
	let instance: WebAssembly.Instance | undefined;
	let memory: WasmMemory | undefined;
	let userSpace: FileLocking | undefined;
	let closeFile: unknown;
	let files: HostFiles | undefined;
	let children: Children | undefined;
	let sockets: SocketParts | undefined;
	let started = false;
	let putOutputBack = (): void => {};
	const encoder = new TextEncoder();
	const output = outputOf(options.commandLine, options.output);
	forbidEvaluation();
	const extensions = [...options.extensions, { name: 'frankenphp', bytes: options.extension }];
	const loading = new ModuleLoading(extensions.map(extensionFile));
	const fibers = new Fibers(
		() => instance?.exports as PhpExports,
		() => memory as WasmMemory,
	);
	/** PHP has started: nothing is loaded or compiled any more, and the content of its own memory is final. */
	const seal = (): void => {
		options.signals.begin();
		if (started) return;
		loading.end();
		forbidCompilation();
		started = true;
		putOutputBack();
	};
	const handles = options.sockets && new HandleStreams(options.signals, () => sockets);
	const module = await new Promise<EmscriptenModule>((resolve, reject) => {
		const settings: EmscriptenOptions = {
			processId: options.threadId,
			ENV: environmentOf(options.env),
			locateFile: (path) => path,
			print: (line) => void output(STDOUT, encoder.encode(`${line}\n`)),
			printErr: (line) => void output(STDERR, encoder.encode(`${line}\n`)),
			onStdout: (bytes) => void output(STDOUT, unsigned(bytes)),
			onStderr: (bytes) => void output(STDERR, unsigned(bytes)),
			quit: (_status, error) => {
				throw error;
			},
			onAbort: reject,
			noInitialRun: true,
			onRuntimeInitialized: () => resolve(loaded),
			preRun: [(started) => installExtensions(started, extensions, options.ini)],
			bindUserSpace: (context) => {
				if (options.runtime === 'WORKER') {
					// What Node's build of the glue leaves to its embedder, the web build does itself.
					context.wasmImports.builtin_fd_close = closeFile as (fd: number) => number;
					context.wasmImports.builtin_fcntl64 = createFcntl(context, () => (memory as WasmMemory).view);
				}
				const exports = (): PhpExports => (instance as WebAssembly.Instance).exports as PhpExports;
				userSpace = options.lockFiles(context, (pointer, length) => exports().munmap(pointer, length));
				return userSpace;
			},
			instantiateWasm: (imports, receive) => {
				const own = { ...imports.env };
				Object.assign(imports.env, options.host, fibers.imports(), {
					igor_host_begin_script: seal,
				} satisfies BootImports);
				Object.assign(imports.env, handles?.imports() ?? NO_HANDLES);
				closeFile = imports.env.fd_close;
				if (options.runtime === 'WORKER') imports.env.fd_close = (fd: number) => userSpace?.fd_close(fd) ?? 0;
				const locking: LockingContext = {
					locking: () => userSpace,
					memory: () => memory as WasmMemory,
					errno: () => ((instance as WebAssembly.Instance).exports as PhpExports).__errno_location(),
					sleep: options.sleep,
				};
				Object.assign(imports.env, lockingImports(imports.env, locking));
				imports.env.js_wasm_trace = () => {};
				// The glue's aborts.
				imports.env.getdtablesize = () => MOST_DESCRIPTORS;
				const glueClock = imports.env as unknown as Parameters<typeof clockImports>[0];
				Object.assign(
					imports.env,
					clockImports({ ...glueClock }, () => (memory as WasmMemory).view),
				);
				imports.env._setitimer_js = createTimers(options.armLimit);
				const streamFs = () => loaded.FS as unknown as StreamFs;
				files = options.files?.(memoryPaths(streamFs));
				const context = {
					files,
					memory: () => memory as WasmMemory,
					fs: () => loaded.FS,
					exports: () => (instance as WebAssembly.Instance).exports as PhpExports,
				};
				Object.assign(imports.env, cxxImports(context.exports));
				const fileImports = installFiles(imports.env, {
					...context,
					fs: streamFs,
					sealed: () => started,
					missed: options.missed,
					malloc: (bytes) => context.exports().malloc(bytes),
				});
				const refusals = new Refusals(options.warn);
				Object.assign(imports.env, fileImports, refuseProcesses({ ...context, refusals }));
				if (options.sockets !== undefined) {
					sockets = installSockets(imports.env, { ...options.sockets, ...context });
					if (options.processes !== undefined) {
						children = installProcesses(imports.env, {
							...options.processes,
							...context,
							env: options.env,
							refusals,
							sockets,
							cell: options.sockets.cell,
							output: (stream, bytes) => void output(stream, bytes),
							warn: options.warn,
						});
					} else if (options.commandLine !== undefined) {
						waitForPipes(imports.env, { memory: context.memory, ...sockets });
					}
					// A script on stdin is read by libc's streams.
					if (options.commandLine !== undefined) imports.env.fd_read = imports.env.js_fd_read;
				}
				const { phpBinary } = options;
				if (phpBinary !== undefined && options.processes?.php === undefined) {
					imports.env.igor_host_process_php = (destination: number, capacity: number) =>
						(memory as WasmMemory).writeText(destination, capacity, phpBinary);
				}
				const fcntl = imports.env.__syscall_fcntl64 as Parameters<typeof withClearing>[0];
				imports.env.__syscall_fcntl64 = withClearing(
					fcntl,
					() => memory as WasmMemory,
					options.isZero,
					() => !started,
				);
				// After all others that report file sizes.
				imports.env.__syscall_fstat64 = fstatWithSizes(imports.env.__syscall_fstat64 as FileStat, locking);
				loading.guard(imports.env, (pointer) => readString(memory as WasmMemory, pointer));
				guardImports(imports.env, own);
				WebAssembly.instantiate(options.module, imports as WebAssembly.Imports)
					.then((made) => {
						instance = made;
						const { memory: linear, __indirect_function_table: table } = made.exports as PhpExports;
						memory = new WasmMemory(linear, options.onMemorySize);
						const exported = exportedSlots(options.module);
						if (exported !== undefined) hideUnexported(table, exported);
						options.onMemory(memory);
						receive(made, options.module);
					})
					.catch(reject);
				return {};
			},
		};
		const loaded = options.glue.init(options.runtime, settings);
	});
	if (instance === undefined || memory === undefined) throw new Error('php.wasm was not instantiated.');
	connectOutput(module.FS, output);
	if (options.commandLine !== undefined && options.sockets !== undefined && sockets !== undefined) {
		putOutputBack = connectStandardStreams(module.FS, options.commandLine, {
			network: options.sockets.network,
			changed: sockets.waiting.changed,
		});
	}
	// So that a listing of the parent folder shows them; the glue knows nothing of what is in them.
	for (const folder of files?.visible ?? []) module.FS.mkdirTree(folder);
	options.mount(module.FS);
	if (options.commandLine === undefined) {
		// opcache only runs under a SAPI name that it knows, and asks for the name while PHP starts.
		module.ccall('wasm_set_sapi_name', null, ['string'], ['frankenphp']);
		module.ccall('wasm_set_phpini_path', null, ['string'], [INI_FILE]);
		await module.ccall('php_wasm_init', null, [], [], { async: true });
		seal();
		if (files !== undefined) warmUpFolder(files);
	}
	return {
		...instanceOf(instance.exports as PhpExports, memory),
		commandLine: (args) => runCommandLine(module, args),
		changeFolder: (path) => changeFolder(files, module.FS as unknown as StreamFs, path),
		endPrograms: async () => children?.end(),
		visible: files?.visible ?? [],
	};
}

/** The glue passes a part of its memory, which it may take for signed bytes. */
function unsigned({ buffer, byteOffset, length }: Uint8Array | Int8Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, length);
}

/** Only the given variables, none of Emscripten's. The glue insists on setting a PATH: the setter ignores it. */
function environmentOf(given: Record<string, string>): Record<string, string | undefined> {
	const environment: Record<string, string | undefined> = { ...NO_ENVIRONMENT, ...given };
	return Object.defineProperty(environment, 'PATH', { enumerable: true, get: () => given.PATH, set: () => {} });
}

/**
 * Runs php.wasm's own command line: PHP's SAPI `cli`, with all that it does with options, streams and errors. It starts PHP
 * and ends it.
 */
async function runCommandLine(module: EmscriptenModule, args: readonly string[]): Promise<number> {
	for (const arg of [PROGRAM, '-c', INI_FILE, ...args]) module.ccall('wasm_add_cli_arg', null, ['string'], [arg]);
	try {
		return (await module.ccall('run_cli', 'number', [], [], { async: true })) as number;
	} catch (error) {
		const { name, status } = error as { name?: unknown; status?: unknown };
		if (name === 'ExitStatus' && typeof status === 'number') return status;
		throw error;
	}
}

function instanceOf(exports: PhpExports, memory: WasmMemory): Pick<PhpInstance, 'string' | 'call' | 'callNow'> {
	const string = (text: string): number => {
		const bytes = new TextEncoder().encode(text);
		const pointer = exports.malloc(bytes.length + 1);
		memory.bytes.set(bytes, pointer);
		memory.bytes[pointer + bytes.length] = 0;
		return pointer;
	};
	const entry = (functionIndex: number) =>
		exports.__indirect_function_table.get(functionIndex) as (...args: number[]) => number;
	return {
		string,
		call: (functionIndex, ...args) => WebAssembly.promising(entry(functionIndex))(...args),
		callNow: (functionIndex, ...args) => entry(functionIndex)(...args),
	};
}
