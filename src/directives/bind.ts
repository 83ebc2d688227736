import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';

/** `bind ADDRESS…`, Caddy's: the addresses of this machine that the site is served on. @throws CaddyfileError */
export function readBind(directive: Directive, site: { bind?: readonly string[] }): void {
	site.bind = [...(site.bind ?? []), ...readBindAddresses(directive)];
}

/** The addresses of `bind` and of the global option `default_bind`. @throws CaddyfileError */
export function readBindAddresses(directive: Directive): string[] {
	noBlock(directive);
	return new Arguments(directive).some('addresses such as 127.0.0.1').map(({ text, position }) => {
		const address = text.replace(/^tcp[46]?\//, '').replace(/^\[(.*)\]$/, '$1');
		if (/^(?:[a-z0-9_.-]+|[\da-f:.]+)$/i.test(address)) return address.toLowerCase();
		throw new CaddyfileError('unsupported', position, `${quoteWord(text)} cannot be bound`, {
			expected: 'an address or a host name without a port; no UNIX sockets, file descriptors or UDP',
		});
	});
}
