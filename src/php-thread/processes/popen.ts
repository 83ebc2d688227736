import { ERRNO } from '../abi/errno.ts';
import type { ProcessImports } from '../abi/host-imports.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { Socket } from '../sockets/socket.ts';
import type { Children } from './children.ts';
import { CHILD_AT, PARENT_AT } from './no-processes.ts';
import { PIPE_READ, PIPE_WRITE } from './start-request.ts';

type OpenStream = { fd: number };

/** The parts of the glue's file system that popen() needs. */
export type PopenFs = {
	streams: (OpenStream | null | undefined)[];
	close(stream: OpenStream): void;
	dupStream(stream: OpenStream, fd: number): OpenStream;
	writeFile(path: string, data: Uint8Array): void;
};

export type PopenContext = {
	memory(): WasmMemory;
	fs(): PopenFs;
	exports(): { malloc(bytes: number): number; __errno_location(): number };
	children: Children;
	socket(fd: number): Socket | number;
	/** Starts a command line with one pipe, or none; undefined = it was refused. */
	start(
		line: string,
		pipe: { number: number; what: number } | undefined,
	): Promise<{ process: number; end: number } | undefined>;
};

/** Holds the output of popen() until PHP reads it. Only this thread sees it. */
const OUTPUT_FILE = '/internal/shared/popen-output';
/** The most of it that is kept, bytes. */
const MOST_OUTPUT = 256 * 1024 * 1024;
const BLOCK = 64 * 1024;

type Import = (...args: number[]) => number | Promise<number> | undefined;
type Imports = { suspending: Record<string, Import>; plain: Record<string, Import> };

/**
 * The imports by which php.wasm itself and its libraries start programs: popen(), for mail() and ImageMagick, and
 * system(). PHP thread. Those in `suspending` wait.
 */
export function createPopenImports(context: PopenContext): Imports {
	const { memory, children } = context;
	/** Processes of popen() to write, by descriptor. */
	const writers = new Map<number, number>();
	let unclosed: number | undefined;
	let outputPath: number | undefined;

	const fail = (errno: number): number => {
		memory().view.setInt32(context.exports().__errno_location(), errno, true);
		return -1;
	};
	const close = (fd: number): void => {
		const stream = context.fs().streams[fd];
		if (stream) context.fs().close(stream);
	};
	const statusOf = async (process: number): Promise<number> => {
		const status = await children.wait(process);
		children.forget(process);
		return typeof status === 'number' ? status : -1;
	};
	const readAll = async (fd: number): Promise<Uint8Array> => {
		const socket = context.socket(fd) as Socket;
		let bytes = new Uint8Array(BLOCK);
		let length = 0;
		let got = 0;
		const more = (): boolean => {
			got = socket.receive(bytes.subarray(length, length + BLOCK), false);
			return got !== -ERRNO.EAGAIN;
		};
		while ((await children.until(more)) && got > 0 && length < MOST_OUTPUT) {
			length += got;
			if (bytes.length - length >= BLOCK) continue;
			const larger = new Uint8Array(bytes.length * 2);
			larger.set(bytes);
			bytes = larger;
		}
		return bytes.subarray(0, length);
	};
	const pathPointer = (): number => {
		if (outputPath === undefined) {
			const text = new TextEncoder().encode(`${OUTPUT_FILE}\0`);
			outputPath = context.exports().malloc(text.length);
			memory().bytes.set(text, outputPath);
		}
		return outputPath;
	};

	return {
		suspending: {
			_emscripten_system: async (command = 0) => {
				if (command === 0) return 1;
				const started = await context.start(memory().cString(command), undefined);
				return started === undefined ? -ERRNO.EPERM : statusOf(started.process);
			},
			// popen() to read: it opens the file that this names.
			__asyncjs__js_popen_to_file: async (command = 0, _mode = 0, exitCode = 0) => {
				const started = await context.start(memory().cString(command), { number: 1, what: PIPE_WRITE });
				if (started === undefined) return 0;
				const output = await readAll(started.end);
				close(started.end);
				const status = await statusOf(started.process);
				context.fs().writeFile(OUTPUT_FILE, output);
				memory().bytes[exitCode] = status >> 8;
				return pathPointer();
			},
			// popen() to write: its stream has a descriptor already, the third number of the first pipe.
			js_open_process: async (command = 0, _args = 0, _count = 0, pipes = 0, pipeCount = 0) => {
				let own = -1;
				for (let i = 0; i < pipeCount; i++) {
					const { view } = memory();
					const pipe = view.getUint32(pipes + i * 4, true);
					close(view.getInt32(pipe + CHILD_AT, true));
					if (i === 0) own = view.getInt32(pipe + PARENT_AT, true);
					else close(view.getInt32(pipe + PARENT_AT, true));
				}
				unclosed = own;
				const started = await context.start(memory().cString(command), { number: 0, what: PIPE_READ });
				if (started === undefined) return fail(ERRNO.EPERM);
				close(own);
				context.fs().dupStream(context.fs().streams[started.end] as OpenStream, own);
				close(started.end);
				writers.set(own, started.process);
				return started.process;
			},
			js_waitpid: async (process = -1, status = 0) => {
				const ended = await statusOf(process);
				if (ended === -1) return fail(ERRNO.ECHILD);
				memory().view.setInt32(status, ended, true);
				return process;
			},
		},
		plain: {
			js_process_status: () => fail(ERRNO.ECHILD),
			js_popen_get_pid_for_fd: (fd = -1) => writers.get(fd) ?? -1,
			js_popen_clear_pid_for_fd: (fd = -1) => {
				writers.delete(fd);
				return 0;
			},
			igor_host_process_unclosed: (process = 0) => {
				const fd = unclosed ?? -1;
				memory().view.setInt32(process, writers.get(fd) ?? -1, true);
				writers.delete(fd);
				unclosed = undefined;
				return fd;
			},
		} satisfies Partial<Record<keyof ProcessImports, Import>> & Record<string, Import>,
	};
}
