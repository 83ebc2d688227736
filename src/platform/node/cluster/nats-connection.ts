import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
	type Authenticator,
	connect,
	credsAuthenticator,
	errors,
	type NatsConnection,
	type TlsOptions,
} from '@nats-io/transport-node';
import type { ResolvedCluster } from '../../../config/cluster.ts';
import { greetingOf } from './nats-greeting.ts';

/** How long one server may take, milliseconds. */
const CONNECT_TIMEOUT = 2000;
const RECONNECT_PAUSE = 250;
/** A connection that is silent is asked so often, and is lost after so many questions, milliseconds. */
const PING_INTERVAL = 5000;
const LOST_PINGS = 2;

/** Connects to one of the servers. Later on it reconnects by itself, to any of them. @throws when none answers */
export async function connectTo(options: ResolvedCluster): Promise<NatsConnection> {
	const { servers, name, credentials, user, password, token, tls } = options;
	const connecting = connect({
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
		...(tls && {
			tls: { caFile: tls.ca, certFile: tls.cert, keyFile: tls.key, checkServerIdentity: checkIdentity } as TlsOptions,
		}),
	});
	return connecting.catch(async (error) => {
		throw error instanceof errors.TimeoutError ? ((await missesCertificate(options)) ?? error) : error;
	});
}

/**
 * With TLS 1.3 a server tells that it misses a certificate, or does not take it, when the client takes TLS for done: the
 * client drops the error, and waits in vain.
 */
async function missesCertificate({ servers, tls }: ResolvedCluster): Promise<Error | undefined> {
	for (const server of tls === undefined ? [] : servers) {
		const greeting = await greetingOf(server, CONNECT_TIMEOUT);
		if (greeting?.tls_verify !== true) continue;
		return tls?.cert === undefined
			? new Error(`${server} wants to see a certificate of this client; add cert and key to tls`)
			: new Error(
					`${server} does not answer, perhaps because it takes no certificate as that of cert; check its authority`,
				);
	}
	return undefined;
}

/** Whether it is open, or will be again. */
export function isUsable(nats: NatsConnection): boolean {
	return !nats.isClosed() && !nats.isDraining();
}

/**
 * Node.js has the options of the TLS connection as `this`. The client leaves a server's name empty where it is an address,
 * and the certificate would have to be one for localhost.
 */
function checkIdentity(this: { servername?: string; socket?: Socket }, host: string, certificate: PeerCertificate) {
	return checkServerIdentity(this.servername || this.socket?.remoteAddress || host, certificate);
}

async function credentialsIn(file: string): Promise<Authenticator> {
	const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
		throw new Error(`its credentials cannot be read from ${file} (${error.code})`);
	});
	const authenticator = credsAuthenticator(bytes);
	try {
		// The client would fail as well, but does not say where.
		authenticator('');
	} catch {
		throw new Error(`${file} has no credentials of NATS; it needs those of a user, as nsc writes them`);
	}
	return authenticator;
}
