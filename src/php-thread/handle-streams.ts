import type { ThreadCell } from '../shared-memory/thread-cell.ts';
import type { HandleImports } from './abi/host-imports.ts';
import type { Connection, ConnectionEvents } from './sockets/network-port.ts';
import { Socket } from './sockets/socket.ts';
import { AF_UNIX } from './sockets/socket-addresses.ts';
import type { SocketParts } from './sockets/socket-imports.ts';

/** What is read of a stream: a line, for fgets(). */
const WAKE_UP = Uint8Array.of(0x0a);
const FAILED = -1;

/**
 * The streams of a sidekick's handles: sockets with nobody at the other end. What is sent to them here makes them
 * readable, wherever PHP waits for sockets. PHP thread.
 */
export class HandleStreams {
	readonly #cell: ThreadCell;
	readonly #ticked: () => void;
	readonly #sockets: () => SocketParts | undefined;
	readonly #open = new Map<Socket, ConnectionEvents>();
	/** Before the first tick of a run, streams are readable. */
	#hasTicked = false;

	/**
	 * @param ticked called at each tick
	 * @param sockets what PHP waits for its sockets with; undefined = it has none
	 */
	constructor(cell: ThreadCell, ticked: () => void, sockets: () => SocketParts | undefined) {
		this.#ticked = ticked;
		this.#cell = cell;
		this.#sockets = sockets;
	}

	/** A run begins. */
	begin(): void {
		this.#hasTicked = false;
	}

	imports(): HandleImports {
		return {
			igor_host_handle_open: (isQuiet) => this.#openStream(isQuiet !== 0),
			igor_host_handle_tick: () => (this.#tick() ? 1 : 0),
		};
	}

	#openStream(isQuiet: boolean): number {
		const sockets = this.#sockets();
		if (sockets === undefined) return FAILED;
		const { network, waiting, descriptors } = sockets;
		let heard: ConnectionEvents | undefined;
		const socket = Socket.connected(AF_UNIX, network, waiting.changed, (events) => {
			heard = events;
			return nobody(() => this.#open.delete(socket));
		});
		const events = heard as ConnectionEvents | undefined;
		if (events === undefined) return FAILED;
		this.#open.set(socket, events);
		if (!this.#hasTicked && !isQuiet) events.data(WAKE_UP);
		const raised = this.#cell.stopRaised();
		if (raised === undefined) events.ended();
		else void raised.then(() => this.#open.has(socket) && this.#cell.mustStop && events.ended());
		return descriptors.open(socket, false);
	}

	#tick(): boolean {
		this.#hasTicked = true;
		this.#ticked();
		const scrap = new Uint8Array(64);
		for (const [socket, events] of this.#open) {
			while (socket.receive(scrap, false) > 0);
			if (this.#cell.mustStop) events.ended();
		}
		return !this.#cell.mustStop;
	}
}

/** The other end: takes what is written, and says nothing. */
function nobody(closed: () => void): Connection {
	return {
		write: () => true,
		end: () => {},
		close: closed,
		resume: () => {},
		setNoDelay: () => {},
		setKeepAlive: () => {},
		local: () => undefined,
		peer: () => undefined,
	};
}
