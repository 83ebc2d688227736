import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import { readNetworks } from '../caddyfile/networks.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { readChoice, readDuration } from '../caddyfile/units.ts';

/** The global `servers { … }`, Caddy's: what holds for every socket. */
export interface ServersOptions {
	/** Addresses and networks whose `X-Forwarded-*` are trusted; `private_ranges` stands for all private ones. */
	readonly trustedProxies: readonly string[];
	/** In lower case: the first that is there names the client. */
	readonly clientIpHeaders: readonly string[];
	readonly timeouts: ServerTimeouts;
}

/** Milliseconds; what is missing has the default. */
export interface ServerTimeouts {
	/** For the head of a request. */
	readonly readHeader?: number;
	/** For a whole request, its body included. */
	readonly readBody?: number;
	/** For the next request of a connection. */
	readonly idle?: number;
}

export const DEFAULT_SERVERS: ServersOptions = {
	trustedProxies: [],
	clientIpHeaders: ['x-forwarded-for'],
	timeouts: {},
};

const PROTOCOLS = ['h1', 'h2', 'h3', 'h2c'] as const;
const OWN_PROTOCOLS = 'Igor serves h1 and h2, always both: leave the line away, or write h1 h2';

/** @throws CaddyfileError */
export function readServers(line: Directive): ServersOptions {
	const listener = line.args[0];
	if (listener) {
		const what = "options for one listener are not supported by Igor; 'servers' is for all of them";
		throw new CaddyfileError('unsupported', listener.position, what);
	}
	let { trustedProxies, clientIpHeaders, timeouts } = DEFAULT_SERVERS;
	readBlock(line, {
		once: {
			trusted_proxies: (each) => {
				noBlock(each);
				const args = new Arguments(each);
				readChoice(args.take("'static' and the networks"), ['static']);
				trustedProxies = readNetworks(args.some('addresses, networks or private_ranges'), each.name);
			},
			// From the right, and only as far as the proxies are trusted: there is no other way here.
			trusted_proxies_strict: noArguments,
			client_ip_headers: (each) => {
				noBlock(each);
				const names = new Arguments(each).some('names of header fields');
				for (const { text, position } of names) {
					if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) continue;
					throw new CaddyfileError('bad_value', position, `${quoteWord(text)} names no header field`);
				}
				clientIpHeaders = names.map(({ text }) => text.toLowerCase());
			},
			protocols: readProtocols,
			timeouts: (each) => {
				timeouts = readTimeouts(each);
			},
		},
		unsupported: [
			'name',
			'listener_wrappers',
			'packet_conn_wrappers',
			'keepalive_interval',
			'keepalive_idle',
			'keepalive_count',
			'max_header_size',
			'enable_full_duplex',
			'log_credentials',
			'strict_sni_host',
			'insecure_strict_sni_host',
			'trusted_proxies_unix',
			'metrics',
			'trace',
			'0rtt',
		],
	});
	return { trustedProxies, clientIpHeaders, timeouts };
}

function readProtocols(line: Directive): void {
	noBlock(line);
	const wanted = new Arguments(line).some('protocols such as h1');
	const names = wanted.map((each) => readChoice(each, PROTOCOLS));
	if (names.includes('h1') && names.includes('h2') && names.length === 2) return;
	const missing = names.findIndex((name) => name === 'h3' || name === 'h2c');
	const { position } = wanted[Math.max(missing, 0)]!;
	const what = missing < 0 ? 'fewer protocols' : `the protocol '${names[missing]}'`;
	throw new CaddyfileError('unsupported', position, `${what} cannot be had`, { hint: OWN_PROTOCOLS });
}

function readTimeouts(line: Directive): ServerTimeouts {
	new Arguments(line).end();
	const timeouts: { -readonly [Name in keyof ServerTimeouts]: ServerTimeouts[Name] } = {};
	const duration = (name: keyof ServerTimeouts) => (each: Directive) => {
		timeouts[name] = readDuration(onlyArgument(each, 'a duration'));
	};
	readBlock(line, {
		once: { read_header: duration('readHeader'), read_body: duration('readBody'), idle: duration('idle') },
		unsupported: { write: "leave it away; PHP's max_execution_time ends what takes too long" },
	});
	return timeouts;
}
