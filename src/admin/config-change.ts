import { AdminError } from './admin-messages.ts';
import { elementIndex, isObject, type JsonObject, memberOf } from './config-path.ts';

/** How Caddy's `/config/` changes what a path names. */
export type ConfigMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** At the end of a path: all elements of the list that is sent, and not the list itself. */
const EACH = '...';

/**
 * A copy of a configuration with one change. `POST` sets a value or appends to a list, `PUT` creates a value or inserts
 * into a list, `PATCH` replaces what is there, `DELETE` removes it.
 *
 * @param path such as `['apps', 'http', 'servers']`; empty = the whole
 * @param value JSON; of no meaning to `DELETE`
 * @throws AdminError 400, 404, 409 as in Caddy
 */
export function changeConfig(config: unknown, method: ConfigMethod, path: readonly string[], value: unknown): unknown {
	const root: JsonObject = { config: structuredClone(config) ?? null };
	const parts = ['config', ...path];
	const isEach = parts.at(-1) === EACH;
	if (isEach) parts.pop();
	if (isEach && (method !== 'POST' || !Array.isArray(value))) {
		throw new AdminError(400, `${pathOf(parts, parts.length)}/...: only POST of an array appends each of its elements`);
	}
	let at: unknown = root;
	for (const [index, part] of parts.slice(0, -1).entries()) at = step(at, part, method, pathOf(parts, index + 1));
	const name = parts.at(-1) as string;
	const where = pathOf(parts, parts.length);
	if (Array.isArray(at)) changeElement(at, name, method, value, where);
	else if (isObject(at)) changeMember(at, name, method, value, isEach, where);
	else throw new AdminError(400, `invalid traversal path at: ${where}`);
	return root.config;
}

/** What a part of the way leads to. */
function step(at: unknown, part: string, method: ConfigMethod, where: string): unknown {
	if (Array.isArray(at)) return at[elementIndex(part, at.length - 1, where)];
	if (!isObject(at)) throw new AdminError(400, `invalid traversal path at: ${where}`);
	// What is put somewhere brings its way along.
	if (method === 'PUT' && memberOf(at, part) == null) set(at, part, {});
	return memberOf(at, part);
}

function changeElement(list: unknown[], part: string, method: ConfigMethod, value: unknown, where: string): void {
	if (method === 'POST') {
		list.push(value);
		return;
	}
	const index = elementIndex(part, method === 'PUT' ? list.length : list.length - 1, where);
	if (method === 'PUT') list.splice(index, 0, value);
	else if (method === 'PATCH') list[index] = value;
	else list.splice(index, 1);
}

function changeMember(
	object: JsonObject,
	name: string,
	method: ConfigMethod,
	value: unknown,
	isEach: boolean,
	where: string,
): void {
	const present = memberOf(object, name);
	const exists = present !== undefined && (present !== null || name !== 'config');
	if (method === 'PUT' && exists) throw new AdminError(409, `[${where}] key already exists: ${name}`);
	if ((method === 'PATCH' || method === 'DELETE') && !exists) {
		throw new AdminError(404, `[${where}] key does not exist: ${name}`);
	}
	if (method === 'DELETE') delete object[name];
	else if (method === 'POST' && Array.isArray(present)) present.push(...(isEach ? (value as unknown[]) : [value]));
	else set(object, name, value);
}

/** Also a member that is called `__proto__`. */
function set(object: JsonObject, name: string, value: unknown): void {
	Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function pathOf(parts: readonly string[], count: number): string {
	return `/${parts.slice(0, count).join('/')}`;
}
