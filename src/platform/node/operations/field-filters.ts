import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { LogFilter, LogFilters, QueryAction } from '../../../directives/log/log-filter.ts';
import type { LogContext } from '../../../log/logger.ts';
import { encodeQuery, parseQuery } from '../../../site/values/query.ts';
import { replaceAll } from '../../../site/values/regexp-replace.ts';

/** Changes what a line of a log has; the original stays as it is. */
export type FilterFields = (context: LogContext) => LogContext;

/** `undefined` = it is left out. */
type Change = (text: string) => string | undefined;

/** `format filter` of a log, read once. */
export function fieldFilters(filters: LogFilters): FilterFields {
	const changes = Object.entries(filters).map(([field, filter]) => {
		const change = changeOf(filter);
		return (context: LogContext) => changeField(context, field.split('>'), filter, change);
	});
	return (context) => changes.reduce((before, change) => change(before), context);
}

function changeField(
	context: LogContext,
	[name = '', ...inner]: readonly string[],
	filter: LogFilter,
	change: Change,
): LogContext {
	if (!Object.hasOwn(context, name)) return context;
	const value = context[name];
	if (inner.length > 0) {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return context;
		return { ...context, [name]: changeField(value as LogContext, inner, filter, change) };
	}
	const { [name]: _, ...others } = context;
	switch (filter.type) {
		case 'delete':
			return others;
		case 'rename':
			return { ...others, [filter.name]: value };
		case 'replace':
			return { ...context, [name]: filter.value };
		default:
			if (Array.isArray(value)) {
				const changed = value.map((each) => change(String(each))).filter((each) => each !== undefined);
				return { ...context, [name]: changed };
			}
			return typeof value === 'string' ? { ...context, [name]: change(value) ?? '' } : context;
	}
}

/** What happens to a text, or to each of a list of them. */
function changeOf(filter: LogFilter): Change {
	switch (filter.type) {
		case 'hash':
			return hash;
		case 'ip_mask':
			return (text) =>
				text
					.split(',')
					.map((part) => maskAddress(part.trim(), filter.ipv4, filter.ipv6))
					.join(', ');
		case 'query':
			return (text) => changeQuery(text, filter.actions);
		case 'cookie':
			return (text) => changeCookies(text.split(/; */), filter.actions).join('; ');
		case 'set_cookie':
			return (text) => {
				const [cookie = '', ...attributes] = text.split(';');
				const [changed] = changeCookies([cookie], filter.actions);
				return changed === undefined ? undefined : [changed, ...attributes].join(';');
			};
		case 'regexp': {
			const operations = filter.operations.map(({ search, replacement }) => {
				const expression = new RegExp(search, 'g');
				return (text: string) => replaceAll(text, expression, replacement);
			});
			return (text) => operations.reduce((before, operation) => operation(before), text);
		}
		default:
			return (text) => text;
	}
}

/** As Caddy: enough to tell values apart, and to find one again. */
function hash(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function changeQuery(uri: string, actions: readonly QueryAction[]): string {
	const mark = uri.indexOf('?');
	if (mark < 0) return uri;
	let { pairs } = parseQuery(uri.slice(mark + 1));
	for (const { action, parameter, value = '' } of actions) {
		if (action === 'delete') pairs = pairs.filter(([name]) => name !== parameter);
		else {
			pairs = pairs.map(([name, text]) =>
				name === parameter ? [name, action === 'hash' ? hash(text) : value] : [name, text],
			);
		}
	}
	const query = encodeQuery(pairs);
	return query === '' ? uri.slice(0, mark) : `${uri.slice(0, mark)}?${query}`;
}

/** Each `NAME=VALUE`, by the first action for it; what is no cookie stays, such as the word for a redacted value. */
function changeCookies(cookies: readonly string[], actions: readonly QueryAction[]): string[] {
	return cookies.flatMap((cookie) => {
		const [name, value] = [cookie.slice(0, cookie.indexOf('=')).trim(), cookie.slice(cookie.indexOf('=') + 1)];
		const found = cookie.includes('=') ? actions.find(({ parameter }) => parameter === name) : undefined;
		if (found === undefined) return cookie;
		if (found.action === 'delete') return [];
		return `${name}=${found.action === 'hash' ? hash(value) : (found.value ?? '')}`;
	});
}

/** What is no address stays as it is; a port stays, too. */
function maskAddress(text: string, ipv4: number, ipv6: number): string {
	const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d+)$/.exec(text) ?? [];
	const address = bracketed ?? plain ?? text;
	const version = isIP(address);
	if (version === 0) return text;
	const masked = version === 4 ? maskIpv4(address, ipv4) : maskIpv6(address, ipv6);
	if (port === undefined) return masked;
	return version === 4 ? `${masked}:${port}` : `[${masked}]:${port}`;
}

function maskIpv4(address: string, bits: number): string {
	return address
		.split('.')
		.map((byte, index) => Number(byte) & maskOf(8, bits - 8 * index))
		.join('.');
}

function maskIpv6(address: string, bits: number): string {
	// The URL parser knows every spelling of an address, and the shortest of the result.
	const shortest = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1);
	const [start = '', end] = shortest(address.replace(/%.*$/, '')).split('::');
	const first = start.split(':').filter((group) => group !== '');
	const last = (end ?? '').split(':').filter((group) => group !== '');
	const zeros = Array<string>(8 - first.length - last.length).fill('0');
	return shortest(
		[...first, ...zeros, ...last]
			.map((group, index) => (Number.parseInt(group, 16) & maskOf(16, bits - 16 * index)).toString(16))
			.join(':'),
	);
}

/** Of a group of `size` bits, the first `bits` ones. */
function maskOf(size: number, bits: number): number {
	const kept = Math.min(Math.max(bits, 0), size);
	return (2 ** kept - 1) * 2 ** (size - kept);
}
