import { readFile } from 'node:fs/promises';
import { type Authenticator, connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { ResolvedCluster } from '../../../config/cluster.ts';

/** How long one server may take, milliseconds. */
const CONNECT_TIMEOUT = 2000;
const RECONNECT_PAUSE = 250;
/** A connection that is silent is asked so often, and is lost after so many questions, milliseconds. */
const PING_INTERVAL = 5000;
const LOST_PINGS = 2;

/** Connects to one of the servers. Later on it reconnects by itself, to any of them. @throws when none answers */
export async function connectTo(options: ResolvedCluster): Promise<NatsConnection> {
	const { servers, name, credentials, user, password, token, tls } = options;
	return connect({
		servers: [...servers],
		name: `igor ${name}`,
		timeout: CONNECT_TIMEOUT,
		maxReconnectAttempts: -1,
		reconnectTimeWait: RECONNECT_PAUSE,
		pingInterval: PING_INTERVAL,
		maxPingOut: LOST_PINGS,
		...(credentials !== undefined && { authenticator: await credentialsIn(credentials) }),
		...(user !== undefined && { user, pass: password }),
		...(token !== undefined && { token }),
		...(tls && { tls: { caFile: tls.ca, certFile: tls.cert, keyFile: tls.key } as Record<string, string> }),
	});
}

/** Whether it is open, or will be again. */
export function isUsable(nats: NatsConnection): boolean {
	return !nats.isClosed() && !nats.isDraining();
}

async function credentialsIn(file: string): Promise<Authenticator> {
	try {
		return credsAuthenticator(await readFile(file));
	} catch (error) {
		throw new Error(
			`its credentials cannot be read from ${file} (${(error as NodeJS.ErrnoException).code ?? 'bad format'})`,
		);
	}
}
