import { joinBytes } from '../../bytes/join-bytes.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK } from '../abi/fcntl.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';
import type { SocketPath } from '../files/host-files.ts';
import type { Descriptors } from './descriptors.ts';
import { numericAddress, readQuestion, readString, resolverError, writeAddresses } from './names.ts';
import type { Endpoint, IpAddress, NetworkPort, Purpose } from './network-port.ts';
import type { Polling } from './polling.ts';
import { NameRefusedError } from './restricted-network.ts';
import type { Signal } from './signal.ts';
import { Socket } from './socket.ts';
import { AF_INET, AF_INET6, AF_UNIX, addressBytes, parseIpv4, readAddress, writeAddress } from './socket-addresses.ts';
import { getOption, setOption } from './socket-options.ts';
import type { Waiting } from './waiting.ts';

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_TYPES = 0xf;
const MSG_PEEK = 2;
const MSG_DONTWAIT = 0x40;
const MSG_WAITALL = 0x100;

/** Where a socket listens that was not bound. */
const ANY: Endpoint = { address: '0.0.0.0', port: 0 };

/** A result is a value or a negative errno; a promise suspends PHP. */
type Result = number | Promise<number>;

export type SyscallContext = {
	memory(): WasmMemory;
	malloc(bytes: number): number;
	port: NetworkPort;
	descriptors: Descriptors;
	waiting: Waiting;
	polling: Polling;
	/** 0, or the negative errno of a connection that is not allowed. */
	refuse(to: Endpoint, purpose: Purpose): number;
	/** Hears of a name that PHP must not look up. */
	refusedName(message: string): void;
	/** The host's path of a UNIX socket that PHP names, or a negative errno: it must lie in a visible folder. */
	hostPath(path: string, purpose: Purpose): SocketPath | number;
};

