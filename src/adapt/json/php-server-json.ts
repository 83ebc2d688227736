import { withFullNames } from '../../caddyfile/shorthands.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import type { PhpServer } from '../../directives/php-server.ts';
import { compact, type JsonData, type JsonRoute } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import { readPhpLines, writePhp } from './php-json.ts';

const PATH = '{http.request.uri.path}';

/**
 * `php_server` as FrankenPHP spells it out: a redirect for folders, a rewrite to the script, PHP, and a file server.
 *
 * @param index by which FrankenPHP knows it
 */
export function writePhpServer(directive: PhpServer, index: number): JsonRoute[] {
	const { root, splitPath, fileServer } = directive;
	const php = writePhp(directive, index);
	const files = compact({ handler: 'file_server', root });
	const routes: JsonRoute[] = [];
	const matched = directive.workers.flatMap(({ match }) => match);
	if (matched.length > 0) {
		if (fileServer) {
			const file = compact({ root, try_files: [PATH] });
			routes.push({ match: [{ file, not: [{ path: ['*.php'] }] }], handle: [files] });
		}
		routes.push({ match: [{ path: matched }], handle: [php] });
	}
	if (directive.index !== 'off') routes.push(...indexRoutes(directive));
	routes.push({ match: [{ path: splitPath.flatMap((ending) => [`*${ending}`, `*${ending}/*`]) }], handle: [php] });
	if (fileServer) routes.push({ handle: [files] });
	return routes;
}

function indexRoutes({ root, splitPath, index, fileServer, tryFiles }: PhpServer): JsonRoute[] {
	const folder = `${PATH}/${index}`;
	const tried = tryFiles?.map(withFullNames) ?? defaultFiles(index, fileServer);
	const policy = tryFiles === undefined || tryFiles.at(-1)?.endsWith('.php') ? 'first_exist_fallback' : undefined;
	const redirect: JsonRoute = {
		match: [{ file: compact({ root, try_files: [folder] }), not: [{ path: ['*/'] }] }],
		handle: [
			{ handler: 'static_response', headers: { Location: ['{http.request.orig_uri.path}/'] }, status_code: 308 },
		],
	};
	const rewrite: JsonRoute = {
		match: [{ file: compact({ root, try_files: tried, try_policy: policy, split_path: splitPath }) }],
		handle: [{ handler: 'rewrite', uri: '{http.matchers.file.relative}{http.matchers.file.remainder}' }],
	};
	return tried.includes(folder) ? [redirect, rewrite] : [rewrite];
}

function defaultFiles(index: string, fileServer: boolean): string[] {
	return [...(fileServer ? [PATH] : []), `${PATH}/${index}`, index];
}

/** What was found in a list of routes. */
export interface FoundPhpServer {
	readonly line: JsonLine;
	/** How many routes it takes. */
	readonly count: number;
	/** The last of them goes on after its first handler, with what does not belong to it. */
	readonly isPart: boolean;
}

/** At most so many routes make a `php_server`. */
const MOST_ROUTES = 6;

/**
 * Finds a `php_server` that `writePhpServer` may have spelled out.
 *
 * @param write what it writes for the line
 * @returns `undefined` = something else begins at `start`
 */
export function findPhpServer(
	nodes: readonly JsonNode[],
	start: number,
	write: (line: JsonLine) => readonly JsonRoute[],
): FoundPhpServer | undefined {
	const routes = nodes.slice(start, start + MOST_ROUTES).map(({ value }) => shapeOf(value));
	const scripts = routes.findIndex((route) => moduleOf(route) === 'php' && isForScripts(route));
	const php = routes[scripts]?.handle?.[0];
	if (php === undefined || routes.slice(0, scripts).some((route) => !MODULES.includes(moduleOf(route))))
		return undefined;
	const next = routes[scripts + 1];
	const files = next && !next.match && !next.group && next.handle?.[0];
	const fileServer =
		files !== undefined && files !== false && isSame(files, compact({ handler: 'file_server', root: php.root }));
	const rewrite = routes.slice(0, scripts).find((route) => moduleOf(route) === 'rewrite');
	const redirect = routes.slice(0, scripts).find((route) => moduleOf(route) === 'static_response');
	const tried = filesOf(rewrite);
	const folder = filesOf(redirect)?.[0];
	const index =
		tried === undefined ? 'off' : folder?.startsWith(`${PATH}/`) ? folder.slice(PATH.length + 1) : DEFAULTS.index;
	const node = nodes[start + scripts];
	const handler = node?.object().get('handle')?.list()[0]?.object();
	if (handler === undefined || node === undefined) return undefined;
	handler.ignore('handler');
	const { position } = handler.node;
	const lines = [...readPhpLines(handler)];
	if (!fileServer) lines.push(lineOf(position, 'file_server', ['off']));
	if (index !== DEFAULTS.index) lines.push(lineOf(position, 'index', [index]));
	if (tried && !isSame(tried, defaultFiles(index, fileServer))) lines.push(lineOf(position, 'try_files', tried));
	const line = lineOf(position, 'php_server', [], lines);
	const count = scripts + (fileServer ? 2 : 1);
	const last = routes[count - 1];
	const isPart = fileServer && (last?.handle?.length ?? 0) > 1;
	const own = [...routes.slice(0, count - 1), isPart ? { ...last, handle: [last?.handle?.[0]] } : last];
	return isSame(own.map(plain), write(line).map(plain)) ? { line, count, isPart } : undefined;
}

const MODULES = ['file_server', 'php', 'static_response', 'rewrite'];

function isForScripts({ match, handle }: Shape): boolean {
	const path = match?.[0]?.path;
	return handle?.length === 1 && Array.isArray(path) && typeof path[0] === 'string' && path[0].startsWith('*.');
}

/** A route, as far as it has the form of one. */
interface Shape {
	readonly group?: unknown;
	readonly match?: readonly JsonData[] | undefined;
	readonly handle?: readonly JsonData[] | undefined;
}

function shapeOf(value: unknown): Shape {
	if (!isData(value)) return {};
	const { match, handle, ...rest } = value;
	return compact({ ...rest, match: dataList(match), handle: dataList(handle) });
}

function moduleOf({ handle }: Shape): string {
	return String(handle?.[0]?.handler);
}

/** Files that a route tries. */
function filesOf(route: Shape | undefined): string[] | undefined {
	const file = route?.match?.[0]?.file;
	const files = isData(file) ? file.try_files : undefined;
	return Array.isArray(files) && files.every((each) => typeof each === 'string') ? files : undefined;
}

/** Without what another version of FrankenPHP writes otherwise. */
function plain(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (key, each: unknown) => {
			if (key === 'server_index') return undefined;
			return key === 'uri' ? String(each).replace('{http.matchers.file.remainder}', '') : each;
		}),
	);
}

function isSame(one: unknown, other: unknown): boolean {
	if (Array.isArray(one)) {
		return (
			Array.isArray(other) && one.length === other.length && one.every((each, index) => isSame(each, other[index]))
		);
	}
	if (!isData(one) || !isData(other)) return one === other;
	const names = Object.keys(one);
	return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]));
}

function isData(value: unknown): value is JsonData {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataList(value: unknown): JsonData[] | undefined {
	return Array.isArray(value) ? value.filter(isData) : undefined;
}
