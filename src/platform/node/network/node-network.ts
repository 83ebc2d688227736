import { lookup } from 'node:dns/promises';
import { connect, createServer, type OnReadOpts, type Server, type Socket } from 'node:net';
import type {
	Connection,
	ConnectionEvents,
	Endpoint,
	IpEndpoint,
	Listener,
	ListenerEvents,
	NetworkPort,
} from '../../../php-thread/sockets/network-port.ts';

/** One buffer for all connections of the thread: receivers copy the bytes at once. */
const READ_BYTES = 64 * 1024;
/** How long a closed connection may take to hand over what was written, milliseconds. */
const LINGER = 10_000;

/** Sockets of Node on this thread's own event loop. @param operators see NetworkPort */
export function createNodeNetwork(operators: NetworkPort['operators']): NetworkPort {
	const buffer = new Uint8Array(READ_BYTES);
	return {
		connect: (target, from, events) => connectSocket(target, from, events, buffer),
		listen,
		operators,
		lookup: async (name, family) => {
			const found = await lookup(name, { all: true, ...(family && { family }) });
			return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
		},
		// The second one: the first may come in the same turn, after a check that came too early.
		turn: (done) => {
			setImmediate(() => setImmediate(done));
		},
	};
}

function connectSocket(
	target: Endpoint,
	from: IpEndpoint | undefined,
	events: ConnectionEvents,
	buffer: Uint8Array,
): Connection {
	const onread: OnReadOpts = {
		buffer,
		callback: (length, bytes) => connection.live && events.data(bytes.subarray(0, length)),
	};
	const where =
		'path' in target
			? { path: target.path }
			: {
					host: target.address,
					port: target.port,
					...(from && { localAddress: from.address, ...(from.port !== 0 && { localPort: from.port }) }),
				};
	const connection = new NodeConnection(connect({ ...where, allowHalfOpen: true, onread }), events);
	return connection;
}

/** A socket of Node as PHP knows it. */
export class NodeConnection implements Connection {
	/** False from the moment PHP has given it up. */
	live = true;
	readonly #socket: Socket;
	readonly #events: ConnectionEvents;
	/** Some bytes still wait for the operating system. */
	#waiting = false;

	constructor(socket: Socket, events: ConnectionEvents) {
		this.#socket = socket;
		this.#events = events;
		const live =
			<A extends unknown[]>(tell: (...args: A) => void) =>
			(...args: A): void => {
				if (this.live) tell(...args);
			};
		socket.on('connect', live(events.connected));
		socket.on('end', live(events.ended));
		socket.on(
			'error',
			live((error: NodeJS.ErrnoException) => {
				this.live = false;
				socket.destroy();
				events.failed(error.code ?? 'EIO');
			}),
		);
	}

	write(bytes: Uint8Array): boolean {
		const socket = this.#socket;
		// The system usually takes all of it at once.
		socket.write(bytes.slice(), () => {
			if (socket.writableLength === 0 && this.#waiting) {
				this.#waiting = false;
				if (this.live) this.#events.drained();
			}
		});
		this.#waiting = socket.writableLength > 0;
		return !this.#waiting;
	}

	end(): void {
		this.#socket.end();
	}

	close(): void {
		this.live = false;
		const socket = this.#socket;
		if (socket.writableLength === 0) {
			socket.destroy();
			return;
		}
		socket.resume();
		socket.destroySoon();
		setTimeout(() => socket.destroy(), LINGER).unref();
	}

	resume(): void {
		this.#socket.resume();
	}

	setNoDelay(on: boolean): void {
		this.#socket.setNoDelay(on);
	}

	setKeepAlive(on: boolean, delay: number): void {
		this.#socket.setKeepAlive(on, delay);
	}

	local(): Endpoint | undefined {
		return endpoint(this.#socket.localAddress, this.#socket.localPort);
	}

	peer(): Endpoint | undefined {
		return endpoint(this.#socket.remoteAddress, this.#socket.remotePort);
	}
}

function listen(at: Endpoint, backlog: number, events: ListenerEvents): Listener {
	let live = true;
	const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
	server.on('error', (error: NodeJS.ErrnoException) => {
		if (live) events.failed(error.code ?? 'EIO');
		live = false;
	});
	server.on('listening', () => {
		const address = server.address();
		if (live) events.listening(address !== null && typeof address === 'object' ? address : at);
	});
	server.on('connection', (socket) => {
		const local = endpoint(socket.localAddress, socket.localPort) ?? { path: '' };
		const peer = endpoint(socket.remoteAddress, socket.remotePort) ?? { path: '' };
		// One that breaks before PHP accepts it shows up as broken afterwards.
		let early: NodeJS.ErrnoException | undefined;
		const remember = (error: NodeJS.ErrnoException): void => {
			early = error;
		};
		socket.on('error', remember);
		events.connection({
			local,
			peer,
			open: (opened) => {
				const connection = new NodeConnection(socket, opened);
				socket.off('error', remember);
				socket.on('data', (bytes) => {
					if (connection.live && !opened.data(bytes)) socket.pause();
				});
				socket.resume();
				if (early !== undefined) socket.emit('error', early);
				return connection;
			},
		});
	});
	if ('path' in at) {
		// A path is bound before this returns.
		server.listen({ path: at.path, backlog });
		if (server.listening) publish(at, server);
	} else server.listen({ host: at.address, port: at.port, backlog, exclusive: true, ipv6Only: false });
	return {
		close: () => {
			live = false;
			server.close();
		},
	};
}

/** Gives a socket its name. That it is taken is reported like any other error: after this call. */
function publish(at: { publish?(): void }, server: Server): void {
	try {
		at.publish?.();
	} catch (error) {
		queueMicrotask(() => {
			server.emit('error', error);
			server.close();
		});
	}
}

function endpoint(address: string | undefined, port: number | undefined): IpEndpoint | undefined {
	return address === undefined || port === undefined ? undefined : { address, port };
}
