import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import type { ProcessImports } from '../abi/host-imports.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { HostFiles } from '../files/host-files.ts';
import type { SocketParts } from '../sockets/socket-imports.ts';
import { Children } from './children.ts';
import { Permission, type PhpProgram } from './permission.ts';
import { createPipeCalls } from './pipes.ts';
import { createPopenImports, type PopenFs } from './popen.ts';
import type { ProcessPort } from './process-port.ts';
import type { DescriptorsFs } from './program-files.ts';
import { type Refusals, RefusedError } from './refusal.ts';
import { type Started, startProgram } from './start-program.ts';
import { readStartRequest, type StartRequest } from './start-request.ts';

/** Programs that PHP may run. */
export type AllowedProcesses = {
	port: ProcessPort;
	/** Names, absolute paths, or `*`. */
	rules: readonly string[];
	/** PHP itself; undefined = it may not be run. */
	php: PhpProgram | undefined;
};

/** What programs need of the instance; used only while C code runs. */
export type ProcessesContext = AllowedProcesses & {
	cell: ThreadCell;
	sockets: SocketParts;
	refusals: Refusals;
	memory(): WasmMemory;
	/** Folders of the host. */
	files: HostFiles | undefined;
	/** C functions by name. */
	exports(): { malloc(bytes: number): number; __errno_location(): number };
	/** For programs that C itself starts. */
	env: Readonly<Record<string, string>>;
	fs(): unknown;
	output(stream: number, bytes: Uint8Array): void;
	warn(message: string): void;
};

type Import = (...args: number[]) => number | Promise<number>;
type Suspending = new (implementation: Import) => unknown;

/**
 * Lets PHP run programs: sets the imports of our C, and read(2) and write(2) of php.wasm, which wait for pipes. Call it
 * after installSockets().
 */
export function installProcesses(env: Record<string, unknown>, context: ProcessesContext): Children {
	const { memory, sockets, cell, refusals } = context;
	const children = new Children(sockets.waiting, cell);
	const permission = new Permission(context.rules, context.port, context.php);
	const { Suspending } = WebAssembly as unknown as { Suspending: Suspending };
	const pipes = createPipeCalls({
		memory,
		...sockets,
		children,
	});
	const start = async (read: () => StartRequest): Promise<Started | undefined> => {
		try {
			return await startProgram(read(), {
				...context,
				children,
				permission,
				fs: () => context.fs() as DescriptorsFs,
			});
		} catch (error) {
			if (!(error instanceof RefusedError)) throw error;
			refusals.note(error.message);
			return undefined;
		}
	};
	const startRequested = async (pointer: number, length: number, ends: number): Promise<number> => {
		const started = await start(() => readStartRequest(memory(), pointer, length));
		const { view } = memory();
		for (const [i, end] of started?.ends.entries() ?? []) view.setInt32(ends + i * 4, end, true);
		return started?.process ?? -1;
	};
	const popen = createPopenImports({
		memory,
		children,
		fs: () => context.fs() as PopenFs,
		exports: context.exports,
		socket: (fd) => sockets.descriptors.socket(fd),
		start: async (line, pipe) => {
			const descriptors = pipe === undefined ? [] : [{ ...pipe, value: 0 }];
			const started = await start(() => ({
				commandLine: true,
				folder: '',
				args: [line],
				env: { ...context.env },
				descriptors,
			}));
			return started && { process: started.process, end: started.ends[0] ?? -1 };
		},
	});
	const tell = (status: number | 'running' | undefined, pointer: number): number => {
		if (typeof status !== 'number') return status === 'running' ? 0 : -1;
		memory().view.setInt32(pointer, status, true);
		return 1;
	};
	for (const [name, call] of Object.entries(popen.suspending)) env[name] = new Suspending(call as Import);
	Object.assign(env, popen.plain, {
		igor_host_processes_allowed: () => 1,
		igor_host_process_php: (destination: number, capacity: number) => {
			const { shown = '' } = permission.php ?? {};
			const bytes = new TextEncoder().encode(shown);
			if (bytes.length === 0 || bytes.length >= capacity) return 0;
			memory().bytes.set(bytes, destination);
			memory().bytes[destination + bytes.length] = 0;
			return bytes.length;
		},
		igor_host_process_start: new Suspending(startRequested as Import),
		igor_host_process_wait: new Suspending((process = 0, status = 0) =>
			children.wait(process).then((ended) => (tell(ended, status) === 1 ? 0 : -1)),
		),
		igor_host_process_poll: new Suspending((process = 0, status = 0) =>
			sockets.waiting.turn().then(() => tell(children.status(process), status)),
		),
		igor_host_process_signal: (process: number, signal: number) => (children.signal(process, signal) ? 0 : -1),
		igor_host_process_forget: (process: number) => children.forget(process),
		js_fd_read: new Suspending(pipes.read as Import),
		fd_write: new Suspending(pipes.write as Import),
	} satisfies Partial<Record<keyof ProcessImports, unknown>> & Record<string, unknown>);
	return children;
}
