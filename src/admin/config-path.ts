import { AdminError } from './admin-messages.ts';

export type JsonObject = Record<string, unknown>;

/** The part of the configuration that a path such as `apps/http/servers` names. As in Caddy: null where there is nothing. */
export function valueAt(config: unknown, path: readonly string[]): unknown {
	let value = config;
	for (const [index, part] of path.entries()) {
		const at = `/config/${path.slice(0, index + 1).join('/')}`;
		if (Array.isArray(value)) value = value[elementIndex(part, value.length - 1, at)];
		else if (isObject(value)) value = memberOf(value, part) ?? null;
		else throw new AdminError(400, `invalid traversal path at: ${at}`);
	}
	return value;
}

/** @param most the largest there may be @param where for the error @throws AdminError */
export function elementIndex(part: string, most: number, where: string): number {
	if (!/^(?:0|[1-9]\d{0,8})$/.test(part)) throw new AdminError(400, `[${where}] invalid array index '${part}'`);
	if (Number(part) > most) throw new AdminError(400, `[${where}] array index out of bounds: ${part}`);
	return Number(part);
}

/** One of its own; undefined = it has none of that name. */
export function memberOf(object: JsonObject, name: string): unknown {
	return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
