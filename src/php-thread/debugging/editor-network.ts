import type { Connection, ConnectionEvents, NetworkPort } from '../sockets/network-port.ts';
import type { Restriction } from '../sockets/restricted-network.ts';
import { toEditor, toXdebug } from './dbgp-paths.ts';
import { type ShownFolder, ShownPaths } from './shown-paths.ts';

/**
 * A network in which the editor reads and writes the host's paths, although PHP sees some folders elsewhere: on the
 * connections that lead to it, paths are exchanged on the way.
 */
export function networkWithEditor(
	{ network, isEditor }: Pick<Restriction, 'network' | 'isEditor'>,
	folders: readonly ShownFolder[],
): NetworkPort {
	const paths = new ShownPaths(folders);
	if (!paths.differ) return network;
	return {
		...network,
		connect: (target, from, events) =>
			isEditor(target)
				? translated(paths, events, (outer) => network.connect(target, from, outer))
				: network.connect(target, from, events),
	};
}

function translated(
	paths: ShownPaths,
	events: ConnectionEvents,
	open: (events: ConnectionEvents) => Connection,
): Connection {
	const outgoing = toEditor(paths);
	const incoming = toXdebug(paths);
	const pass = (bytes: Uint8Array): boolean => bytes.length === 0 || events.data(bytes);
	const connection = open({
		connected: () => events.connected(),
		data: (bytes) => pass(incoming.take(bytes)),
		ended: () => {
			pass(incoming.rest());
			events.ended();
		},
		drained: () => events.drained(),
		failed: (code) => events.failed(code),
	});
	const write = (bytes: Uint8Array): boolean => bytes.length === 0 || connection.write(bytes);
	const flush = (): void => void write(outgoing.rest());
	return {
		write: (bytes) => write(outgoing.take(bytes)),
		end: () => {
			flush();
			connection.end();
		},
		close: () => {
			flush();
			connection.close();
		},
		resume: () => connection.resume(),
		setNoDelay: (on) => connection.setNoDelay(on),
		setKeepAlive: (on, delay) => connection.setKeepAlive(on, delay),
		local: () => connection.local(),
		peer: () => connection.peer(),
	};
}
