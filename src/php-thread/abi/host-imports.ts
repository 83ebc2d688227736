/**
 * Mirror of wasm/host_imports.h, where each function is documented: one method per C function, same order.
 * Pointers are offsets into the instance's memory; all of them are only valid during the call.
 */
export interface HostImports {
	igor_host_register(entry: number, functionIndex: number): void;
	igor_host_begin_script(): void;

	igor_host_next_request(head: number, capacity: number): number;
	igor_host_request_environment(destination: number, capacity: number): number;
	igor_host_read_body(destination: number, capacity: number): number;
	igor_host_respond(
		status: number,
		head: number,
		headLength: number,
		body: number,
		bodyLength: number,
		flags: number,
	): number;
	igor_host_worker_ready(): void;

	igor_host_output(stream: number, bytes: number, length: number): void;
	igor_host_log(level: number, message: number, length: number, context: number, contextLength: number): void;

	igor_host_outdated_declare(path: number, length: number, forced: number): void;
	igor_host_outdated_next(path: number, length: number, forced: number): number;

	igor_host_sidekick_resolve(
		names: number,
		length: number,
		count: number,
		asking: number,
		timeout: number,
		handles: number,
	): number;
	igor_host_sidekick_version(handle: number): number;
	igor_host_sidekick_is_current(handle: number): number;
	igor_host_sidekick_read(handle: number, destination: number, length: number, version: number): number;

	igor_host_sidekick_max_size(): number;
	igor_host_sidekick_publish(snapshot: number, length: number): number;
	igor_host_should_stop(): number;

	igor_host_handle_open(isQuiet: number): number;
	igor_host_handle_tick(): number;

	igor_host_task_send(name: number, nameLength: number, timeout: number, payload: number, length: number): number;
	igor_host_task_read(task: number, destination: number, length: number): number;
	igor_host_task_abandon(task: number): void;
	igor_host_task_receive(length: number): number;
	igor_host_task_payload(task: number, destination: number, length: number): void;
	igor_host_task_update(task: number, bytes: number, length: number, isLast: number): number;
	igor_host_task_complete(task: number): void;
	igor_host_task_release(task: number): void;
	igor_host_task_open(task: number): number;
	igor_host_tasks_end(onlyRequest: number): void;

	igor_host_server_umask(): number;
	igor_host_umask(mask: number): void;
	igor_host_link(from: number, to: number): number;

	igor_host_fiber_destroyed(context: number): void;

	igor_host_processes_allowed(): number;
	igor_host_process_refusal(destination: number, capacity: number): number;
	igor_host_process_unclosed(process: number): number;
	igor_host_process_php(destination: number, capacity: number): number;
	/** The three that may wait suspend PHP. */
	igor_host_process_start(request: number, length: number, ends: number): number;
	igor_host_process_wait(process: number, status: number): number;
	igor_host_process_poll(process: number, status: number): number;
	igor_host_process_signal(process: number, signal: number): number;
	igor_host_process_forget(process: number): void;

	igor_host_sleep(milliseconds: number): number;
	igor_host_error(destination: number, capacity: number): number;
}

/** Set by boot.ts itself. */
export type BootImports = Pick<HostImports, 'igor_host_begin_script'>;

/** Those for fibers, set by boot.ts: fibers.ts has them. */
export type FiberImports = Pick<HostImports, 'igor_host_fiber_destroyed'>;

/** Those that belong to files: files/file-imports.ts has them. */
export type FileImports = Pick<HostImports, 'igor_host_server_umask' | 'igor_host_umask' | 'igor_host_link'>;

/** Those of tasks: tasks/task-imports.ts has them, but the one for streams. */
export type TaskImports = Pick<HostImports, Extract<keyof HostImports, `igor_host_task${string}`>>;

/** Those of the streams of handles: handle-streams.ts has them. */
export type HandleImports = Pick<
	HostImports,
	'igor_host_handle_open' | 'igor_host_handle_tick' | 'igor_host_task_open'
>;

/** Those of programs that PHP runs: processes/ has them. */
export type ProcessImports = Pick<HostImports, Extract<keyof HostImports, `igor_host_process${string}`>>;

/** Those that a part of the thread provides itself. */
export type PartsImports = BootImports & FiberImports & FileImports & HandleImports & ProcessImports;

/** Entry points, as `enum igor_entry` numbers them; the first four are roles. */
export const ENTRY_CLASSIC = 0;
export const ENTRY_WORKER = 1;
export const ENTRY_SIDEKICK = 2;
export const ENTRY_BACKGROUND = 3;
/** No role: see rehearsal.c. */
export const ENTRY_REHEARSAL = 4;
export const ENTRY_OPCACHE = 5;

/** What igor_host_next_request() returns when the role has to end. */
export const STOP = -1;
