import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { type HeaderOperation, headerOperation } from './header.ts';
import { type HttpTransport, readHttpTransport } from './reverse-proxy/http-transport.ts';
import { type LoadBalancing, LoadBalancingLines } from './reverse-proxy/load-balancing.ts';
import { type ActiveHealth, type PassiveHealth, UpstreamHealthLines } from './reverse-proxy/upstream-health.ts';

/** Another server that answers. */
export interface Upstream {
	readonly secure: boolean;
	/** A TCP address, or the path of a UNIX socket. */
	readonly to: { readonly host: string; readonly port: number } | { readonly socket: string };
}

/** `reverse_proxy [MATCHER] UPSTREAM… { … }`, Caddy's: another server answers, by HTTP/1.1, or talks WebSocket. */
export interface ReverseProxy extends LoadBalancing, HttpTransport {
	readonly type: 'reverse_proxy';
	readonly upstreams: readonly Upstream[];
	/** `undefined` = no upstream is asked how it is. */
	readonly active?: ActiveHealth;
	readonly passive: PassiveHealth;
	/** Changes of the headers that the upstream gets. */
	readonly headerUp: readonly HeaderOperation[];
	/** Changes of those that the client gets. */
	readonly headerDown: readonly HeaderOperation[];
	/** The URI that the upstream gets, as `rewrite` writes it. */
	readonly rewrite?: string;
	readonly method?: string;
}

/** @throws CaddyfileError */
export function readReverseProxy(directive: Directive): ReverseProxy {
	const tokens = new Arguments(directive).rest();
	const options: { -readonly [Name in 'rewrite' | 'method']?: ReverseProxy[Name] } = {};
	const balancing = new LoadBalancingLines();
	const health = new UpstreamHealthLines();
	let transport: HttpTransport = { tls: false, insecure: false };
	const headerUp: HeaderOperation[] = [];
	const headerDown: HeaderOperation[] = [];
	const header = (operations: HeaderOperation[]) => (line: Directive) => {
		noBlock(line);
		const args = new Arguments(line);
		operations.push(headerOperation(args.take('a header field').text, args, line));
	};
	readBlock(directive, {
		once: {
			...balancing.once,
			...health.once,
			rewrite: (line) => {
				options.rewrite = onlyArgument(line, 'a URI').text;
			},
			method: (line) => {
				options.method = onlyArgument(line, 'a method').text.toUpperCase();
			},
			// Whatever comes is sent on at once.
			flush_interval: (line) => void onlyArgument(line, 'a duration'),
			transport: (line) => {
				transport = readHttpTransport(line);
			},
		},
		often: {
			to: (line) => {
				noBlock(line);
				tokens.push(...new Arguments(line).some('upstreams such as localhost:9000'));
			},
			header_up: header(headerUp),
			header_down: header(headerDown),
		},
		unsupported: [
			...['dynamic', 'lb_retry_match', 'health_upstream', 'health_follow_redirects', 'health_request_body'],
			...['health_path', 'request_buffers', 'response_buffers', 'stream_timeout', 'stream_close_delay'],
			...['stream_buffer_size', 'trusted_proxies', 'verbose_logs', 'replace_status', 'handle_response'],
			'copy_response',
		],
	});
	if (tokens.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, "'reverse_proxy' names no upstream", {
			expected: 'something like localhost:9000',
		});
	}
	const upstreams = tokens.map((token) => readUpstream(token, transport.tls));
	return {
		type: 'reverse_proxy',
		...transport,
		...balancing.finish(),
		...health.finish(),
		...options,
		upstreams,
		headerUp,
		headerDown,
	};
}

/** `HOST:PORT`, `:PORT`, `http://HOST[:PORT]`, `https://…`, `unix//PATH`. */
function readUpstream(token: Token, tls: boolean): Upstream {
	const socket = /^unix(?:\/|:\/\/)(\/.+)$/.exec(token.text)?.[1];
	if (socket !== undefined) return { secure: tls, to: { socket } };
	const [, scheme, host = '', port] =
		/^(?:(https?):\/\/)?(\[[\da-f:.]+\]|[^[\]:/{}]*)(?::(\d{1,5}))?\/?$/i.exec(token.text) ?? [];
	const secure = scheme === 'https' || (tls && scheme === undefined);
	const number = Number(port ?? (secure || port === '443' ? 443 : 80));
	if ((host === '' && port === undefined) || number > 65535 || number === 0) {
		throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is no upstream`, {
			expected: 'something like localhost:9000, https://example.com or unix//run/app.sock; no path and no placeholder',
		});
	}
	return { secure, to: { host: host.replace(/^\[(.*)\]$/, '$1') || 'localhost', port: number } };
}
