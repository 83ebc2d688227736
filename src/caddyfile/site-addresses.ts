import { CaddyfileError, quoteWord } from './errors.ts';
import type { Token } from './lexer.ts';
import type { Position } from './position.ts';

/** An address of a site. What it leaves out depends on the site's `tls` and on the ports. */
export interface SiteAddress {
	/** `undefined` = not given: HTTPS for a host name, HTTP for a port alone. */
	readonly scheme?: 'http' | 'https';
	/** In lower case, without brackets, internationalized names in their ASCII form; '' = every host. `*` is a label. */
	readonly host: string;
	/** `undefined` = not given: the default of the scheme. */
	readonly port?: number;
	readonly position: Position;
}

const LONGEST = 4096;
const LABEL = /^(?:\*|[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)$/;

/**
 * Reads `:8080`, `localhost`, `http://…`, `https://…`, `host:port`, `[::1]:80`, `*.example.com`.
 *
 * @throws CaddyfileError
 */
export function parseAddress(token: Token): SiteAddress {
	const { position } = token;
	if (token.text.length > LONGEST) throw badAddress(token, 'it is too long');
	const [, schemeText, rest] = /^(?:([^/]*):\/\/)?(.*)$/s.exec(token.text.trim())!;
	const scheme = schemeText?.toLowerCase();
	if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
		throw badAddress(token, `${quoteWord(schemeText!)} is no scheme of a site`, 'http:// or https://');
	}
	const slash = rest!.indexOf('/');
	if (slash >= 0 && slash < rest!.length - 1) {
		throw new CaddyfileError('bad_address', position, `the address ${quoteWord(token.text)} has a path`, {
			hint: `write it without, and 'handle_path ${rest!.slice(slash)}*' in the block`,
		});
	}
	const hostAndPort = slash >= 0 ? rest!.slice(0, slash) : rest!;
	const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(hostAndPort);
	if (!match) throw badAddress(token, 'an IPv6 address with a port needs brackets', 'something like [::1]:8080');
	const port = match[3] ? parsePort(match[3], token) : undefined;
	const host = match[1] !== undefined ? ipv6(match[1], token) : hostName(match[2]!, token);
	if (host === '' && port === undefined && scheme === undefined) {
		throw badAddress(token, 'it names neither host nor port', 'something like localhost, :8080 or http://example.com');
	}
	if ((scheme === 'http' && port === 443) || (scheme === 'https' && port === 80)) {
		throw badAddress(token, `${scheme} does not go with port ${port}`);
	}
	return { ...(scheme && { scheme }), host, ...(port !== undefined && { port }), position };
}

function parsePort(text: string, token: Token): number {
	if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
		throw badAddress(token, `${quoteWord(text)} is no port`, 'a number from 0 to 65535');
	}
	return Number(text);
}

function ipv6(text: string, token: Token): string {
	const host = asciiHost(`[${text}]`);
	if (!host) throw badAddress(token, `${quoteWord(text)} is no IPv6 address`);
	return host.slice(1, -1);
}

function hostName(text: string, token: Token): string {
	if (text === '') return '';
	const lower = text.toLowerCase();
	const ascii = /[^ -~]/.test(lower) ? asciiHost(lower) : lower;
	if (!ascii?.split('.').every((label) => LABEL.test(label))) {
		throw badAddress(token, `${quoteWord(text)} is no host name`, 'something like localhost, :8080 or *.example.com');
	}
	return ascii;
}

/** The host as browsers write it; `undefined` = not a valid host. */
function asciiHost(host: string): string | undefined {
	return URL.parse(`http://${host}`)?.hostname || undefined;
}

function badAddress(token: Token, why: string, expected?: string): CaddyfileError {
	const what = `${quoteWord(token.text)} is no address of a site: ${why}`;
	return new CaddyfileError('bad_address', token.position, what, expected === undefined ? {} : { expected });
}
