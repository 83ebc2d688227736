import type { AdaptedDirective, DirectiveOf, PhpDirective } from '../../directives/list.ts';
import { writeHandlers } from './handler-json.ts';
import { compact, type JsonData, type JsonRoute, type RouteWriter, unlessEmpty } from './json-forms.ts';
import { writeMatcher } from './matcher-json.ts';
import { writePhpServer } from './php-server-json.ts';
import { writeTryFiles } from './rewrite-json.ts';

/** Of each kind, only the first of a list that matches applies. */
export const EXCLUSIVE: Readonly<Record<string, 'root' | 'rewrite' | 'handle'>> = {
	root: 'root',
	rewrite: 'rewrite',
	handle: 'handle',
	handle_path: 'handle',
};

/** After these, what a matcher says is still the same. */
export const UNCHANGING: ReadonlySet<string> = new Set([
	'encode',
	'error',
	'file_server',
	'header',
	'intercept',
	'log_skip',
	'metrics',
	'php',
	'redir',
	'request_body',
	'respond',
	'reverse_proxy',
]);

/** Writes lists of directives as Caddy's routes. One for a whole configuration: it counts. */
export class RoutesToJson implements RouteWriter {
	readonly #indexes = new Map<PhpDirective, number>();
	/** A site that is on two servers is the same on both. */
	readonly #written = new Map<readonly AdaptedDirective[], JsonRoute[]>();
	#groups = 0;

	routes(directives: readonly AdaptedDirective[]): JsonRoute[] {
		const known = this.#written.get(directives) ?? this.#routes(directives);
		this.#written.set(directives, known);
		return known;
	}

	#routes(directives: readonly AdaptedDirective[]): JsonRoute[] {
		const groups = this.#groupsOf(directives);
		const routes: JsonRoute[] = [];
		let mayJoin = false;
		for (const directive of directives) {
			const group = groups.get(EXCLUSIVE[directive.type] ?? '');
			for (const route of this.#write(directive)) {
				const next = group === undefined ? route : { group, ...route };
				const last = routes.at(-1);
				if (last && isJoinable(last, next) && (mayJoin || next.match === undefined)) {
					routes[routes.length - 1] = { ...last, handle: [...(last.handle ?? []), ...(next.handle ?? [])] };
				} else routes.push(next);
				mayJoin = UNCHANGING.has(directive.type);
			}
		}
		return routes;
	}

	serverIndex(directive: PhpDirective): number {
		const known = this.#indexes.get(directive) ?? this.#indexes.size + 1;
		this.#indexes.set(directive, known);
		return known;
	}

	group(): string {
		return `group${this.#groups++}`;
	}

	/** What is there more than once needs a group; Caddy gives one to each `rewrite`. */
	#groupsOf(directives: readonly AdaptedDirective[]): ReadonlyMap<string, string> {
		const groups = new Map<string, string>();
		for (const kind of new Set(Object.values(EXCLUSIVE))) {
			const count = directives.filter(({ type }) => EXCLUSIVE[type] === kind).length;
			if (count > (kind === 'rewrite' ? 0 : 1)) groups.set(kind, this.group());
		}
		return groups;
	}

	#write(directive: AdaptedDirective): readonly JsonRoute[] {
		const match = writeMatcher(directive.matcher);
		switch (directive.type) {
			case 'handle':
			case 'route':
				return [routeOf(match, [subroute(this.routes(directive.directives))])];
			case 'handle_path': {
				const routes = [stripRoute(directive.stripPrefix), ...this.routes(directive.directives)];
				return [routeOf(match, [subroute(routes)])];
			}
			case 'php_server': {
				const routes = writePhpServer(directive, this.serverIndex(directive));
				return match === undefined ? routes : [routeOf(match, [subroute(routes)])];
			}
			case 'try_files':
				return writeTryFiles(directive as DirectiveOf<'try_files'>, this);
			default:
				return [routeOf(match, writeHandlers(directive, this))];
		}
	}
}

/** The first route of a `handle_path`. */
export function stripRoute(prefix: string): JsonRoute {
	return { handle: [compact({ handler: 'rewrite', strip_path_prefix: prefix || undefined })] };
}

/** Caddy's `subroute`. */
export function subroute(routes: readonly JsonRoute[]): JsonData {
	return compact({ handler: 'subroute', routes: unlessEmpty(routes) });
}

function routeOf(match: readonly JsonData[] | undefined, handle: readonly JsonData[]): JsonRoute {
	return match === undefined ? { handle } : { match, handle };
}

/** As Caddy does: neighbours for the same requests become one route. */
function isJoinable(one: JsonRoute, other: JsonRoute): boolean {
	return (
		one.group === undefined && other.group === undefined && JSON.stringify(one.match) === JSON.stringify(other.match)
	);
}
