import { DEFAULTS } from './defaults.ts';
import { OptionsError } from './options-error.ts';
import { wholeNumber } from './values.ts';

/** The servers of NATS JetStream through which the servers of a fleet share sidekicks. */
export interface ClusterOption {
	/** As `nats://HOST[:PORT]`; one is enough, it names the others. */
	servers: string | readonly string[];
	/** Which fleet: others under the same engine never meet it. Default: igor. */
	name?: string;
	/** A file with credentials, as `nsc` writes it. */
	credentials?: string;
	user?: string;
	password?: string;
	token?: string;
	/** Files in PEM format; `{}` = TLS with the system's authorities. */
	tls?: ClusterTls;
	/** Of the data in the engine, 1 to 5. Default: 1. */
	replicas?: number;
	/** Milliseconds that a server which does not answer keeps a sidekick. Default: 5000. */
	lease?: number;
}

/** Files in PEM format. */
export interface ClusterTls {
	/** Authorities that the servers' certificates may come from. */
	readonly ca?: string;
	/** The certificate of this client, and its key. */
	readonly cert?: string;
	readonly key?: string;
}

/** The same after validation. */
export interface ResolvedCluster {
	/** `HOST:PORT`. */
	readonly servers: readonly string[];
	readonly name: string;
	/** Absolute path. */
	readonly credentials?: string;
	readonly user?: string;
	readonly password?: string;
	readonly token?: string;
	/** Absolute paths. */
	readonly tls?: ClusterTls;
	readonly replicas: number;
	/** Milliseconds. */
	readonly lease: number;
}

/** The shortest lease, milliseconds: it is renewed three times meanwhile, over a network. */
export const SHORTEST_LEASE = 500;
const NATS_PORT = 4222;
const MOST_REPLICAS = 5;
const LONGEST_NAME = 64;

/**
 * Validates options and fills in the defaults.
 *
 * @param resolve makes paths absolute
 * @throws OptionsError, which never shows credentials
 */
export function resolveCluster(option: ClusterOption, resolve: (path: string) => string): ResolvedCluster {
	const { credentials, user, password, token, tls, name = DEFAULTS.clusterName } = option;
	const servers = (typeof option.servers === 'string' ? [option.servers] : option.servers).map(natsAddress);
	if (servers.length === 0) throw bad('A cluster needs the address of a NATS server, as nats://HOST:PORT.');
	if (name === '' || name.length > LONGEST_NAME)
		throw bad(`The name of a cluster has 1 to ${LONGEST_NAME} characters.`);
	const ways = [credentials, user, token].filter((way) => way !== undefined).length;
	if (ways > 1) throw bad('A cluster takes one of credentials, user and token; leave out the others.');
	if ((user === undefined) !== (password === undefined)) {
		throw bad('A cluster takes a user and a password together; add the other one.');
	}
	const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
	const replicas = wholeNumber(
		option.replicas ?? DEFAULTS.clusterReplicas,
		'The replicas of a cluster',
		1,
		'bad_cluster',
	);
	if (replicas > MOST_REPLICAS) throw bad(`A cluster has at most ${MOST_REPLICAS} replicas.`);
	return {
		servers,
		name,
		...(credentials !== undefined && { credentials: resolve(credentials) }),
		...(user !== undefined && { user, password: password as string }),
		...(token !== undefined && { token }),
		...(tls && {
			tls: Object.fromEntries(
				Object.entries({ ca: absolute(tls.ca), cert: absolute(tls.cert), key: absolute(tls.key) }).filter(
					([, path]) => path !== undefined,
				),
			),
		}),
		replicas,
		lease: wholeNumber(
			option.lease ?? DEFAULTS.clusterLease,
			'The lease of a cluster (milliseconds)',
			SHORTEST_LEASE,
			'bad_cluster',
		),
	};
}

/** @throws OptionsError */
function natsAddress(text: string): string {
	const address = URL.canParse(text) ? new URL(text) : undefined;
	const isNats = address?.protocol === 'nats:' || address?.protocol === 'tls:';
	// What stands before an @ would be shown wherever the address is.
	if (address !== undefined && (address.username !== '' || address.password !== '')) {
		throw bad(
			'The address of a NATS server must not contain credentials; give them as user and password, or as token.',
		);
	}
	if (!isNats || address === undefined || address.hostname === '' || !['', '/'].includes(address.pathname)) {
		throw bad(`'${text}' is not the address of a NATS server; write nats://HOST:PORT.`);
	}
	return `${address.hostname}:${address.port || NATS_PORT}`;
}

function bad(message: string): OptionsError {
	return new OptionsError('bad_cluster', message);
}
