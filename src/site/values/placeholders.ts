import { parseHostPort } from './host-port.ts';
import { escapeQuery, queryValues } from './query.ts';
import type { RequestUri } from './request-uri.ts';
import type { RequestView, TlsFacts } from './request-view.ts';
import { type Getter, systemGetter } from './system-placeholders.ts';

const REQUEST: Readonly<Record<string, Getter>> = {
	method: (request) => request.method,
	orig_method: (request) => request.method,
	scheme: ({ connection, client }) => (connection.tls !== undefined || client.https ? 'https' : 'http'),
	proto: ({ protocol }) => protocol,
	proto_name: ({ protocol }) => (protocol === 'HTTP/2.0' ? 'HTTP/2' : protocol),
	host: ({ host }) => parseHostPort(host).host,
	port: ({ host }) => parseHostPort(host).port,
	hostport: ({ host }) => host,
	local: ({ connection }) => joinHostPort(connection.localAddress, connection.localPort),
	'local.host': ({ connection }) => connection.localAddress,
	'local.port': ({ connection }) => String(connection.localPort),
	remote: ({ connection }) => joinHostPort(connection.remoteAddress, connection.remotePort),
	'remote.host': ({ connection }) => connection.remoteAddress,
	'remote.port': ({ connection }) => String(connection.remotePort),
	uri_escaped: ({ uri }) => escapeQuery(uri.target),
	'uri.path_escaped': ({ uri }) => escapeQuery(uri.path),
	'uri.query_escaped': ({ uri }) => escapeQuery(uri.query),
	duration: ({ age }) => `${age / 1000}s`,
	duration_ms: ({ age }) => String(age),
	uuid: (request) => {
		const known = request.value('http.request.uuid');
		if (known !== undefined) return known;
		const uuid = request.system.uuid();
		request.setValue('http.request.uuid', uuid);
		return uuid;
	},
};

/** Of `uri` and of `orig_uri`. */
const URI: Readonly<Record<string, (uri: RequestUri) => string>> = {
	'': (uri) => uri.target,
	'.path': ({ path }) => path,
	'.path.dir': ({ path }) => path.slice(0, path.lastIndexOf('/') + 1),
	'.path.file': ({ path }) => path.slice(path.lastIndexOf('/') + 1),
	'.path.file.base': ({ path }) => {
		const file = path.replace(/\/+$/, '');
		return file.slice(file.lastIndexOf('/') + 1, file.length - extension(path).length);
	},
	'.path.file.ext': ({ path }) => extension(path),
	'.query': ({ query }) => query,
	'.prefixed_query': ({ query }) => (query === '' ? '' : `?${query}`),
};

const TLS: Readonly<Record<string, (tls: TlsFacts) => string>> = {
	version: ({ version }) => version,
	cipher_suite: ({ cipher }) => cipher,
	resumed: ({ resumed }) => String(resumed),
	proto: ({ protocol }) => protocol,
	proto_mutual: () => 'true',
	server_name: ({ serverName }) => serverName,
	// No certificate is asked of clients.
	'client.fingerprint': () => '',
	'client.issuer': () => '',
	'client.serial': () => '',
	'client.subject': () => '',
	'client.certificate_pem': () => '',
	'client.certificate_der_base64': () => '',
};

const ERROR: Readonly<Record<string, Getter>> = {
	'': ({ error }) => error && (error.message || String(error.status)),
	'.status_code': ({ error }) => error && String(error.status),
	'.status_text': ({ error, system }) => error && system.statusText(error.status),
	'.message': ({ error }) => error?.message,
	'.id': ({ error }) => error?.id,
	'.trace': ({ error }) => error && '',
};

