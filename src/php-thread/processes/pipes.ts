import { joinBytes } from '../../bytes/join-bytes.ts';
import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { Descriptors } from '../sockets/descriptors.ts';
import type { Socket } from '../sockets/socket.ts';
import type { Waiting } from '../sockets/waiting.ts';
import type { Children } from './children.ts';

type Import = (fd: number, vectors: number, count: number, total: number) => number | Promise<number>;

export type PipesContext = {
	memory(): WasmMemory;
	descriptors: Descriptors;
	waiting: Waiting;
	children: Pick<Children, 'until'>;
	/** The glue's own, for everything that is not a pipe. */
	read: Import;
	write: Import;
};

/** struct iovec { void *base; size_t length } */
const VECTOR_BYTES = 8;
/** How often the glue's own pipes are checked, milliseconds: they do not tell when they change. */
const LOOK = 10;

/** read(2) and write(2) that wait for pipes, where PHP runs no programs: stdin may be one. */
export function waitForPipes(env: Record<string, unknown>, context: Omit<PipesContext, 'children'>): void {
	const { Suspending } = WebAssembly as unknown as { Suspending: new (call: Import) => unknown };
	const { read, write } = createPipeCalls({
		...context,
		children: { until: (ready) => context.waiting.until(ready, Infinity) },
	});
	Object.assign(env, { js_fd_read: new Suspending(read), fd_write: new Suspending(write) });
}

/**
 * read(2) and write(2) that wait for pipes to other programs, as for sockets. WASI's form: they return 0 or an errno, and
 * leave the bytes at `total`. PHP thread.
 */
export function createPipeCalls(context: PipesContext): { read: Import; write: Import } {
	const { memory, descriptors, waiting, children } = context;
	const vectorsOf = (vectors: number, count: number): Uint8Array[] =>
		Array.from({ length: count }, (_, i) => {
			const { view, bytes } = memory();
			const start = view.getUint32(vectors + i * VECTOR_BYTES, true);
			return bytes.subarray(start, start + view.getUint32(vectors + i * VECTOR_BYTES + 4, true));
		});
	const finish = (result: number, total: number): number => {
		if (result < 0) return -result;
		memory().view.setUint32(total, result, true);
		return 0;
	};

	const receive = (socket: Socket, vectors: number, count: number): number => {
		let sum = 0;
		for (const target of vectorsOf(vectors, count)) {
			if (target.length === 0) continue;
			const got = socket.receive(target, false);
			if (got < 0) return sum > 0 ? sum : got;
			sum += got;
			if (got < target.length) break;
		}
		return sum;
	};

	/** Repeats an attempt until it is no longer EAGAIN; non-blocking: once more, after checking what has arrived. */
	const attempt = (once: () => number, nonBlocking: boolean): number | Promise<number> => {
		let result = once();
		if (result !== -ERRNO.EAGAIN) return result;
		if (nonBlocking) return waiting.turn().then(once);
		const settled = (): boolean => {
			result = once();
			return result !== -ERRNO.EAGAIN;
		};
		return children.until(settled).then((done) => (done ? result : -ERRNO.EINTR));
	};

	const send = async (socket: Socket, bytes: Uint8Array): Promise<number> => {
		const sent = await attempt(() => socket.send(bytes, false), false);
		if (sent < 0 || socket.flushed) return sent;
		return (await children.until(() => socket.flushed)) ? sent : -ERRNO.EINTR;
	};

	return {
		read: (fd, vectors, count, total) => {
			const socket = descriptors.socket(fd);
			if (typeof socket !== 'number') {
				const result = attempt(() => receive(socket, vectors, count), descriptors.isNonBlocking(fd));
				return typeof result === 'number' ? finish(result, total) : result.then((got) => finish(got, total));
			}
			const first = context.read(fd, vectors, count, total);
			if (first !== ERRNO.EAGAIN || descriptors.isNonBlocking(fd)) return first;
			const again = (): number => {
				const result = context.read(fd, vectors, count, total) as number;
				if (result === ERRNO.EAGAIN) waiting.lookAgain(LOOK);
				return -result;
			};
			return Promise.resolve(attempt(again, false)).then((result) => -result);
		},
		write: (fd, vectors, count, total) => {
			const socket = descriptors.socket(fd);
			if (typeof socket === 'number') return context.write(fd, vectors, count, total);
			// A copy: PHP's memory may move while it is suspended.
			const bytes = joinBytes(vectorsOf(vectors, count));
			if (!descriptors.isNonBlocking(fd)) return send(socket, bytes).then((sent) => finish(sent, total));
			const result = attempt(() => socket.send(bytes, true), true);
			return typeof result === 'number' ? finish(result, total) : result.then((sent) => finish(sent, total));
		},
	};
}
