import type { ReverseProxy, Upstream } from '../../directives/reverse-proxy.ts';
import { readHeaderOperations, writeHeaderOperations } from './header-json.ts';
import {
	compact,
	groupBy,
	type JsonData,
	mapUnlessEmpty,
	type ReadHandler,
	unlessEmpty,
	type WriteDirective,
} from './json-forms.ts';
import { BlockLines, durationText, type JsonLine, lineOf, nanoseconds } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { canonicalField, statusWords, writeStatuses } from './response-matcher-json.ts';

/** `reverse_proxy` */
export const writeReverseProxy: WriteDirective<'reverse_proxy'> = (proxy) => {
	const { upstreams, headerUp, headerDown, rewrite, method } = proxy;
	// Caddy says it of all upstreams; the schemes say it of each where they differ.
	const isMixed = new Set(upstreams.map(({ secure }) => secure)).size > 1;
	const isSecure = !isMixed && (proxy.tls || upstreams.every(({ secure }) => secure));
	const request = mapUnlessEmpty(writeHeaderOperations(headerUp));
	const response = mapUnlessEmpty(writeHeaderOperations(headerDown));
	return [
		compact({
			handler: 'reverse_proxy',
			upstreams: upstreams.map((upstream) => ({ dial: dialOf(upstream, isMixed) })),
			transport: writeTransport(proxy, isSecure),
			load_balancing: mapUnlessEmpty(writeBalancing(proxy)),
			health_checks: mapUnlessEmpty(compact({ active: writeActive(proxy), passive: writePassive(proxy) })),
			headers: mapUnlessEmpty(compact({ request, response })),
			rewrite: mapUnlessEmpty(compact({ uri: rewrite, method })),
		}),
	];
};

function dialOf({ secure, to }: Upstream, withScheme: boolean): string {
	if ('socket' in to) return `unix/${to.socket}`;
	const host = to.host.includes(':') ? `[${to.host}]` : to.host;
	return `${withScheme ? (secure ? 'https://' : 'http://') : ''}${host}:${to.port}`;
}

function writeTransport(proxy: ReverseProxy, isSecure: boolean): JsonData | undefined {
	const { insecure, serverName, dialTimeout, responseHeaderTimeout, keepAlive } = proxy;
	const tls = compact({ insecure_skip_verify: insecure || undefined, server_name: serverName });
	const isUsed = isSecure || Object.keys(tls).length > 0;
	const transport = compact({
		// Igor's own field: it changes only what the scheme says.
		tls: isUsed ? compact({ ...tls, https_only: isSecure ? undefined : true }) : undefined,
		dial_timeout: dialTimeout && nanoseconds(dialTimeout),
		response_header_timeout: responseHeaderTimeout && nanoseconds(responseHeaderTimeout),
		keep_alive:
			keepAlive === undefined
				? undefined
				: keepAlive === 0
					? { enabled: false }
					: { idle_timeout: nanoseconds(keepAlive) },
	});
	return mapUnlessEmpty(transport) && { protocol: 'http', ...transport };
}

function writeBalancing({ policy, retries, tryDuration, tryInterval }: ReverseProxy): JsonData {
	return compact({
		selection_policy: policy === 'random' ? undefined : writePolicy(policy),
		retries: retries || undefined,
		try_duration: tryDuration && nanoseconds(tryDuration),
		try_interval: tryInterval && nanoseconds(tryInterval),
	});
}

function writePolicy(policy: ReverseProxy['policy']): JsonData {
	if (typeof policy === 'string') return { policy };
	const fallback = { policy: policy.fallback };
	if (policy.by === 'cookie') {
		const { name, secret, maxAge } = policy;
		const max_age = maxAge && nanoseconds(maxAge);
		return compact({ policy: 'cookie', name, secret: secret || undefined, max_age, fallback });
	}
	return { policy: policy.by, [policy.by === 'header' ? 'field' : 'key']: policy.key, fallback };
}

