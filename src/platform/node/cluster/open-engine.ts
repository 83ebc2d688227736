import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClusterEngine, FleetMember } from '../../../cluster/engine.ts';
import type { ResolvedCluster } from '../../../config/cluster.ts';
import type { Logger } from '../../../log/logger.ts';

/** An engine, and who asks it. */
export interface OpenEngine extends FleetMember {
	/** Ends the connection once nobody else needs it. */
	close(): Promise<void>;
}

/** The scopes of a process share a connection, and those of a former configuration with those of the next. */
const open = new Map<string, { starting: Promise<ClusterEngine & { close(): Promise<void> }>; users: number }>();

/** The engine of a fleet, connected or about to be. */
export async function openEngine(options: ResolvedCluster, log: Logger): Promise<OpenEngine> {
	const id = JSON.stringify(options);
	const shared = open.get(id) ?? { starting: start(options, log), users: 0 };
	shared.users++;
	open.set(id, shared);
	const engine = await shared.starting;
	let isOpen = true;
	return {
		engine,
		holder: { id: randomUUID(), label: `${hostname()}/${process.pid}` },
		close: async () => {
			if (!isOpen) return;
			isOpen = false;
			if (--shared.users > 0) return;
			open.delete(id);
			await engine.close();
		},
	};
}

async function start(options: ResolvedCluster, log: Logger) {
	// Loaded by whoever has a fleet, and by nobody else.
	const { NatsEngine } = await import('./nats-engine.ts');
	return new NatsEngine(options, log);
}
