import { SELECT_MARK } from '../../php-binary/redirect-calls.ts';
import type { ThreadCell } from '../../shared-memory/thread-cell.ts';
import { ERRNO } from '../abi/errno.ts';
import { F_SETFL, setFlags } from '../abi/fcntl.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { HostFiles } from '../files/host-files.ts';
import { type DescriptorFs, Descriptors } from './descriptors.ts';
import type { NetworkPort } from './network-port.ts';
import { Polling } from './polling.ts';
import { RefusalText } from './refusal-text.ts';
import type { Restriction } from './restricted-network.ts';
import type { Alarm } from './signal.ts';
import { readTimeval } from './socket-options.ts';
import { createSyscalls } from './syscalls.ts';
import { resolveSocketPath } from './unix-paths.ts';
import { Waiting } from './waiting.ts';

/** What sockets need of the instance; used only while C code runs. */
export type SocketsContext = {
	network: NetworkPort;
	cell: ThreadCell;
	/** Tells of signals; undefined = there are none. */
	alarm?: Alarm | undefined;
	/** Why PHP must not connect or listen there; undefined = it may. */
	refusal: Restriction['refusal'];
	/** Hears of each connection that was refused. */
	refused(message: string): void;
	memory(): WasmMemory;
	fs(): unknown;
	/** Where UNIX sockets may be; undefined = nowhere. */
	files: HostFiles | undefined;
	/** C functions by name. */
	exports(): { malloc(bytes: number): number; __errno_location(): number };
};

/** What waits, and what descriptors lead to. */
export type SocketParts = {
	network: NetworkPort;
	waiting: Waiting;
	descriptors: Descriptors;
	/** read(2) and write(2) in WASI's form, which do not wait. */
	read: Import;
	write: Import;
};

type Import = (...args: number[]) => number | Promise<number>;
type Suspending = new (implementation: Import) => unknown;

/**
 * Gives PHP sockets: replaces the imports by which C reaches them. Those that may have to wait suspend PHP while the event
 * loop runs. Call it after every other import has been set.
 * @returns what pipes to other programs need, too
 */
export function installSockets(env: Record<string, unknown>, context: SocketsContext): SocketParts {
	const { network, cell, memory } = context;
	const waiting = new Waiting(cell, network, context.alarm);
	const descriptors = new Descriptors(() => context.fs() as DescriptorFs);
	const refusalText = new RefusalText();
	const calls = createSyscalls({
		memory,
		malloc: (bytes) => context.exports().malloc(bytes),
		port: network,
		descriptors,
		waiting,
		polling: new Polling(memory, descriptors, waiting),
		refuse: (to, purpose) => {
			const refusal = context.refusal(to, purpose);
			if (refusal === undefined) return 0;
			context.refused(refusal.message);
			return -refusalText.errno(memory(), refusal.reason);
		},
		refusedName: context.refused,
		hostPath: (path, purpose) =>
			resolveSocketPath(context.files, (context.fs() as { cwd(): string }).cwd(), path, purpose),
	});
	const { Suspending } = WebAssembly as unknown as { Suspending: Suspending };
	const suspending = (implementation: Import): unknown => new Suspending(implementation);
	/** For functions of C, not system calls: -1, and the error in errno. */
	const withErrno = (result: number): number => {
		if (result >= 0) return result;
		memory().view.setInt32(context.exports().__errno_location(), -result, true);
		return -1;
	};
	const call = (implementation: (...args: number[]) => number | Promise<number>): Import => {
		return (...args) => {
			const result = implementation(...args);
			return typeof result === 'number' ? withErrno(result) : result.then(withErrno);
		};
	};
	const select = call((highest = 0, read = 0, write = 0, except = 0, timeval = 0) => {
		const limit = timeval === 0 ? Infinity : Math.max(0, readTimeval(memory().view, timeval));
		return calls.select(highest, read, write, except, limit);
	});
	const fcntl = env.__syscall_fcntl64 as Import;
	/** For a loop that polls without waiting, as OpenSSL's handshake does: the answer has to get a chance to arrive. */
	const withTurn = (once: Import): Import => {
		return (fd = -1, ...args) => {
			const result = once(fd, ...args);
			const socket = descriptors.socket(fd);
			if (result !== ERRNO.EAGAIN || typeof socket === 'number' || socket.signal !== undefined) return result;
			return waiting.turn().then(() => once(fd, ...args));
		};
	};
	const read = withTurn(env.fd_read as Import);
	const write = withTurn(env.fd_write as Import);

	Object.assign(env, {
		__syscall_socket: calls.socket,
		__syscall_connect: suspending(calls.connect as Import),
		__syscall_bind: suspending(calls.bind as Import),
		__syscall_listen: suspending(calls.listen as Import),
		__syscall_accept4: suspending(calls.accept as Import),
		__syscall_recvfrom: suspending(calls.receive as Import),
		// select() comes by the same import; see redirect-calls.ts.
		__syscall_sendto: suspending((a = 0, b = 0, c = 0, d = 0, e = 0, mark = 0) =>
			mark === SELECT_MARK ? select(a, b, c, d, e) : calls.send(a, b, c, d),
		),
		__syscall_sendmsg: suspending(calls.sendMessage as Import),
		__syscall_getsockname: calls.localName,
		__syscall_getpeername: suspending(calls.peerName as Import),
		__syscall_getsockopt: calls.getOption,
		__syscall_poll: suspending(calls.poll as Import),
		__syscall_fcntl64: (fd: number, command: number, args: number) => {
			const stream = command === F_SETFL ? descriptors.stream(fd) : undefined;
			if (stream === undefined || typeof descriptors.socket(fd) === 'number') return fcntl(fd, command, args);
			return setFlags(stream, memory().view.getInt32(args, true));
		},
		fd_read: suspending(read),
		fd_write: suspending(write),
		getaddrinfo: suspending(calls.addresses as Import),
		_emscripten_lookup_name: suspending(calls.address as Import),
		// Upstream waits here before each poll(); ours waits by itself.
		__asyncjs__wasm_poll_socket: () => 0,
		wasm_setsockopt: call(calls.setOption as Import),
		wasm_shutdown: suspending(call(calls.shutdown as Import)),
		wasm_close: call((fd = -1) => descriptors.close(fd)),
		wasm_recv: suspending(call(calls.receive as Import)),
	});
	return { network, waiting, descriptors, read, write };
}
