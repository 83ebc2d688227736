import type { Position } from '../../caddyfile/position.ts';
import type { BlockContents, BlockReader } from '../../directives/directive.ts';
import { type AdaptedDirective, listedDirective } from '../../directives/list.ts';
import { readHandler } from './handler-json.ts';
import type { JsonRoute, RouteReader } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import { readMatcher } from './matcher-json.ts';
import { findPhpServer, writePhpServer } from './php-server-json.ts';
import { readTryFiles } from './rewrite-json.ts';
import { arrangeRoutes, type ReadRoute } from './route-arrangement.ts';
import { stripRoute } from './routes-to-json.ts';

/** Blocks of lines that were made of JSON. */
const BLOCKS: BlockReader = {
	contents: (line) => (line as JsonLine).contents ?? { directives: [] },
};

/** Understands a line that was made of JSON. @throws CaddyfileError */
export function directiveOf(line: JsonLine): AdaptedDirective {
	const listed = listedDirective(line.name);
	if (listed?.kind !== 'step') throw new Error(`No step is made by '${line.name}'.`);
	return { position: line.position, ...listed.read(line, BLOCKS) };
}

/** Reads Caddy's routes as lists of directives. */
export class RoutesFromJson implements RouteReader {
	/** @throws CaddyfileError */
	contents(routes: JsonNode | undefined, _place: Position): BlockContents {
		return { directives: this.list(routes?.list() ?? []) };
	}

	/** @throws CaddyfileError */
	list(nodes: readonly JsonNode[]): AdaptedDirective[] {
		const routes: ReadRoute[] = [];
		const groups = new Map<unknown, number>();
		for (const node of nodes) {
			const group = node.object().get('group')?.text();
			if (group !== undefined) groups.set(group, (groups.get(group) ?? 0) + 1);
		}
		for (let at = 0; at < nodes.length; ) {
			const node = nodes[at] as JsonNode;
			const { position } = node;
			const php = findPhpServer(nodes, at, (line) => {
				const directive = directiveOf(line);
				return directive.type === 'php_server' ? writePhpServer(directive, 1) : [];
			});
			const files = php ? undefined : findTryFiles(nodes, at, groups);
			const found = php ?? files;
			if (found) {
				routes.push({ position, directives: [directiveOf(found.line)], isTerminal: false });
				at += found.count;
			} else {
				routes.push(this.#route(node));
				at++;
			}
			if (php?.isPart) routes.push(this.#route(nodes[at - 1] as JsonNode, 1));
		}
		return arrangeRoutes(routes);
	}

	/** @param skip handlers that have been read already */
	#route(node: JsonNode, skip = 0): ReadRoute {
		const route = node.object();
		const group = route.get('group')?.text();
		const match = route.get('match');
		const handlers = route.get('handle')?.list() ?? [];
		const isTerminal = route.get('terminal')?.flag() ?? false;
		route.end();
		const { position } = node;
		const base = { position, isTerminal, ...(group && { group }) };
		const pathBlock = this.#handlePath(match, handlers, position);
		if (pathBlock) return { ...base, directives: [pathBlock] };
		const matcher = readMatcher(match);
		const directives = handlers.slice(skip).flatMap((each) => readHandler(each, this).map(directiveOf));
		return { ...base, directives, ...(matcher && { matcher }) };
	}

	/** A `handle_path`: for one path, and the first that happens is that its beginning goes. */
	#handlePath(
		match: JsonNode | undefined,
		handlers: readonly JsonNode[],
		position: Position,
	): AdaptedDirective | undefined {
		const [set] = Array.isArray(match?.value) ? match.value : [];
		const path: unknown = set?.path?.[0];
		const [handler] = handlers;
		if (handlers.length !== 1 || typeof path !== 'string' || !path.startsWith('/')) return undefined;
		if (JSON.stringify(match?.value) !== JSON.stringify([{ path: [path] }])) return undefined;
		const { handler: module, routes, ...rest } = Object(handler?.value);
		if (module !== 'subroute' || !Array.isArray(routes) || Object.keys(rest).length > 0) return undefined;
		if (JSON.stringify(routes[0]) !== JSON.stringify(stripRoute(path.replace(/\/?\*$/, '')))) return undefined;
		const inner = handler?.object().get('routes')?.list().slice(1) ?? [];
		return directiveOf({ ...lineOf(position, 'handle_path', [path]), contents: { directives: this.list(inner) } });
	}
}

/**
 * A `try_files`, which is as many routes as it has files with a query of their own.
 *
 * @param groups how many routes of the list each has
 */
function findTryFiles(
	nodes: readonly JsonNode[],
	start: number,
	groups: ReadonlyMap<unknown, number>,
): { line: JsonLine; count: number } | undefined {
	const { position } = nodes[start] as JsonNode;
	const first = routeOf(nodes[start]);
	const tried = first && readTryFiles(first);
	if (!first || !tried) return undefined;
	const files = [...tried.files];
	// Something else of its group excludes it, too.
	const count = first.group === undefined ? 1 : (groups.get(first.group) ?? 1);
	for (let at = start + 1; at < start + count; at++) {
		const next = routeOf(nodes[at]);
		const more = next?.group === first.group && next ? readTryFiles(next) : undefined;
		if (!more || more.policy !== tried.policy) return undefined;
		files.push(...more.files);
	}
	const block = tried.policy === undefined ? undefined : [lineOf(position, 'policy', [tried.policy])];
	return { line: lineOf(position, 'try_files', files, block), count };
}

/** A value that has the form of a route, as far as `readTryFiles` looks at it. */
function routeOf(node: JsonNode | undefined): JsonRoute | undefined {
	const value = Object(node?.value);
	const isList = (list: unknown): boolean =>
		Array.isArray(list) && list.every((each) => typeof each === 'object' && each !== null);
	const known = Object.keys(value).every((name) => ['group', 'match', 'handle', 'terminal'].includes(name));
	return known && isList(value.match) && isList(value.handle) ? value : undefined;
}
