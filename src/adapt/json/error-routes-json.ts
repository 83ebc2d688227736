import type { Directive } from '../../caddyfile/parser.ts';
import type { Statuses } from '../../caddyfile/statuses.ts';
import type { ErrorHandler } from '../../directives/handle-errors.ts';
import type { JsonRoute, RouteWriter } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import type { RoutesFromJson } from './routes-from-json.ts';
import { subroute } from './routes-to-json.ts';

const STATUS = '{http.error.status_code}';

/** `handle_errors`, of one site. */
export function writeErrorRoutes(handlers: readonly ErrorHandler[], writer: RouteWriter): JsonRoute[] {
	return handlers.map(({ statuses, directives }) => ({
		...(statuses.length > 0 && { match: [{ expression: statusExpression(statuses) }] }),
		handle: [subroute(writer.routes(directives))],
	}));
}

function statusExpression(statuses: Statuses): string {
	const ranges = statuses.flatMap((status) => (typeof status === 'number' ? [] : [status[0]]));
	const codes = statuses.filter((status) => typeof status === 'number');
	return [
		...ranges.map((hundred) => `${STATUS} >= ${hundred}00 && ${STATUS} <= ${hundred}99`),
		...(codes.length > 0 ? [`${STATUS} in [${codes.join(', ')}]`] : []),
	].join(' || ');
}

/** Reads the routes for the errors of a site as lines. @throws CaddyfileError */
export function readErrorRoutes(nodes: readonly JsonNode[], reader: RoutesFromJson): Directive[] {
	const [first] = nodes;
	if (first === undefined) return [];
	const handlers = nodes.map((node) => readHandler(node, reader));
	if (handlers.every((each) => each !== undefined)) return handlers;
	// Routes of another form: one handler for every error has all of them.
	const line: JsonLine = { ...lineOf(first.position, 'handle_errors'), contents: { directives: reader.list(nodes) } };
	return [line];
}

/** A route that `writeErrorRoutes` may have written. */
function readHandler(node: JsonNode, reader: RoutesFromJson): JsonLine | undefined {
	const { match, handle, ...rest } = Object(node.value);
	if (Object.keys(rest).length > 0 || !Array.isArray(handle) || handle.length !== 1) return undefined;
	const { handler: module, routes, ...more } = Object(handle[0]);
	if (module !== 'subroute' || Object.keys(more).length > 0) return undefined;
	const statuses = match === undefined ? [] : statusesOf(match);
	if (statuses === undefined || (routes !== undefined && !Array.isArray(routes))) return undefined;
	const inner = node.object().get('handle')?.list()[0]?.object().get('routes');
	return { ...lineOf(node.position, 'handle_errors', statuses), contents: reader.contents(inner, node.position) };
}

/** The statuses of an expression that `statusExpression` has written. */
function statusesOf(match: unknown): string[] | undefined {
	const [set, other] = Array.isArray(match) ? match : [];
	const { expression, ...rest } = Object(set);
	const written: unknown = typeof expression === 'string' ? expression : Object(expression).expr;
	if (other !== undefined || Object.keys(rest).length > 0 || typeof written !== 'string') return undefined;
	const statuses: string[] = [];
	for (const part of written.split(' || ')) {
		const [, first, last] =
			/^\{http\.error\.status_code\} >= (\d)00 && \{http\.error\.status_code\} <= (\d)99$/.exec(part) ?? [];
		const [, codes] = /^\{http\.error\.status_code\} in \[([\d, ]+)\]$/.exec(part) ?? [];
		if (first !== undefined && first === last) statuses.push(`${first}xx`);
		else if (codes !== undefined) statuses.push(...codes.split(',').map((code) => code.trim()));
		else return undefined;
	}
	return statuses;
}
