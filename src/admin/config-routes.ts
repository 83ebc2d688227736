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
			hint: 'only a whole configuration can be changed; send it to POST /load',
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
	try {
		await target.load(text, file, format);
	} catch (error) {
		throw new AdminError(400, `loading config: ${error instanceof Error ? error.message : error}`);
	}
	const warnings = target.warnings();
	return warnings.length > 0 ? jsonResponse(warnings) : { status: 200, headers: {}, body: '' };
}

/** The part of the configuration that a path such as `apps/http/servers` names. As in Caddy: null where there is nothing. */
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
