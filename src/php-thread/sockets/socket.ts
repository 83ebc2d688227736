import { ByteQueue } from '../../bytes/byte-queue.ts';
import { ERRNO, errnoOf } from '../abi/errno.ts';
import type { Connection, ConnectionEvents, Endpoint, Listener, ListenerEvents, NetworkPort } from './network-port.ts';
import type { Signal } from './signal.ts';
import { applyOptions, REUSE_ADDRESS } from './socket-options.ts';

// poll(2)
export const POLLIN = 1;
export const POLLOUT = 4;
export const POLLERR = 8;
export const POLLHUP = 16;

/** Bytes that are kept while PHP does not read; beyond that the peer has to wait. */
const MOST_UNREAD = 1024 * 1024;
/** The most that one write to a non-blocking socket takes, bytes. */
const LARGEST_WRITE = 64 * 1024;

/** Connections that the system keeps until PHP accepts them, unless PHP says otherwise. */
const DEFAULT_BACKLOG = 511;

const SOCK_STREAM = 1;
/** What is read of a signal: a line, for fgets(). */
const LINE_BREAK = 0x0a;

type Incoming = Parameters<ListenerEvents['connection']>[0];

/** One stream socket of PHP, TCP or UNIX: what the kernel would know about it. Results are values or negative errno. */
export class Socket {
	readonly family: number;
	readonly type: number;
	/** Timeouts by SO_RCVTIMEO and SO_SNDTIMEO, milliseconds; 0 = none. */
	receiveTimeout = 0;
	sendTimeout = 0;
	/** Options that are only remembered, by level and name. */
	readonly options = new Map<string, number>();
	/** Descriptors that lead here. */
	references = 1;
	local: Endpoint | undefined;
	peer: Endpoint | undefined;
	readonly #port: NetworkPort;
	readonly #changed: () => void;
	#state: 'new' | 'bound' | 'connecting' | 'connected' | 'listening' | 'dead' = 'new';
	readonly #received = new ByteQueue();
	#paused = false;
	#ended = false;
	#shut = { reading: false, writing: false };
	#full = false;
	/** The error that the next call reports. */
	#error = 0;
	#connection: Connection | undefined;
	#listener: Listener | undefined;
	#settled = true;
	readonly #incoming: Incoming[] = [];
	/** What opens the connection, until PHP asks for it. */
	#later: (() => Connection) | undefined;

	/** What it tells, if there is nobody at the other end. */
	readonly signal: Signal | undefined;

	/** @param changed called whenever something may have become possible */
	constructor(family: number, type: number, port: NetworkPort, changed: () => void, signal?: Signal) {
		this.signal = signal;
		this.family = family;
		this.type = type;
		this.#port = port;
		this.#changed = changed;
	}

	/** PHP's end of a connection that exists already. @param lazily it is opened when PHP first reads or polls */
	static connected(
		family: number,
		port: NetworkPort,
		changed: () => void,
		open: (events: ConnectionEvents) => Connection,
		lazily = false,
	): Socket {
		const socket = new Socket(family, SOCK_STREAM, port, changed);
		socket.#state = 'connected';
		socket.#later = () => open(socket.#events());
		if (!lazily) socket.#openNow();
		return socket;
	}

	/** A socket that is as readable as the signal says. What is written to it goes nowhere. */
	static ofSignal(family: number, port: NetworkPort, changed: () => void, signal: Signal): Socket {
		const socket = new Socket(family, SOCK_STREAM, port, changed, signal);
		socket.#state = 'connected';
		return socket;
	}

