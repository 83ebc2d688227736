import { AdminError, type AdminRequest, type AdminResponse } from './admin-messages.ts';

/** A request on its way to the route that fits. */
export interface RoutedRequest extends AdminRequest {
	/** What stands for `:` in the route, decoded. */
	readonly names: readonly string[];
	/** The parts that `*` at the end of the route stands for, decoded. */
	readonly rest: readonly string[];
	readonly query: URLSearchParams;
}

export type RouteHandler = (request: RoutedRequest) => AdminResponse | Promise<AdminResponse>;

/** A path such as `/sidekicks/:/:/stop`, and what each method does. */
export interface Route {
	readonly path: string;
	readonly methods: Readonly<Record<string, RouteHandler>>;
	/** Why other methods are refused, if that needs an explanation. */
	readonly hint?: string;
}

/** Hands a request to the first route that fits. @throws AdminError 400, 404, 405 */
export async function route(routes: readonly Route[], request: AdminRequest): Promise<AdminResponse> {
	const [path = '', ...query] = request.target.split('?');
	const parts = partsOf(path);
	for (const { path: pattern, methods, hint } of routes) {
		const found = match(partsOf(pattern), parts);
		if (found === undefined) continue;
		const handler = handlerOf(methods, request.method);
		const allow = ['OPTIONS', ...('GET' in methods ? ['HEAD'] : []), ...Object.keys(methods)].join(', ');
		if (handler !== undefined) return handler({ ...request, ...found, query: new URLSearchParams(query.join('?')) });
		if (request.method === 'OPTIONS') return { status: 204, headers: { allow }, body: '' };
		throw new AdminError(405, `method ${request.method} not allowed${hint ? `: ${hint}` : ''}`, { allow });
	}
	throw new AdminError(404, `unknown path: ${path}`);
}

function handlerOf(methods: Route['methods'], method: string): RouteHandler | undefined {
	const name = method === 'HEAD' ? 'GET' : method;
	return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

/** A final slash is ignored. */
function partsOf(path: string): string[] {
	const parts = path.split('/').slice(1);
	return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

function match(
	pattern: readonly string[],
	parts: readonly string[],
): Pick<RoutedRequest, 'names' | 'rest'> | undefined {
	const open = pattern.at(-1) === '*';
	const fixed = open ? pattern.slice(0, -1) : pattern;
	if (open ? parts.length < fixed.length : parts.length !== fixed.length) return undefined;
	if (fixed.some((part, index) => part !== ':' && part !== parts[index])) return undefined;
	return {
		names: parts.filter((_, index) => fixed[index] === ':').map(decode),
		rest: parts.slice(fixed.length).map(decode),
	};
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw new AdminError(400, `'${part}' in the path is not percent-encoded UTF-8`);
	}
}
