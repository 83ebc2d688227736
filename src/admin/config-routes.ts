import { AdminError, type AdminResponse, jsonResponse } from './admin-messages.ts';
import type { Route, RoutedRequest } from './admin-routing.ts';
import type { AdminTarget } from './admin-target.ts';
import { publicConfig } from './public-config.ts';

/** Caddy's routes for the configuration, and for the stop. */
export function configRoutes(target: AdminTarget): Route[] {
	return [
		{
			path: '/config/*',
			methods: { GET: ({ rest }) => jsonResponse(traverse(publicConfig(target.config()), rest)) },
			hint: "Igor's configuration is a Caddyfile; send a whole one to POST /load",
		},
		{ path: '/load', methods: { POST: (request) => load(target, request) } },
		{
			path: '/stop',
			methods: {
				// Once the response is sent: the stop closes this connection.
				POST: () => ({ status: 200, headers: {}, body: '', afterwards: () => target.stop() }),
			},
		},
	];
}

async function load(target: AdminTarget, request: RoutedRequest): Promise<AdminResponse> {
	const type = request.header('content-type')?.replace(/;.*$/s, '').trim().toLowerCase() ?? '';
	if (!/^[^/]+\/caddyfile$/.test(type)) {
		const what = type === '' || type.endsWith('/json') ? "Caddy's JSON" : `a configuration of type '${type}'`;
		throw new AdminError(
			400,
			`loading config: ${what} is not supported by Igor; send a Caddyfile with Content-Type: text/caddyfile`,
		);
	}
	const text = await request.body();
	if (text.trim() === '') throw new AdminError(400, 'loading config: the Caddyfile is empty');
	const file = request.query.get('file') || request.header('caddy-config-source-file') || undefined;
	try {
		await target.load(text, file);
	} catch (error) {
		throw new AdminError(400, `loading config: ${error instanceof Error ? error.message : error}`);
	}
	const { warnings } = Object(target.config()) as { warnings?: unknown };
	return Array.isArray(warnings) && warnings.length > 0
		? jsonResponse(warnings)
		: { status: 200, headers: {}, body: '' };
}

/** The part of the configuration that a path such as `sites/0/tls` names. As in Caddy: null where there is nothing. */
function traverse(config: unknown, path: readonly string[]): unknown {
	let value = config;
	for (const [index, part] of path.entries()) {
		const at = `/config/${path.slice(0, index + 1).join('/')}`;
		if (Array.isArray(value)) {
			if (!/^(?:0|[1-9]\d{0,8})$/.test(part)) throw new AdminError(400, `[${at}] invalid array index '${part}'`);
			if (Number(part) >= value.length) throw new AdminError(400, `[${at}] array index out of bounds: ${part}`);
			value = value[Number(part)];
		} else if (typeof value === 'object' && value !== null) {
			value = Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : null;
		} else {
			throw new AdminError(400, `invalid traversal path at: ${at}`);
		}
	}
	return value;
}