/** System calls on sockets, with the arguments that libc passes. PHP thread. */
export function createSyscalls(context: SyscallContext) {
	const { memory, descriptors, waiting, port, polling } = context;

	/** A call on the socket behind a descriptor; where there is none, the result is that error. */
	const on = <R extends Result>(fd: number, call: (socket: Socket) => R): R | number => {
		const socket = descriptors.socket(fd);
		return typeof socket === 'number' ? socket : call(socket);
	};
	/** The same for what only stream sockets can do. */
	const onStream = (fd: number, call: (socket: Socket) => Result): Result =>
		on(fd, (socket) => (socket.type === SOCK_STREAM ? call(socket) : -ERRNO.EOPNOTSUPP));
	const mustNotWait = (fd: number, flags = 0): boolean => (flags & MSG_DONTWAIT) !== 0 || descriptors.isNonBlocking(fd);
	/** Repeats an attempt until it is no longer EAGAIN. Non-blocking: once more, after checking what has arrived. */
	const attempt = (once: () => number, nonBlocking: boolean, timeout: number, signal?: Signal): Result => {
		const first = once();
		if (first !== -ERRNO.EAGAIN) return first;
		if (nonBlocking && signal === undefined) return waiting.turn().then(once);
		if (nonBlocking) {
			signal?.looked?.();
			return first;
		}
		let result: number = first;
		const settled = (): boolean => {
			result = once();
			return result !== -ERRNO.EAGAIN;
		};
		if (signal === undefined) return waiting.until(settled, timeout || Infinity).then(() => result);
		signal.waits?.(true);
		const finish = (): number => {
			signal.waits?.(false);
			return result;
		};
		const waited = waiting.untilSignal(settled, timeout || Infinity);
		return typeof waited === 'boolean' ? finish() : waited.then(finish);
	};
	const target = (
		pointer: number,
		length: number,
		purpose: Purpose,
	): { host: Endpoint; shown: Endpoint; release?: () => void } | number => {
		const shown = readAddress(memory().bytes, pointer, length);
		if (shown === undefined) return -ERRNO.EAFNOSUPPORT;
		const refused = context.refuse(shown, purpose);
		if (refused !== 0) return refused;
		if ('port' in shown) return { host: shown, shown };
		const place = context.hostPath(shown.path, purpose);
		return typeof place === 'number' ? place : { host: place, shown, release: () => place.release() };
	};
	/** Waits for the outcome of what was begun; the result is the socket's error. */
	const outcome = (socket: Socket, over: () => boolean, timeout: number): Promise<number> =>
		waiting.until(over, timeout || Infinity).then((done) => (done ? -socket.takeError() : -ERRNO.ETIMEDOUT));

	return {
		socket: (family: number, type: number): number => {
			if (family !== AF_INET && family !== AF_INET6 && family !== AF_UNIX) return -ERRNO.EAFNOSUPPORT;
			const kind = type & SOCK_TYPES;
			if (kind !== SOCK_STREAM && kind !== SOCK_DGRAM) return -ERRNO.EPROTOTYPE;
			return descriptors.open(new Socket(family, kind, port, waiting.changed), (type & O_NONBLOCK) !== 0);
		},

		connect: (fd: number, pointer: number, length: number): Result =>
			onStream(fd, (socket) => {
				const to = target(pointer, length, 'connect');
				if (typeof to === 'number') return to;
				const begun = socket.connect(to.host, to.shown);
				to.release?.();
				if (begun !== 0) return begun;
				// A kernel knows at once whether somebody listens at a path.
				if (mustNotWait(fd) && 'port' in to.host) return -ERRNO.EINPROGRESS;
				return outcome(socket, () => !socket.connecting, socket.sendTimeout);
			}),

		bind: (fd: number, pointer: number, length: number): Result =>
			onStream(fd, (socket) => {
				const shown = readAddress(memory().bytes, pointer, length);
				if (shown === undefined) return -ERRNO.EAFNOSUPPORT;
				// Clients bind, too, to choose their local address: they never listen.
				if ('port' in shown && !socket.isServer) return socket.bindClient(shown);
				const at = target(pointer, length, 'listen');
				if (typeof at === 'number') return at;
				const begun = socket.bind(at.host, at.shown);
				at.release?.();
				return begun !== 0 || socket.settled ? begun : outcome(socket, () => socket.settled, 0);
			}),

		listen: (fd: number, backlog: number): Result =>
			onStream(fd, (socket) => {
				// Not checked yet, if it was bound as a client, or not at all.
				const refused = socket.hasListener ? 0 : context.refuse(socket.local ?? ANY, 'listen');
				if (refused !== 0) return refused;
				const begun = socket.listen(backlog);
				return begun !== 0 || socket.settled ? begun : outcome(socket, () => socket.settled, 0);
			}),

		accept: (fd: number, address: number, addressLength: number, flags: number): Result =>
			on(fd, (listening) => {
				let accepted: Socket | undefined;
				const once = (): number => {
					const socket = listening.accept();
					if (typeof socket === 'number') return socket;
					accepted = socket;
					return 0;
				};
				const finish = (result: number): number => {
					if (accepted === undefined) return result;
					writeAddress(memory().view, address, addressLength, addressBytes(accepted.peer, accepted.family));
					return descriptors.open(accepted, (flags & O_NONBLOCK) !== 0);
				};
				const result = attempt(once, mustNotWait(fd), listening.receiveTimeout);
				return typeof result === 'number' ? finish(result) : result.then(finish);
			}),

		receive: (fd: number, buffer: number, length: number, flags: number): Result =>
			on(fd, (socket) => {
				const peek = (flags & MSG_PEEK) !== 0;
				let filled = 0;
				const once = (): number => {
					const { bytes } = memory();
					const result = socket.receive(bytes.subarray(buffer + filled, buffer + length), peek);
					if ((flags & MSG_WAITALL) === 0 || peek || result <= 0) return result <= 0 && filled > 0 ? filled : result;
					filled += result;
					return filled === length ? filled : -ERRNO.EAGAIN;
				};
				return attempt(once, mustNotWait(fd, flags), socket.receiveTimeout, socket.signal);
			}),

		send: (fd: number, buffer: number, length: number, flags: number): Result =>
			on(fd, (socket) => {
				const nonBlocking = mustNotWait(fd, flags);
				const once = (): number => socket.send(memory().bytes.subarray(buffer, buffer + length), nonBlocking);
				const result = attempt(once, nonBlocking, socket.sendTimeout);
				if (nonBlocking || (typeof result === 'number' && socket.flushed)) return result;
				// A blocking call hands its bytes to the system before it returns: the event loop may not run for long.
				return Promise.resolve(result).then((sent) =>
					socket.flushed ? sent : waiting.until(() => socket.flushed, socket.sendTimeout || Infinity).then(() => sent),
				);
			}),

		sendMessage: (fd: number, message: number, flags: number): Result =>
			on(fd, (socket) => {
				const bytes = readMessage(memory(), message);
				const nonBlocking = mustNotWait(fd, flags);
				return attempt(() => socket.send(bytes, nonBlocking), nonBlocking, socket.sendTimeout);
			}),

		/** Lets the event loop run once, so that the peer is told now, whatever PHP does next. */
		shutdown: (fd: number, how: number): Result =>
			on(fd, (socket) => {
				const result = socket.shutdown(how);
				return result === 0 ? waiting.turn().then(() => 0) : result;
			}),

		localName: (fd: number, address: number, length: number): number =>
			on(fd, (socket) => {
				writeAddress(memory().view, address, length, addressBytes(socket.local, socket.family));
				return 0;
			}),

		/** Some poll it until the connection is there. */
		peerName: (fd: number, address: number, length: number): Result =>
			on(fd, (socket) => {
				const once = (): number => {
					if (!socket.connected) return -ERRNO.ENOTCONN;
					writeAddress(memory().view, address, length, addressBytes(socket.peer, socket.family));
					return 0;
				};
				return socket.connecting ? waiting.turn().then(once) : once();
			}),

		getOption: (fd: number, level: number, name: number, value: number, length: number): number =>
			on(fd, (socket) => getOption(memory(), socket, level, name, value, length)),

		setOption: (fd: number, level: number, name: number, value: number, length: number): number =>
			on(fd, (socket) => setOption(memory(), socket, level, name, value, length)),

		poll: polling.poll.bind(polling),
		select: polling.select.bind(polling),

		/** getaddrinfo(3); it has its own error numbers. */
		addresses: (name: number, service: number, hints: number, out: number): Result => {
			const question = readQuestion(memory(), name, service, hints);
			if (typeof question === 'number') return question;
			const write = (addresses: Parameters<typeof writeAddresses>[3]): number =>
				writeAddresses(memory(), context.malloc, question, addresses, out);
			const numeric = numericAddress(question.name);
			if (numeric !== undefined) return write([numeric]);
			const family = question.family === 0 ? undefined : question.family === AF_INET6 ? 6 : 4;
			return lookup(question.name, family, question.onlyReal).then((found) =>
				typeof found === 'number' ? found : write(found),
			);
		},

		/** What gethostbyname(3) of Emscripten asks: an IPv4 address as a number in network order; 0 = unknown. */
		address: (name: number): Result => {
			const asked = readString(memory(), name);
			const pack = (text: string): number => {
				const bytes = parseIpv4(text);
				return bytes === undefined ? 0 : new DataView(bytes.buffer).getInt32(0, true);
			};
			const numeric = numericAddress(asked);
			if (numeric !== undefined) return numeric.family === 4 ? pack(numeric.address) : 0;
			return lookup(asked, 4, true).then((found) => (typeof found === 'number' ? 0 : pack(found[0]?.address ?? '')));
		},
	};

	/** Asks the host's resolver; ends early when the thread has to stop. Negative = an error of getaddrinfo(). */
	async function lookup(name: string, family: 4 | 6 | undefined, onlyReal: boolean): ReturnType<typeof ask> {
		let answer: Awaited<ReturnType<typeof ask>> | undefined;
		ask(name, family, onlyReal).then((found) => {
			answer = found;
			waiting.changed();
		});
		await waiting.until(() => answer !== undefined, Infinity);
		return answer ?? resolverError('EAI_AGAIN');
	}

	/** A name that must not be looked up has an address that refuses every connection, and says why. */
	function ask(name: string, family: 4 | 6 | undefined, onlyReal: boolean): Promise<IpAddress[] | number> {
		return port.lookup(name, family).catch((error: { code?: string }) => {
			if (!(error instanceof NameRefusedError)) return resolverError(error.code ?? '');
			if (!onlyReal) return [error.standIn];
			context.refusedName(error.message);
			return resolverError('ENOTFOUND');
		});
	}
}

/** The bytes of a `struct msghdr`, from all its parts. */
function readMessage({ view, bytes }: WasmMemory, message: number): Uint8Array {
	const vectors = view.getUint32(message + 8, true);
	const parts = Array.from({ length: view.getInt32(message + 12, true) }, (_, i) => {
		const start = view.getUint32(vectors + i * 8, true);
		return bytes.subarray(start, start + view.getUint32(vectors + i * 8 + 4, true));
	});
	return joinBytes(parts);
}
