import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock } from '../caddyfile/reading.ts';
import { readChoice, readDuration } from '../caddyfile/units.ts';
import { type HeaderOperation, headerOperation } from './header.ts';

const POLICIES = ['random', 'round_robin', 'first', 'ip_hash'] as const;

/** Another server that answers. */
export interface Upstream {
	readonly secure: boolean;
	/** A TCP address, or the path of a UNIX socket. */
	readonly to: { readonly host: string; readonly port: number } | { readonly socket: string };
}

/** `reverse_proxy [MATCHER] UPSTREAM… { … }`, Caddy's: another server answers, by HTTP/1.1, or talks WebSocket. */
export interface ReverseProxy {
	readonly type: 'reverse_proxy';
	readonly upstreams: readonly Upstream[];
	readonly policy: (typeof POLICIES)[number];
	/** Changes of the headers that the upstream gets. */
	readonly headerUp: readonly HeaderOperation[];
	/** Changes of those that the client gets. */
	readonly headerDown: readonly HeaderOperation[];
	/** The URI that the upstream gets, as `rewrite` writes it. */
	readonly rewrite?: string;
	readonly method?: string;
	/** Milliseconds; `undefined` = the default. */
	readonly dialTimeout?: number;
	readonly responseHeaderTimeout?: number;
	/** Any certificate of the upstream will do. */
	readonly insecure: boolean;
}

/** @throws CaddyfileError */
export function readReverseProxy(directive: Directive): ReverseProxy {
	const tokens = new Arguments(directive).rest();
	const options: { -readonly [Name in keyof ReverseProxy]?: ReverseProxy[Name] } = {};
	const headerUp: HeaderOperation[] = [];
	const headerDown: HeaderOperation[] = [];
	let tls = false;
	const header = (operations: HeaderOperation[]) => (line: Directive) => {
		noBlock(line);
		const args = new Arguments(line);
		operations.push(headerOperation(args.take('a header field').text, args, line));
	};
	const timeout = (name: 'dialTimeout' | 'responseHeaderTimeout') => (line: Directive) => {
		options[name] = readDuration(onlyArgument(line, 'a duration'));
	};
	readBlock(directive, {
		once: {
			lb_policy: (line) => {
				options.policy = readChoice(onlyArgument(line, 'a policy'), POLICIES);
			},
			rewrite: (line) => {
				options.rewrite = onlyArgument(line, 'a URI').text;
			},
			method: (line) => {
				options.method = onlyArgument(line, 'a method').text.toUpperCase();
			},
			// Whatever comes is sent on at once.
			flush_interval: (line) => void onlyArgument(line, 'a duration'),
			transport: (line) => {
				const args = new Arguments(line);
				readChoice(args.take("'http'"), ['http']);
				args.end();
				readBlock(line, {
					once: {
						tls: (each) => {
							tls = noArguments(each);
						},
						tls_insecure_skip_verify: (each) => {
							options.insecure = noArguments(each);
						},
						dial_timeout: timeout('dialTimeout'),
						response_header_timeout: timeout('responseHeaderTimeout'),
					},
					unsupported: [
						...['read_buffer', 'write_buffer', 'max_response_header', 'proxy_protocol', 'dial_fallback_delay'],
						...['expect_continue_timeout', 'resolvers', 'tls_client_auth', 'tls_timeout', 'tls_server_name'],
						...['tls_renegotiation', 'tls_except_ports', 'tls_curves', 'tls_trust_pool', 'keepalive', 'compression'],
						...['keepalive_interval', 'keepalive_idle_conns', 'keepalive_idle_conns_per_host', 'versions'],
						...['max_conns_per_host', 'local_address', 'forward_proxy_url', 'network_proxy', 'read_timeout'],
						'write_timeout',
					],
				});
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
			...['dynamic', 'lb_retries', 'lb_try_duration', 'lb_try_interval', 'lb_retry_match', 'health_uri', 'health_port'],
			...['health_interval', 'health_passes', 'health_fails', 'health_timeout', 'health_status', 'health_body'],
			...['health_method', 'health_headers', 'health_upstream', 'health_follow_redirects', 'health_request_body'],
			...['fail_duration', 'max_fails', 'unhealthy_status', 'unhealthy_latency', 'unhealthy_request_count'],
			...['request_buffers', 'response_buffers', 'stream_timeout', 'stream_close_delay', 'stream_buffer_size'],
			...['trusted_proxies', 'verbose_logs', 'replace_status', 'handle_response', 'copy_response'],
		],
	});
	if (tokens.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, "'reverse_proxy' names no upstream", {
			expected: 'something like localhost:9000',
		});
	}
	const upstreams = tokens.map((token) => readUpstream(token, tls));
	return { type: 'reverse_proxy', policy: 'random', insecure: false, ...options, upstreams, headerUp, headerDown };
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