	#openNow(): void {
		const open = this.#later;
		this.#later = undefined;
		if (open !== undefined) this.#connection = open();
	}

	get connecting(): boolean {
		return this.#state === 'connecting';
	}

	get listening(): boolean {
		return this.#state === 'listening';
	}

	get connected(): boolean {
		return this.#state === 'connected';
	}

	/** Begins to connect; 0. @param shown what PHP calls the target */
	connect(target: Endpoint, shown: Endpoint): number {
		if (this.#state === 'connecting') return -ERRNO.EALREADY;
		if (this.#state === 'connected') return -ERRNO.EISCONN;
		if (this.#state === 'listening') return -ERRNO.EOPNOTSUPP;
		const from = this.#state === 'bound' && this.local !== undefined && 'port' in this.local ? this.local : undefined;
		this.#stopListening();
		this.#state = 'connecting';
		this.#error = 0;
		this.#connection = this.#port.connect(target, from, this.#events());
		this.peer = shown;
		return 0;
	}

	/**
	 * Binds; 0. Whether the address is free is known once `settled`. Hosts bind only in order to listen, so this already
	 * listens; when any port will do, nothing can go wrong, and it waits for the next call.
	 */
	bind(at: Endpoint, shown: Endpoint): number {
		if (this.#state !== 'new') return -ERRNO.EINVAL;
		this.#state = 'bound';
		this.local = shown;
		if ('path' in at || at.port !== 0) this.#open(at, DEFAULT_BACKLOG);
		return 0;
	}

	/** Takes the local address that a client asks for; 0. The system learns it when the client connects. */
	bindClient(at: Endpoint): number {
		if (this.#state !== 'new') return -ERRNO.EINVAL;
		this.#state = 'bound';
		this.local = at;
		return 0;
	}

	/** Whether it has been prepared as PHP's servers are. */
	get isServer(): boolean {
		return this.options.has(REUSE_ADDRESS);
	}

	/** It is bound to its address, or about to be. */
	get hasListener(): boolean {
		return this.#listener !== undefined || this.#state === 'listening';
	}

	/** Begins to listen; 0. Whether that went well is known once `settled`. */
	listen(backlog: number): number {
		if (this.#state === 'listening') return 0;
		if (this.#state !== 'new' && this.#state !== 'bound') return -ERRNO.EINVAL;
		this.#state = 'listening';
		if (this.#listener === undefined) this.#open(this.local ?? { address: '0.0.0.0', port: 0 }, backlog);
		return 0;
	}

	/** Whether nothing is pending that `bind()` or `listen()` began. */
	get settled(): boolean {
		return this.#settled;
	}

	#open(at: Endpoint, backlog: number): void {
		this.#settled = false;
		this.#listener = this.#port.listen(at, backlog, {
			listening: (where) => {
				if ('port' in where) this.local = where;
				this.#settled = true;
				this.#changed();
			},
			failed: (code) => {
				this.#error = errnoOf(code);
				this.#settled = true;
				this.#state = 'new';
				this.#listener = undefined;
				this.#changed();
			},
			connection: (incoming) => {
				this.#incoming.push(incoming);
				this.#changed();
			},
		});
	}

	/** The next connection that came in. */
	accept(): Socket | number {
		if (this.#state !== 'listening') return -ERRNO.EINVAL;
		const incoming = this.#incoming.shift();
		if (incoming === undefined) return -ERRNO.EAGAIN;
		const socket = new Socket(this.family, this.type, this.#port, this.#changed);
		socket.#state = 'connected';
		socket.local = 'path' in incoming.local ? this.local : incoming.local;
		socket.peer = incoming.peer;
		socket.#connection = incoming.open(socket.#events());
		return socket;
	}

	/** Reads into `target`. 0 = the end; EAGAIN = nothing yet. */
	receive(target: Uint8Array, peek: boolean): number {
		if (this.signal !== undefined) return this.#receiveSignal(this.signal, target, peek);
		this.#openNow();
		if (this.#received.length > 0 && !this.#shut.reading) {
			const length = this.#received.read(target, peek);
			if (this.#paused && this.#received.length < MOST_UNREAD / 2) {
				this.#paused = false;
				this.#connection?.resume();
			}
			return length;
		}
		if (this.#error !== 0) return -this.takeError();
		if (this.#ended || this.#shut.reading || this.#state === 'dead') return 0;
		return this.#state === 'connected' ? -ERRNO.EAGAIN : -ERRNO.ENOTCONN;
	}

	#receiveSignal(signal: Signal, target: Uint8Array, peek: boolean): number {
		if (this.#shut.reading || this.#state === 'dead') return 0;
		if (!signal.readable) return signal.ended ? 0 : -ERRNO.EAGAIN;
		target[0] = LINE_BREAK;
		if (!peek) signal.consumed();
		return 1;
	}

	/** Writes bytes: all of them, or with `part` as many as are welcome. EAGAIN = none for now. */
	send(bytes: Uint8Array, part: boolean): number {
		if (this.#error !== 0) return -this.takeError();
		if (this.#shut.writing || this.#state === 'dead') return -ERRNO.EPIPE;
		if (this.#state !== 'connected') return this.#state === 'connecting' ? -ERRNO.EAGAIN : -ERRNO.ENOTCONN;
		if (this.signal !== undefined) return bytes.length;
		if (this.#full) return -ERRNO.EAGAIN;
		const taken = part ? bytes.subarray(0, LARGEST_WRITE) : bytes;
		this.#full = !(this.#connection as Connection).write(taken);
		return taken.length;
	}

	/** Everything that was written is on its way, or will never be. */
	get flushed(): boolean {
		return !this.#full || this.#state !== 'connected';
	}

	/** What poll(2) would say. */
	get events(): number {
		this.#openNow();
		if (this.#state === 'listening') return this.#incoming.length > 0 ? POLLIN : 0;
		if (this.#state === 'new' || this.#state === 'bound')
			return this.#error !== 0 ? POLLERR | POLLOUT | POLLHUP | POLLIN : POLLOUT | POLLHUP;
		if (this.#state === 'dead') return POLLIN | POLLOUT | POLLHUP | (this.#error !== 0 ? POLLERR : 0);
		if (this.#state === 'connecting') return 0;
		let events = 0;
		const told = this.signal !== undefined && (this.signal.readable || this.signal.ended);
		if (told || this.#received.length > 0 || this.#ended || this.#shut.reading) events |= POLLIN;
		if (!this.#full) events |= POLLOUT;
		if (this.#ended && this.#shut.writing) events |= POLLHUP;
		return events;
	}

	/** SO_ERROR: reading clears it. */
	takeError(): number {
		const error = this.#error;
		this.#error = 0;
		return error;
	}

	/** @param how 0 = read no more, 1 = write no more, 2 = both */
	shutdown(how: number): number {
		if (this.#state !== 'connected') return this.#state === 'dead' ? 0 : -ERRNO.ENOTCONN;
		if (how !== 1) this.#shut.reading = true;
		if (how !== 0 && !this.#shut.writing) {
			this.#shut.writing = true;
			this.#connection?.end();
		}
		this.#changed();
		return 0;
	}

	setNoDelay(on: boolean): void {
		this.#connection?.setNoDelay(on);
	}

	setKeepAlive(on: boolean, delay: number): void {
		this.#connection?.setKeepAlive(on, delay);
	}

	/** The last descriptor is gone. */
	close(): void {
		this.signal?.closed();
		this.#connection?.close();
		this.#stopListening();
		this.#state = 'dead';
		this.#changed();
	}

	#stopListening(): void {
		this.#listener?.close();
		this.#listener = undefined;
		for (const incoming of this.#incoming.splice(0)) incoming.open(NOBODY).close();
	}

	#events(): ConnectionEvents {
		return {
			connected: () => {
				this.#state = 'connected';
				this.local = this.#connection?.local();
				this.peer = this.#connection?.peer() ?? this.peer;
				applyOptions(this);
				this.#changed();
			},
			data: (bytes) => {
				this.#received.push(bytes.slice());
				this.#paused = this.#received.length >= MOST_UNREAD;
				this.#changed();
				return !this.#paused;
			},
			ended: () => {
				this.#ended = true;
				this.#changed();
			},
			drained: () => {
				this.#full = false;
				this.#changed();
			},
			failed: (code) => {
				// A failed connect may be retried; a broken connection is over.
				this.#state = this.#state === 'connecting' ? 'new' : 'dead';
				this.#error = errnoOf(code);
				this.#connection = undefined;
				this.#changed();
			},
		};
	}
}

const NOBODY: ConnectionEvents = {
	connected: () => {},
	data: () => false,
	ended: () => {},
	drained: () => {},
	failed: () => {},
};
