import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import { Arguments, readBlock } from '../caddyfile/reading.ts';

/** `tls CERTIFICATE KEY` or `tls internal`, Caddy's: where the site's certificate comes from. */
export type TlsConfig = { readonly position: Position } & (
	| { readonly source: 'files'; readonly certificate: string; readonly key: string }
	| { readonly source: 'internal' }
);

/** What Caddy accepts in the block, all of it refused. */
const UNSUPPORTED = [
	'protocols',
	'ciphers',
	'curves',
	'client_auth',
	'alpn',
	'load',
	'ca',
	'ca_root',
	'key_type',
	'eab',
	'issuer',
	'get_certificate',
	'dns',
	'resolvers',
	'propagation_delay',
	'propagation_timeout',
	'dns_ttl',
	'dns_challenge_override_domain',
	'on_demand',
	'reuse_private_keys',
	'insecure_secrets_log',
	'renewal_window_ratio',
];

/** @throws CaddyfileError */
export function readTls(directive: Directive, site: { tls?: TlsConfig }): void {
	if (site.tls) throw new CaddyfileError('conflict', directive.position, "'tls' is given twice");
	site.tls = tlsConfig(directive);
}

function tlsConfig(directive: Directive): TlsConfig {
	readBlock(directive, { unsupported: UNSUPPORTED });
	const args = new Arguments(directive);
	const first = args.take("'internal', or a certificate and its key");
	const second = args.optional();
	args.end();
	const { position } = directive;
	if (second) return { source: 'files', certificate: first.text, key: second.text, position };
	if (first.text === 'internal') return { source: 'internal', position };
	if (first.text.includes('@') || first.text === 'force_automate') {
		throw new CaddyfileError('unsupported', first.position, 'Igor gets no certificates from the outside', {
			expected: "'internal', or a certificate and its key",
		});
	}
	throw new CaddyfileError('bad_arguments', first.position, `${quoteWord(first.text)} alone says nothing`, {
		expected: "'internal', or a certificate and its key",
		known: ['internal'],
		word: first.text,
	});
}
