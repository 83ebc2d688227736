import { toByteString } from '../../../bytes/byte-string.ts';
import type { SiteRequest } from '../../../site/request/site-request.ts';
import { fieldValues } from '../../../site/values/header-operations.ts';

/** What is about one connection only. */
const HOP_BY_HOP = new Set([
	...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
	...['transfer-encoding', 'upgrade', 'http2-settings'],
]);
/** What only a trusted proxy may say. */
const FORWARDED = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'];

/** The headers that an upstream gets, by Caddy's rules, and whether a body follows. */
export function upHeaders(site: SiteRequest): { headers: string[]; hasBody: boolean } {
	const { rawHeaders, client, connection } = site;
	const hasBody = !site.withoutBody && announcesBody(site);
	const isUpgrade = isWebSocket(rawHeaders);
	// Somebody else than who is connected: so a trusted proxy has told.
	const isTrusted = client.remoteAddress !== connection.remoteAddress;
	const dropped = new Set([
		...HOP_BY_HOP,
		...FORWARDED,
		'host',
		':authority',
		'expect',
		...namedByConnection(rawHeaders),
	]);
	if (!hasBody) dropped.add('content-length');
	const headers = ['Host', toByteString(site.host)];
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		const name = rawHeaders[at] as string;
		if (!name.startsWith(':') && !dropped.has(name.toLowerCase())) headers.push(name, rawHeaders[at + 1] as string);
	}
	if (fieldValues(rawHeaders, 'te').some((value) => /\btrailers\b/i.test(value))) headers.push('Te', 'trailers');
	const given = (name: string): string | undefined =>
		(isTrusted ? fieldValues(rawHeaders, name).join(', ') : '') || undefined;
	const chain = [given('x-forwarded-for'), connection.remoteAddress].filter(Boolean).join(', ');
	headers.push('X-Forwarded-For', chain);
	headers.push('X-Forwarded-Proto', given('x-forwarded-proto') ?? (connection.tls === undefined ? 'http' : 'https'));
	headers.push('X-Forwarded-Host', given('x-forwarded-host') ?? toByteString(site.host));
	headers.push('Via', `${site.protocol.slice('HTTP/'.length)} Igor`);
	if (isUpgrade) headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
	else if (hasBody && fieldValues(headers, 'content-length').length === 0) headers.push('Transfer-Encoding', 'chunked');
	// Node would announce a body for them.
	else if (!hasBody && !/^(?:GET|HEAD|OPTIONS|TRACE)$/.test(site.method)) headers.push('Content-Length', '0');
	return { headers, hasBody };
}

/** The headers that a client gets. @param isUpgrade those of the new protocol stay */
export function downHeaders(rawHeaders: readonly string[], isUpgrade: boolean): string[] {
	const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(rawHeaders)]);
	if (isUpgrade) for (const name of ['connection', 'upgrade']) dropped.delete(name);
	const headers: string[] = [];
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		if (!dropped.has((rawHeaders[at] as string).toLowerCase()))
			headers.push(rawHeaders[at] as string, rawHeaders[at + 1] as string);
	}
	return headers;
}

/** Whether a request asks to go on as a WebSocket. */
export function isWebSocket(rawHeaders: readonly string[]): boolean {
	return fieldValues(rawHeaders, 'upgrade').some((value) => /^websocket$/i.test(value.trim()));
}

function announcesBody({ rawHeaders, hasUnannouncedBody }: SiteRequest): boolean {
	const [length] = fieldValues(rawHeaders, 'content-length');
	if (length !== undefined) return Number(length) > 0;
	return hasUnannouncedBody || fieldValues(rawHeaders, 'transfer-encoding').length > 0;
}

function namedByConnection(rawHeaders: readonly string[]): string[] {
	return fieldValues(rawHeaders, 'connection').flatMap((value) =>
		value.split(',').map((name) => name.trim().toLowerCase()),
	);
}
