import { ERRNO } from './abi/errno.ts';

/**
 * Imports of php.wasm that may stay the glue's own: they compute, tell the time, or work on files in the glue's file
 * system, which holds only what Igor has mounted. Whatever is not here has to be replaced, or is refused.
 */
const GLUES_OWN: ReadonlySet<string> = new Set([
	// Files.
	'__syscall_chdir',
	'__syscall_chmod',
	'__syscall_dup',
	'__syscall_dup3',
	'__syscall_faccessat',
	'__syscall_fallocate',
	'__syscall_fchmod',
	'__syscall_fchown32',
	'__syscall_fchownat',
	'__syscall_fdatasync',
	'__syscall_fstat64',
	'__syscall_ftruncate64',
	'__syscall_getcwd',
	'__syscall_getdents64',
	'__syscall_ioctl',
	'__syscall_lstat64',
	'__syscall_mkdirat',
	'__syscall_newfstatat',
	'__syscall_openat',
	'__syscall_pipe',
	'__syscall_readlinkat',
	'__syscall_renameat',
	'__syscall_rmdir',
	'__syscall_stat64',
	'__syscall_statfs64',
	'__syscall_symlinkat',
	'__syscall_unlinkat',
	'__syscall_utimensat',
	'_mmap_js',
	'_munmap_js',
	'fd_close',
	'fd_fdstat_get',
	'fd_pread',
	'fd_pwrite',
	'fd_read',
	'fd_seek',
	'fd_sync',
	'fd_write',
	'js_fd_read',
	'js_release_file_locks',
	// Time.
	'_gmtime_js',
	'_localtime_js',
	'_mktime_js',
	'_tzset_js',
	'clock_time_get',
	'emscripten_date_now',
	'emscripten_get_now',
	'emscripten_sleep',
	'strptime',
	// Memory, exit, and what the program knows about itself.
	'__assert_fail',
	'__call_sighandler',
	'_abort_js',
	'_emscripten_runtime_keepalive_clear',
	'emscripten_get_heap_max',
	'emscripten_resize_heap',
	'environ_get',
	'environ_sizes_get',
	'exit',
	'js_getpid',
	'proc_exit',
	'random_get',
	// Tables of the glue: numbers of protocols, names of addresses that were looked up.
	'getnameinfo',
	'getprotobyname',
	'getprotobynumber',
]);

/** Imports that Igor refuses, and what each returns. Without Igor they start processes, or call the embedder. */
const REFUSED: ReadonlyMap<string, number> = new Map([
	// system(3): a shell of the host.
	['_emscripten_system', -1],
	// popen(3): a null pointer, "no such stream".
	['__asyncjs__js_popen_to_file', 0],
	['js_open_process', -1],
	['js_process_status', -1],
	['js_waitpid', -1],
	['js_popen_clear_pid_for_fd', 0],
	['js_popen_get_pid_for_fd', -1],
	['js_popen_set_pid_for_fd', 0],
	// post_message_to_js()
	['__asyncjs__js_module_onMessage', -1],
]);

/** Imports that Igor implements itself on every thread; boot.ts and sockets/socket-imports.ts set them. */
const REPLACED: ReadonlySet<string> = new Set([
	'__asyncjs__wasm_poll_socket',
	'__syscall_accept4',
	'__syscall_bind',
	'__syscall_connect',
	'__syscall_fcntl64',
	'__syscall_getpeername',
	'__syscall_getsockname',
	'__syscall_getsockopt',
	'__syscall_listen',
	'__syscall_poll',
	'__syscall_recvfrom',
	'__syscall_sendmsg',
	'__syscall_sendto',
	'__syscall_socket',
	'_dlopen_js',
	'_dlsym_js',
	'_emscripten_lookup_name',
	'_setitimer_js',
	'getaddrinfo',
	'getcontext',
	'getdtablesize',
	'js_flock',
	'js_wasm_trace',
	'makecontext',
	'swapcontext',
	'wasm_close',
	'wasm_recv',
	'wasm_setsockopt',
	'wasm_shutdown',
]);

/** Who implements an import of php.wasm; undefined = not reviewed yet. */
export function importKind(name: string): 'glue' | 'replaced' | 'refused' | undefined {
	if (GLUES_OWN.has(name)) return 'glue';
	if (REPLACED.has(name)) return 'replaced';
	return REFUSED.has(name) ? 'refused' : undefined;
}

/**
 * Lets php.wasm reach only those imports that are known to be harmless or are Igor's own. The others, including those
 * that a new version may add, do nothing and fail. Call it after every import has been set.
 *
 * @param own what the glue had before Igor replaced anything
 */
export function guardImports(env: Record<string, unknown>, own: Readonly<Record<string, unknown>>): void {
	for (const [name, implementation] of Object.entries(env)) {
		if (!isCallable(implementation) || implementation !== own[name] || GLUES_OWN.has(name)) continue;
		const result = REFUSED.get(name) ?? -ERRNO.ENOSYS;
		env[name] = () => result;
	}
}

/** The glue's own tags of exceptions are among the imports, too. */
function isCallable(value: unknown): boolean {
	const { Suspending } = WebAssembly as unknown as { Suspending: new () => object };
	return typeof value === 'function' || value instanceof Suspending;
}
