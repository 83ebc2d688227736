import type { HandleImports } from './abi/host-imports.ts';
import type { HandleSignals, Signal } from './sockets/signal.ts';
import { Socket } from './sockets/socket.ts';
import { AF_UNIX } from './sockets/socket-addresses.ts';
import type { SocketParts } from './sockets/socket-imports.ts';

const FAILED = -1;
/** IGOR_TASK_OVER */
const TASK_OVER = -2;

/** The descriptors of handles: sockets with nobody at the other end, readable wherever PHP waits for sockets. PHP thread. */
export class HandleStreams {
	readonly #signals: HandleSignals;
	readonly #sockets: () => SocketParts | undefined;

	/** @param sockets what PHP waits for its sockets with; undefined = it has none */
	constructor(signals: HandleSignals, sockets: () => SocketParts | undefined) {
		this.#signals = signals;
		this.#sockets = sockets;
	}

	imports(): HandleImports {
		return {
			igor_host_handle_open: (isQuiet) => this.#open(this.#signals.worker(isQuiet !== 0)),
			igor_host_handle_tick: () => (this.#signals.tick() ? 1 : 0),
			igor_host_task_open: (id) => {
				const signal = this.#signals.task(id);
				return signal === undefined ? TASK_OVER : this.#open(signal);
			},
		};
	}

	#open(signal: Signal): number {
		const sockets = this.#sockets();
		if (sockets === undefined) return FAILED;
		const { network, waiting, descriptors } = sockets;
		return descriptors.open(Socket.ofSignal(AF_UNIX, network, waiting.changed, signal), false);
	}
}
