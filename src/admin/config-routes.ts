import { AdminError, type AdminResponse, jsonResponse } from './admin-messages.ts';
import type { Route, RoutedRequest } from './admin-routing.ts';
import type { AdminTarget } from './admin-target.ts';
import { type ConfigMethod, changeConfig } from './config-change.ts';
import { valueAt } from './config-path.ts';
import { etagOf, expectTag } from './etag.ts';
import { publicConfig } from './public-config.ts';

/** Caddy's routes for the configuration, and for the stop. */
export function configRoutes(target: AdminTarget): Route[] {
	// One change after the other: each is made to what the one before it has left.
	let last: Promise<unknown> = Promise.resolve();
	const inTurn = (change: () => Promise<AdminResponse>): Promise<AdminResponse> => {
		const result = last.then(change);
		last = result.catch(() => {});
		return result;
	};
	const change = (method: ConfigMethod) => (request: RoutedRequest) =>
		inTurn(async () => changePart(target, method, request));
	return [
		{
			path: '/config/*',
			methods: {
				GET: ({ rest }) => readPart(target, rest),
				POST: change('POST'),
				PUT: change('PUT'),
				PATCH: change('PATCH'),
				DELETE: change('DELETE'),
			},
		},
		{ path: '/load', methods: { POST: (request) => inTurn(() => load(target, request)) } },
		{
			path: '/stop',
			methods: {
				// Once the response is sent: the stop closes this connection.
				POST: () => ({ status: 200, headers: {}, body: '', afterwards: () => target.stop() }),
			},
		},
	];
}

function readPart(target: AdminTarget, path: readonly string[]): AdminResponse {
	const config = target.config();
	const response = jsonResponse(valueAt(publicConfig(config), path));
	return { ...response, headers: { ...response.headers, etag: etagOf(path, valueAt(config, path)) } };
}

async function changePart(target: AdminTarget, method: ConfigMethod, request: RoutedRequest): Promise<AdminResponse> {
	const type = request.header('content-type') ?? '';
	if (method !== 'DELETE' && !type.includes('/json')) {
		throw new AdminError(400, `unacceptable content-type: ${type}; 'application/json' required`);
	}
	if (method === 'DELETE' && request.rest.length === 0) {
		throw new AdminError(400, 'a server needs a configuration; end it by POST /stop');
	}
	const value = method === 'DELETE' ? undefined : parse(await request.body());
	const config = target.config();
	expectTag(request.header('if-match'), (path) => valueAt(config, path));
	const changed = changeConfig(config, method, request.rest, value);
	await loadText(target, JSON.stringify(changed), undefined, 'json');
	return { status: 200, headers: {}, body: '' };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new AdminError(400, `decoding request body: ${(error as Error).message}`);
	}
}

async function load(target: AdminTarget, request: RoutedRequest): Promise<AdminResponse> {
	const type = request.header('content-type')?.replace(/;.*$/s, '').trim().toLowerCase() ?? '';
	// As for Caddy, what says nothing of itself is JSON.
	const format = type === '' || /^[^/]+\/json$/.test(type) ? 'json' : 'caddyfile';
	if (format === 'caddyfile' && !/^[^/]+\/caddyfile$/.test(type)) {
		throw new AdminError(
			400,
			`loading config: a configuration of type '${type}' is not supported by Igor; send Caddy's JSON with Content-Type: application/json, or a Caddyfile with text/caddyfile`,
		);
	}
	const text = await request.body();
	if (text.trim() === '') throw new AdminError(400, 'loading config: the configuration is empty');
	const file = request.query.get('file') || request.header('caddy-config-source-file') || undefined;
	await loadText(target, text, file, format);
	const warnings = target.warnings();
	return warnings.length > 0 ? jsonResponse(warnings) : { status: 200, headers: {}, body: '' };
}

async function loadText(target: AdminTarget, ...config: Parameters<AdminTarget['load']>): Promise<void> {
	try {
		await target.load(...config);
	} catch (error) {
		throw new AdminError(400, `loading config: ${error instanceof Error ? error.message : error}`);
	}
}
