import type { Position } from '../../caddyfile/position.ts';
import type { BlockContents } from '../../directives/directive.ts';
import type { AdaptedDirective, DirectiveOf, PhpDirective, StepName } from '../../directives/list.ts';
import type { JsonLine } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';

/** An object to be written; fields that are `undefined` are left out. */
export type JsonData = Readonly<Record<string, unknown>>;

/** Caddy's route. */
export interface JsonRoute {
	readonly group?: string;
	/** One of the sets has to match; `undefined` = every request. */
	readonly match?: readonly JsonData[];
	readonly handle?: readonly JsonData[];
	readonly terminal?: true;
}

/** How a handler reads the routes inside it. */
export interface RouteReader {
	/** @param place for errors @throws CaddyfileError */
	contents(routes: JsonNode | undefined, place: Position): BlockContents;
}

/** Reads a handler as the lines of a Caddyfile that say the same. @throws CaddyfileError */
export type ReadHandler = (handler: JsonObject, reader: RouteReader) => readonly JsonLine[];

/** What a handler's writer needs from those around it. */
export interface RouteWriter {
	routes(directives: readonly AdaptedDirective[]): JsonRoute[];
	/** The number by which FrankenPHP knows a `php_server`. */
	serverIndex(directive: PhpDirective): number;
	/** A name for a group of routes of which only the first that matches applies. */
	group(): string;
}

/** Writes a directive without its matcher. */
export type WriteDirective<Name extends StepName> = (
	directive: DirectiveOf<Name>,
	writer: RouteWriter,
) => readonly JsonData[];

/** Without the fields that are `undefined`. */
export function compact(data: JsonData): JsonData {
	return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/** A list, or `undefined` = it is empty, which Caddy leaves out. */
export function unlessEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
	return list !== undefined && list.length > 0 ? list : undefined;
}

/** A map, or `undefined` = it is empty. */
export function mapUnlessEmpty<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
	return Object.keys(map).length > 0 ? map : undefined;
}

/** Lists by key. */
export function groupBy<T>(pairs: Iterable<readonly [key: string, value: T]>): Record<string, T[]> {
	const lists = new Map<string, T[]>();
	for (const [key, value] of pairs) {
		const list = lists.get(key);
		if (list) list.push(value);
		else lists.set(key, [value]);
	}
	return Object.fromEntries(lists);
}
