/** Short names of placeholders in a Caddyfile and the full ones. */
const SHORT: Readonly<Record<string, string>> = {
	host: 'http.request.host',
	hostport: 'http.request.hostport',
	port: 'http.request.port',
	orig_method: 'http.request.orig_method',
	orig_uri: 'http.request.orig_uri',
	orig_path: 'http.request.orig_uri.path',
	orig_dir: 'http.request.orig_uri.path.dir',
	orig_file: 'http.request.orig_uri.path.file',
	orig_query: 'http.request.orig_uri.query',
	'orig_?query': 'http.request.orig_uri.prefixed_query',
	method: 'http.request.method',
	uri: 'http.request.uri',
	'%uri': 'http.request.uri_escaped',
	path: 'http.request.uri.path',
	'%path': 'http.request.uri.path_escaped',
	dir: 'http.request.uri.path.dir',
	file: 'http.request.uri.path.file',
	query: 'http.request.uri.query',
	'%query': 'http.request.uri.query_escaped',
	'?query': 'http.request.uri.prefixed_query',
	remote: 'http.request.remote',
	remote_host: 'http.request.remote.host',
	remote_port: 'http.request.remote.port',
	scheme: 'http.request.scheme',
	uuid: 'http.request.uuid',
	tls_cipher: 'http.request.tls.cipher_suite',
	tls_version: 'http.request.tls.version',
	tls_client_fingerprint: 'http.request.tls.client.fingerprint',
	tls_client_issuer: 'http.request.tls.client.issuer',
	tls_client_serial: 'http.request.tls.client.serial',
	tls_client_subject: 'http.request.tls.client.subject',
	tls_client_certificate_pem: 'http.request.tls.client.certificate_pem',
	tls_client_certificate_der_base64: 'http.request.tls.client.certificate_der_base64',
	client_ip: 'http.vars.client_ip',
	upstream_hostport: 'http.reverse_proxy.upstream.hostport',
};

/** Short beginnings, what may follow them, and the full ones. */
const FAMILIES: readonly (readonly [short: string, rest: RegExp, full: string])[] = [
	['header.', /^[\w-]*$/, 'http.request.header.'],
	['cookie.', /^[\w-]*$/, 'http.request.cookie.'],
	['labels.', /^[\w-]*$/, 'http.request.host.labels.'],
	['path.', /^[\w-]*$/, 'http.request.uri.path.'],
	['file.', /^[\w-]*$/, 'http.request.uri.path.file.'],
	['query.', /^[\w-]*$/, 'http.request.uri.query.'],
	['vars.', /^[\w-]*$/, 'http.vars.'],
	['re.', /^[\w.-]*$/, 'http.regexp.'],
	['resp.', /^[\w.-]*$/, 'http.intercept.'],
	['err.', /^[\w.-]*$/, 'http.error.'],
	['file_match.', /^[\w-]*$/, 'http.matchers.file.'],
];

/** The full name of a placeholder, which may be written in short. */
export function fullName(name: string): string {
	if (Object.hasOwn(SHORT, name)) return SHORT[name] as string;
	for (const [short, rest, full] of FAMILIES) {
		if (name.startsWith(short) && rest.test(name.slice(short.length))) return full + name.slice(short.length);
	}
	return name;
}

/** A text with the full names of all its placeholders. */
export function withFullNames(text: string): string {
	return text.replace(/(?<!\\)\{([^{}\s"\\]+)\}/g, (_, name: string) => `{${fullName(name)}}`);
}
