import { compact, type JsonData, type ReadHandler, type WriteDirective } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { readResponseMatcherLines, writeResponseMatcher } from './response-matcher-json.ts';

/** `respond` */
export const writeRespond: WriteDirective<'respond'> = ({ status, body, close }) => [
	compact({ handler: 'static_response', status_code: status, body: body || undefined, close: close || undefined }),
];

/** `redir` */
export const writeRedir: WriteDirective<'redir'> = ({ to, status, html }) => [
	html ? redirPage(to) : { handler: 'static_response', status_code: status, headers: { Location: [to] } },
];

/** `error` */
export const writeError: WriteDirective<'error'> = ({ status, message }) => [
	compact({ handler: 'error', error: message || undefined, status_code: status }),
];

/** Caddy's page that redirects. */
function redirPage(to: string): JsonData {
	const url = to.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
	const body = `<!DOCTYPE html>\n<meta http-equiv="refresh" content="0; URL='${url}'">\n<a href="${url}">${url}</a>\n`;
	return {
		handler: 'static_response',
		status_code: 200,
		headers: { 'Content-Type': ['text/html; charset=utf-8'] },
		body,
	};
}

/** Caddy's `static_response`: `respond` and `redir`. */
export const readStaticResponse: ReadHandler = (handler) => {
	const place = handler.node.position;
	const status = handler.get('status_code')?.weak();
	const body = handler.get('body');
	const headers = handler.get('headers');
	const isClosing = handler.get('close')?.flag() ?? false;
	handler.end(['abort']);
	const fields = headers?.entries() ?? [];
	const page = pageTarget(body);
	if (page !== undefined) return [lineOf(place, 'redir', [page, 'html'])];
	const target = fields.length === 1 && !body && !isClosing ? redirectTarget(fields) : undefined;
	if (target && isRedirect(status)) return [lineOf(place, 'redir', [target, status ?? 'temporary'])];
	return [...headerLines(fields), respondLine(handler, status, body, isClosing)];
};

function respondLine(
	handler: JsonObject,
	status: JsonNode | undefined,
	body: JsonNode | undefined,
	isClosing: boolean,
): JsonLine {
	const place = handler.node.position;
	const text = body?.text() ?? '';
	// Three digits alone would be a status.
	const code = status ?? (/^\d{3}$/.test(text) ? '200' : undefined);
	const block = isClosing ? [lineOf(place, 'close')] : undefined;
	return lineOf(place, 'respond', [body ?? '', ...(code === undefined ? [] : [code])], block);
}

/** Fields of a response that has no other source are set before it. */
function headerLines(fields: readonly [string, JsonNode][]): JsonLine[] {
	return fields.flatMap(([field, values]) =>
		values.list().map((value, index) => lineOf(value.position, 'header', [index === 0 ? field : `+${field}`, value])),
	);
}

function redirectTarget(fields: readonly [string, JsonNode][]): JsonNode | undefined {
	const [name, values] = fields[0] ?? [];
	const list = values?.list() ?? [];
	return name?.toLowerCase() === 'location' && list.length === 1 ? list[0] : undefined;
}

function isRedirect(status: JsonNode | undefined): boolean {
	return status !== undefined && /^(?:3\d\d|401|\{.*)$/s.test(status.text());
}

/** Where a page leads that `writeRedir` has written. */
function pageTarget(body: JsonNode | undefined): string | undefined {
	if (typeof body?.value !== 'string') return undefined;
	const url = /content="0; URL='([^']*)'/.exec(body.value)?.[1];
	const to = url?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
	return to !== undefined && redirPage(to).body === body.value ? to : undefined;
}

/** Caddy's `error`. */
export const readErrorHandler: ReadHandler = (handler) => {
	const message = handler.get('error');
	const status = handler.get('status_code')?.weak();
	handler.end();
	return [lineOf(handler.node.position, 'error', [message ?? '', status ?? '500'])];
};

/** `metrics` */
export const writeMetrics: WriteDirective<'metrics'> = () => [{ handler: 'metrics' }];

/** Caddy's `metrics`. */
export const readMetricsHandler: ReadHandler = (handler) => {
	handler.ignore('disable_openmetrics');
	handler.end();
	return [lineOf(handler.node.position, 'metrics')];
};

/** `basic_auth` */
export const writeBasicAuth: WriteDirective<'basic_auth'> = ({ algorithm, realm, accounts }) => {
	const list = accounts.map(({ user, passwordHash }) => ({ username: user, password: passwordHash }));
	const basic = compact({ accounts: list, hash: { algorithm }, hash_cache: {}, realm });
	return [{ handler: 'authentication', providers: { http_basic: basic } }];
};

/** Caddy's `authentication`. */
export const readAuthentication: ReadHandler = (handler) => {
	const providers = handler.need('providers').object();
	const basic = providers.need('http_basic').object();
	handler.end();
	providers.end();
	const hash = basic.get('hash')?.object();
	const algorithm = hash?.get('algorithm') ?? 'bcrypt';
	hash?.end(['cost', 'time', 'memory', 'threads', 'key_length']);
	const realm = basic.get('realm');
	basic.ignore('hash_cache');
	const accounts = basic.get('accounts')?.list() ?? [];
	const users = accounts.map((node) => {
		const account = node.object();
		const user = account.need('username').text();
		const password = account.need('password');
		account.end(['salt']);
		return lineOf(node.position, user, [password]);
	});
	basic.end();
	return [lineOf(handler.node.position, 'basic_auth', [algorithm, ...(realm ? [realm] : [])], users)];
};

/** `intercept` */
export const writeIntercept: WriteDirective<'intercept'> = ({ handlers }, writer) => [
	{
		handler: 'intercept',
		handle_response: handlers.map(({ match, status, directives }) =>
			compact({
				match: match && writeResponseMatcher(match),
				status_code: status,
				routes: directives && writer.routes(directives),
			}),
		),
	},
];

/** Caddy's `intercept`. */
export const readIntercept: ReadHandler = (handler, reader) => {
	const items = handler.get('handle_response')?.list() ?? [];
	handler.end();
	const block: JsonLine[] = [];
	let isForAll = false;
	for (const [index, node] of items.entries()) {
		const item = node.object();
		const match = item.get('match');
		// Nothing gets past one that is for every response, and a Caddyfile has those last.
		if (match && isForAll) continue;
		isForAll = !match;
		const status = item.get('status_code')?.weak();
		const routes = item.get('routes');
		item.end();
		const name = `@${index}`;
		const matcher = match ? [name] : [];
		if (match) block.push(lineOf(match.position, name, [], readResponseMatcherLines(match)));
		if (status) block.push(lineOf(node.position, 'replace_status', [...matcher, status]));
		else {
			const contents = reader.contents(routes, node.position);
			block.push({ ...lineOf(node.position, 'handle_response', matcher), contents });
		}
	}
	return [lineOf(handler.node.position, 'intercept', [], block)];
};