function writeActive({ active }: ReverseProxy): JsonData | undefined {
	if (active === undefined) return undefined;
	const { uri, port, method, headers, interval, timeout, statuses, body, passes, fails } = active;
	const codes = writeStatuses(statuses);
	return compact({
		uri,
		port,
		method,
		headers: mapUnlessEmpty(groupBy(headers.map(({ field, value }) => [canonicalField(field), value] as const))),
		interval: nanoseconds(interval),
		timeout: nanoseconds(timeout),
		expect_status: codes.length === 1 ? codes[0] : codes,
		expect_body: body,
		passes,
		fails,
	});
}

function writePassive({ passive }: ReverseProxy): JsonData | undefined {
	const { failDuration, maxFails, statuses, latency, requests } = passive;
	return mapUnlessEmpty(
		compact({
			fail_duration: failDuration > 0 ? nanoseconds(failDuration) : undefined,
			max_fails: maxFails === 1 ? undefined : maxFails,
			unhealthy_status: unlessEmpty(writeStatuses(statuses)),
			unhealthy_latency: latency && nanoseconds(latency),
			unhealthy_request_count: requests,
		}),
	);
}

/** Caddy's `reverse_proxy`. */
export const readReverseProxyHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const lines: JsonLine[] = (handler.get('upstreams')?.list() ?? []).map((node) => {
		const upstream = node.object();
		const dial = upstream.need('dial');
		upstream.end(['max_requests']);
		return lineOf(node.position, 'to', [dial]);
	});
	const add = (name: string, read: (object: JsonObject) => JsonLine[]) => {
		const object = handler.get(name)?.object();
		if (object) lines.push(...read(object));
	};
	add('transport', readTransport);
	add('load_balancing', readBalancing);
	add('health_checks', readChecks);
	add('headers', readHeaders);
	add('rewrite', (object) => {
		const { lines: found } = new BlockLines(object).value('uri', 'rewrite').value('method');
		object.end(REWRITES);
		return found as JsonLine[];
	});
	handler.ignore('flush_interval');
	handler.end(UNSUPPORTED);
	return [lineOf(place, 'reverse_proxy', [], lines)];
};

const REWRITES = ['strip_path_prefix', 'strip_path_suffix', 'uri_substring', 'path_regexp', 'query'];
const UNSUPPORTED = [
	...['circuit_breaker', 'dynamic_upstreams', 'trusted_proxies', 'handle_response', 'request_buffers'],
	...['response_buffers', 'stream_timeout', 'stream_buffer_size', 'stream_close_delay', 'verbose_logs'],
];
const UNSUPPORTED_TRANSPORT = [
	...['resolver', 'versions', 'compression', 'max_conns_per_host', 'proxy_protocol', 'forward_proxy_url'],
	...['network_proxy', 'dial_fallback_delay', 'expect_continue_timeout', 'max_response_header_size'],
	...['write_buffer_size', 'read_buffer_size', 'read_timeout', 'write_timeout', 'local_address'],
];

function readTransport(transport: JsonObject): JsonLine[] {
	const protocol = transport.get('protocol');
	if (protocol && protocol.value !== 'http') {
		throw protocol.error('unsupported', 'this transport is not supported by Igor', { expected: "'http'" });
	}
	const lines = new BlockLines(transport).duration('dial_timeout').duration('response_header_timeout');
	const tls = transport.get('tls');
	if (tls) {
		const object = tls.object();
		if (object.get('https_only')?.flag() !== true) lines.add(lineOf(tls.position, 'tls'));
		const more = new BlockLines(object)
			.flag('insecure_skip_verify', 'tls_insecure_skip_verify')
			.value('server_name', 'tls_server_name');
		lines.add(...more.lines);
		object.end(['ca', 'client_certificate_file', 'client_certificate_key_file', 'renegotiation', 'except_ports']);
	}
	const keepAlive = transport.get('keep_alive')?.object();
	if (keepAlive) {
		const idle = keepAlive.get('idle_timeout');
		if (keepAlive.get('enabled')?.flag() === false) lines.add(lineOf(keepAlive.node.position, 'keepalive', ['off']));
		else if (idle) lines.add(lineOf(idle.position, 'keepalive', [durationText(idle)]));
		keepAlive.end(['probe_interval', 'max_idle_conns', 'max_idle_conns_per_host']);
	}
	transport.end(UNSUPPORTED_TRANSPORT);
	return [lineOf(transport.node.position, 'transport', ['http'], lines.lines)];
}

