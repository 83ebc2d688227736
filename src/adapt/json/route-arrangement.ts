import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { MatcherSet } from '../../caddyfile/matcher-definitions.ts';
import type { Position } from '../../caddyfile/position.ts';
import type { AdaptedDirective } from '../../directives/list.ts';
import { EXCLUSIVE, UNCHANGING } from './routes-to-json.ts';

/** A route that has been read, before its group is looked at. */
export interface ReadRoute {
	readonly position: Position;
	readonly group?: string;
	/** `undefined` = every request. */
	readonly matcher?: MatcherSet;
	/** One after another. Some have a matcher of their own. */
	readonly directives: readonly AdaptedDirective[];
	/** Whoever it is for does not get to the routes after it. */
	readonly isTerminal: boolean;
}

/** How often a list may go on behind terminal routes. */
const MOST_LISTS = 64;

/**
 * Caddy's routes, which say by groups and by `terminal` what excludes what, as directives: there, `handle`, `rewrite` and
 * `root` exclude each other within their list, and a `route` is a list of its own.
 *
 * @throws CaddyfileError
 */
export function arrangeRoutes(routes: readonly ReadRoute[], lists = 1): AdaptedDirective[] {
	const start = routes.findIndex(({ isTerminal }, index) => isTerminal && index < routes.length - 1);
	if (start < 0) return arrangeGroups(routes);
	const length = routes.slice(start).findIndex(({ isTerminal }) => !isTerminal);
	const end = length < 0 ? routes.length : start + length;
	const [before, terminal, after] = [routes.slice(0, start), routes.slice(start, end), routes.slice(end)];
	const { position } = terminal[0] as ReadRoute;
	const groups = new Set(terminal.flatMap(({ group }) => group ?? []));
	const other = [...before, ...after].find(({ group }) => group !== undefined && groups.has(group));
	if (other || lists > MOST_LISTS) {
		const what = other ? 'some routes of one group are terminal and some are not' : 'too many routes are terminal';
		throw new CaddyfileError('unsupported', position, what);
	}
	const rest = after.length > 0 ? [handle(after[0]!.position, arrangeRoutes(after, lists + 1))] : [];
	return [...arrangeGroups(before), listOf(position, [...terminal.map(handleOf), ...rest])];
}

/** A directive, and what it excludes. */
interface Entry {
	readonly directive: AdaptedDirective;
	readonly kind: string | undefined;
	/** A group, or the entry itself. */
	readonly source: string | ReadRoute;
}

function arrangeGroups(routes: readonly ReadRoute[]): AdaptedDirective[] {
	const kinds = kindsOfGroups(routes);
	const entries = routes.flatMap((route): Entry[] => {
		const { group } = route;
		if (group === undefined) {
			return plainDirectives(route).map((directive) => ({ directive, kind: EXCLUSIVE[directive.type], source: route }));
		}
		const kind = kinds.get(group) as string;
		const directive = kind === 'handle' ? handleOf(route) : (plainDirectives(route)[0] as AdaptedDirective);
		return [{ directive, kind, source: group }];
	});
	const firsts = new Map<string, Entry['source']>();
	for (const { kind, source } of entries) if (kind !== undefined && !firsts.has(kind)) firsts.set(kind, source);
	const arranged: AdaptedDirective[] = [];
	const seen = new Set<string>();
	for (let at = 0; at < entries.length; ) {
		const { directive, kind, source } = entries[at] as Entry;
		if (kind === undefined || firsts.get(kind) === source) {
			arranged.push(directive);
			at++;
			continue;
		}
		// The list has another one of this kind: a list of its own keeps them apart.
		const length = typeof source === 'string' ? runLength(entries, at) : 1;
		if (typeof source === 'string' && seen.has(source)) {
			const what = `routes of other groups stand between those of ${quoteWord(source)}`;
			throw new CaddyfileError('unsupported', directive.position, what);
		}
		if (typeof source === 'string') seen.add(source);
		arranged.push(
			listOf(
				directive.position,
				entries.slice(at, at + length).map((entry) => entry.directive),
			),
		);
		at += length;
	}
	return arranged;
}

function runLength(entries: readonly Entry[], start: number): number {
	let end = start;
	while (end < entries.length && entries[end]?.source === entries[start]?.source) end++;
	return end - start;
}

/** `root` and `rewrite` have groups of their own; everything else is a `handle`. */
function kindsOfGroups(routes: readonly ReadRoute[]): Map<string, string> {
	const kinds = new Map<string, string>();
	for (const { group, directives } of routes) {
		if (group === undefined) continue;
		const [directive, ...others] = directives;
		const own = directive && others.length === 0 ? EXCLUSIVE[directive.type] : undefined;
		const kind = own ?? 'handle';
		kinds.set(group, kinds.get(group) === undefined || kinds.get(group) === kind ? kind : 'handle');
	}
	return kinds;
}

/** The directives of a route without a group, each with its matcher. */
function plainDirectives({ matcher, directives, position }: ReadRoute): readonly AdaptedDirective[] {
	if (matcher === undefined) return directives;
	const [first, ...others] = directives;
	if (first === undefined) return [];
	const isSimple = directives.every((directive) => directive.matcher === undefined);
	const inner = others.length === 0 && first.type === 'route' ? first.directives : [];
	const [php] = inner;
	if (isSimple && inner.length === 1 && php?.type === 'php_server' && php.matcher === undefined) {
		return [{ ...php, matcher }];
	}
	if (isSimple && directives.slice(0, -1).every(({ type }) => UNCHANGING.has(type))) {
		return directives.map((directive) => ({ ...directive, matcher }));
	}
	return [{ ...listOf(position, directives), matcher }];
}

/** A route as a `handle`. */
function handleOf({ matcher, directives, position }: ReadRoute): AdaptedDirective {
	const [first, ...others] = directives;
	if (first?.type === 'handle_path' && others.length === 0) return first;
	const isSubroute = first?.type === 'route' && first.matcher === undefined && others.length === 0;
	const inner = handle(position, isSubroute ? first.directives : directives);
	return matcher ? { ...inner, matcher } : inner;
}

function handle(position: Position, directives: readonly AdaptedDirective[]): AdaptedDirective {
	return { type: 'handle', position, directives };
}

function listOf(position: Position, directives: readonly AdaptedDirective[]): AdaptedDirective {
	return { type: 'route', position, directives };
}
