import type { EmscriptenFs } from '../abi/emscripten.ts';
import { ERRNO } from '../abi/errno.ts';
import type { ProcessImports } from '../abi/host-imports.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import { type Refusals, refusalWithoutPermission } from './refusal.ts';

/** What refusing needs of the PHP instance. */
export type RefusingContext = {
	memory(): WasmMemory;
	/** C functions by name. */
	exports(): { __errno_location(): number };
	fs(): EmscriptenFs;
	refusals: Refusals;
};

/** Ends of a pipe in what js_open_process() gets: three pointers to { descriptor, the child's end, PHP's end }. */
export const CHILD_AT = 4;
export const PARENT_AT = 8;

/**
 * Every import by which php.wasm and its libraries start programs, refused at once: popen() (mail(), ImageMagick's
 * delegates), system(), and what waits for a child. Upstream's wait forever for a spawn handler that nobody sets, and its
 * system() runs the command. PHP thread.
 */
export function refuseProcesses(
	context: RefusingContext,
): ProcessImports & Record<string, (...args: number[]) => unknown> {
	const { refusals } = context;
	let unclosed = -1;
	const refuse = (command: number): void => {
		refusals.note(refusalWithoutPermission(context.memory().cString(command)));
	};
	const close = (fd: number): void => {
		const stream = context.fs().streams[fd];
		if (stream) context.fs().close(stream);
	};
	const fail = (errno: number): number => {
		context.memory().view.setInt32(context.exports().__errno_location(), errno, true);
		return -1;
	};
	return {
		igor_host_processes_allowed: () => 0,
		igor_host_process_refusal: (destination, capacity) =>
			context.memory().writeText(destination, capacity, refusals.take()),
		igor_host_process_unclosed: (process) => {
			const fd = unclosed;
			unclosed = -1;
			context.memory().view.setInt32(process, -1, true);
			return fd;
		},
		igor_host_process_php: () => 0,
		igor_host_process_start: () => -1,
		igor_host_process_wait: () => -1,
		igor_host_process_poll: () => -1,
		igor_host_process_signal: () => -1,
		igor_host_process_forget: () => {},
		// system(); without a command it asks whether there is a shell.
		_emscripten_system: (command = 0) => {
			if (command === 0) return 0;
			refuse(command);
			return -ERRNO.EPERM;
		},
		// popen() to read: the name of a file that it opens next. No such file exists.
		__asyncjs__js_popen_to_file: (command = 0) => {
			refuse(command);
			return 0;
		},
		// popen() to write: it has made three pipes, and ignores errors. Nobody reads what is written.
		js_open_process: (command = 0, _args = 0, _count = 0, pipes = 0, pipeCount = 0) => {
			refuse(command);
			for (let i = 0; i < pipeCount; i++) {
				const { view } = context.memory();
				const pipe = view.getUint32(pipes + i * 4, true);
				close(view.getInt32(pipe + CHILD_AT, true));
				if (i === 0) unclosed = view.getInt32(pipe + PARENT_AT, true);
				else close(view.getInt32(pipe + PARENT_AT, true));
			}
			return fail(ERRNO.EPERM);
		},
		js_waitpid: () => fail(ERRNO.ECHILD),
		js_process_status: () => fail(ERRNO.ECHILD),
		js_popen_get_pid_for_fd: () => -1,
		js_popen_set_pid_for_fd: () => 0,
		js_popen_clear_pid_for_fd: () => 0,
	};
}