function readBalancing(balancing: JsonObject): JsonLine[] {
	const lines = new BlockLines(balancing)
		.number('retries', 'lb_retries')
		.duration('try_duration', 'lb_try_duration')
		.duration('try_interval', 'lb_try_interval');
	const policy = balancing.get('selection_policy');
	balancing.end(['retry_match']);
	return [...lines.lines, ...(policy ? [readPolicy(policy)] : [])];
}

function readPolicy(node: JsonNode): JsonLine {
	const policy = node.object();
	const name = policy.need('policy').text();
	const args = ['field', 'key', 'name'].flatMap((field) => policy.get(field) ?? []);
	const secret = policy.get('secret');
	if (secret) args.push(secret);
	const lines = new BlockLines(policy).duration('max_age');
	const fallback = policy.get('fallback')?.object();
	if (fallback) lines.add(...new BlockLines(fallback).value('policy', 'fallback').lines);
	fallback?.end();
	policy.end(['choose', 'weights']);
	return lineOf(node.position, 'lb_policy', [name, ...args], lines.lines.length > 0 ? lines.lines : undefined);
}

function readChecks(checks: JsonObject): JsonLine[] {
	const active = checks.get('active')?.object();
	const passive = checks.get('passive')?.object();
	checks.end();
	return [...(active ? readActive(active) : []), ...(passive ? readPassive(passive) : [])] as JsonLine[];
}

function readActive(active: JsonObject): BlockLines['lines'] {
	const lines = new BlockLines(active)
		.value('uri', 'health_uri')
		.number('port', 'health_port')
		.value('method', 'health_method')
		.duration('interval', 'health_interval')
		.duration('timeout', 'health_timeout')
		.value('expect_body', 'health_body')
		.number('passes', 'health_passes')
		.number('fails', 'health_fails');
	const statuses = active.get('expect_status');
	if (statuses) lines.add(lineOf(statuses.position, 'health_status', statusWords(statuses)));
	const headers = active.get('headers');
	if (headers) {
		const fields = headers.entries().map(([field, values]) => lineOf(values.position, field, values.list()));
		lines.add(lineOf(headers.position, 'health_headers', [], fields));
	}
	active.end(['path', 'upstream', 'follow_redirects', 'max_size', 'body']);
	return lines.lines;
}

function readPassive(passive: JsonObject): BlockLines['lines'] {
	const lines = new BlockLines(passive)
		.duration('fail_duration')
		.number('max_fails')
		.duration('unhealthy_latency')
		.number('unhealthy_request_count');
	const statuses = passive.get('unhealthy_status');
	if (statuses) lines.add(lineOf(statuses.position, 'unhealthy_status', statusWords(statuses)));
	passive.end();
	return lines.lines;
}

function readHeaders(headers: JsonObject): JsonLine[] {
	const lines = (['request', 'response'] as const).flatMap((side) => {
		const object = headers.get(side)?.object();
		if (object === undefined) return [];
		const [first, more] = readHeaderOperations(object);
		object.end(['require', 'deferred']);
		const second = more[0];
		if (second) throw object.node.error('unsupported', 'only one value of a field can be set here');
		const name = side === 'request' ? 'header_up' : 'header_down';
		return first.map((each) => {
			const field = lineOf(each.position, '', [each.name]).args;
			return { ...each, name, args: [...field, ...each.args] };
		});
	});
	headers.end();
	return lines;
}