/** Names that begin like this have values of a kind; what follows is the key. */
const FAMILIES: readonly (readonly [prefix: string, getter: (key: string, name: string) => Getter | undefined])[] = [
	['http.request.header.', (key) => joined((request) => request.headerValues(key.toLowerCase()))],
	['http.request.uri.query.', (key) => joined(({ uri }) => queryValues(uri.query, key))],
	['http.request.cookie.', (key) => (request) => cookie(request, key)],
	['http.request.host.labels.', label],
	['http.request.tls.', (key) => tls(key)],
	['http.request.orig_uri.path.', (key) => pathPart(key, (request) => request.originalUri)],
	['http.request.uri.path.', (key) => pathPart(key, (request) => request.uri)],
	['http.request.', (key) => own(REQUEST, key)],
	['http.response.header.', (key) => joined((request) => request.responseHeaderValues(key.toLowerCase()))],
	['http.vars.root', (key) => (key === '' ? ({ root }) => root ?? '' : () => '')],
	['http.vars.client_ip', (key) => (key === '' ? ({ client }) => client.remoteAddress : () => '')],
	['http.vars.', (_key, name) => (request) => request.value(name) ?? ''],
	['http.error', (key) => own(ERROR, key)],
	['http.matchers.file.', (_key, name) => (request) => request.value(name)],
	['http.reverse_proxy.', (_key, name) => (request) => request.value(name)],
	['http.intercept.', (_key, name) => (request) => request.value(name.toLowerCase())],
	['http.regexp.', (_key, name) => (request) => request.value(name)],
	['http.auth.user.', (_key, name) => (request) => request.value(name)],
	['http.shutting_down', () => () => 'false'],
];

/** How to read a placeholder, by its full name; `undefined` = nothing can have that name. */
export function placeholderGetter(name: string): Getter | undefined {
	const [, which, part] = /^http\.request\.(orig_uri|uri)(|\..*)$/s.exec(name) ?? [];
	const ofUri = part === undefined ? undefined : own(URI, part);
	if (ofUri !== undefined) {
		return which === 'uri' ? (request) => ofUri(request.uri) : (request) => ofUri(request.originalUri);
	}
	for (const [prefix, getter] of FAMILIES) {
		const found = name.startsWith(prefix) ? getter(name.slice(prefix.length), name) : undefined;
		if (found !== undefined) return found;
	}
	// A name that `map` may have made.
	return (
		systemGetter(name) ?? (/^(?!http\.)[A-Za-z_][\w.-]*$/.test(name) ? (request) => request.value(name) : undefined)
	);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(table, key) ? table[key] : undefined;
}

function joined(values: (request: RequestView) => readonly string[]): Getter {
	return (request) => values(request).join(',');
}

function cookie(request: RequestView, name: string): string | undefined {
	for (const line of request.headerValues('cookie')) {
		for (const pair of line.split(';')) {
			const equals = pair.indexOf('=');
			if (equals < 0 || pair.slice(0, equals).trim().toLowerCase() !== name.toLowerCase()) continue;
			return pair
				.slice(equals + 1)
				.trim()
				.replace(/^"(.*)"$/s, '$1');
		}
	}
	return undefined;
}

/** Labels count from the end: 0 is `com` of `www.example.com`. */
function label(key: string): Getter | undefined {
	if (!/^\d{1,4}$/.test(key)) return undefined;
	return ({ host }) => {
		const labels = parseHostPort(host).host.split('.');
		return (labels[labels.length - 1 - Number(key)] ?? '').toLowerCase();
	};
}

function tls(key: string): Getter | undefined {
	const get = own(TLS, key);
	return get && (({ connection }) => connection.tls && get(connection.tls));
}

function pathPart(key: string, uri: (request: RequestView) => RequestUri): Getter | undefined {
	if (!/^\d{1,4}$/.test(key)) return undefined;
	return (request) => uri(request).path.replace(/^\//, '').split('/')[Number(key)] ?? '';
}

function extension(path: string): string {
	return /\.[^./]*$/.exec(path)?.[0] ?? '';
}

function joinHostPort(host: string, port: number): string {
	return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
