import type { Endpoint, Purpose, Refusal } from '../../../php-thread/sockets/network-port.ts';

/** Ports that every fetch() refuses: the "bad ports" of the Fetch standard. */
const BLOCKED = new Set([
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
	111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
	540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
	6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Ports that are usually not for HTTP: databases, caches, brokers. */
const OTHERS = new Map([
	[1433, 'SQL Server'],
	[1521, 'Oracle'],
	[2181, 'ZooKeeper'],
	[3306, 'MySQL'],
	[4222, 'NATS'],
	[5432, 'PostgreSQL'],
	[5671, 'AMQP'],
	[5672, 'AMQP'],
	[6379, 'Redis'],
	[6380, 'Redis'],
	[9042, 'Cassandra'],
	[9092, 'Kafka'],
	[11211, 'Memcached'],
	[26379, 'Redis Sentinel'],
	[27017, 'MongoDB'],
	[33060, 'MySQL'],
]);

/**
 * What a browser cannot do at all. A port is not a protocol: those that are usual for another one are refused at once,
 * which is the clearer error; on all others the first bytes decide.
 */
export function browserRefusal(to: Endpoint, purpose: Purpose): Refusal | undefined {
	if ('path' in to) {
		return {
			message: `The socket ${to.path} was refused: a browser has no UNIX sockets.`,
			reason: 'browsers have no UNIX sockets',
		};
	}
	if (purpose === 'listen') {
		return {
			message: `Listening on ${to.address}:${to.port} was refused: nobody can connect to a page in a browser.`,
			reason: 'browsers cannot listen',
		};
	}
	if (!BLOCKED.has(to.port) && !OTHERS.has(to.port)) return undefined;
	const usual = OTHERS.get(to.port);
	return {
		message: `Connecting to port ${to.port}${usual === undefined ? '' : ` (${usual})`} was refused: a browser has no TCP, only HTTP requests by fetch(). Ask an HTTP API instead, or run this app under Node.js.`,
		reason: 'browsers have no TCP, only HTTP',
	};
}
