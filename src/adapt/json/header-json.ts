import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import type { HeaderOperation } from '../../directives/header.ts';
import {
	compact,
	groupBy,
	type JsonData,
	mapUnlessEmpty,
	type ReadHandler,
	unlessEmpty,
	type WriteDirective,
} from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';
import { canonicalField, readResponseMatcherLines, writeResponseMatcher } from './response-matcher-json.ts';

/** Changes of a header, as Caddy writes them. */
export function writeHeaderOperations(operations: readonly HeaderOperation[]): JsonData {
	const values = (kind: 'add' | 'set' | 'default') =>
		operations.flatMap((each) => (each.operation === kind ? [[canonicalField(each.field), each.value] as const] : []));
	const set = values('set').map(([field, value]) => [field, [value]] as const);
	const replaced = operations.flatMap((each) =>
		each.operation === 'replace'
			? [[canonicalField(each.field), { search_regexp: each.search, replace: each.replacement }] as const]
			: [],
	);
	return compact({
		add: mapUnlessEmpty(groupBy(values('add'))),
		set: mapUnlessEmpty(Object.fromEntries(set)),
		default: mapUnlessEmpty(groupBy(values('default'))),
		delete: unlessEmpty(
			operations.flatMap((each) => (each.operation === 'delete' ? [canonicalField(each.field)] : [])),
		),
		replace: mapUnlessEmpty(groupBy(replaced)),
	});
}

/** `header` */
export const writeHeader: WriteDirective<'header'> = ({ operations, deferred, match }) => {
	const defaults = operations.filter(({ operation }) => operation === 'default');
	const others = operations.filter(({ operation }) => operation !== 'default');
	const handlers: JsonData[] = [];
	if (others.length > 0) {
		const require = match && writeResponseMatcher(match);
		const response = compact({ ...writeHeaderOperations(others), deferred: deferred || undefined, require });
		handlers.push({ handler: 'headers', response });
	}
	if (defaults.length > 0) {
		const { default: set } = writeHeaderOperations(defaults);
		const missing = Object.fromEntries(defaults.map(({ field }) => [canonicalField(field), null]));
		handlers.push({ handler: 'headers', response: { require: { headers: missing }, set } });
	}
	return handlers;
};

/** `request_header` */
export const writeRequestHeader: WriteDirective<'request_header'> = ({ operation }) => [
	{ handler: 'headers', request: writeHeaderOperations([operation]) },
];

/** Caddy's `headers`. */
export const readHeadersHandler: ReadHandler = (handler) => {
	const request = handler.get('request')?.object();
	const response = handler.get('response')?.object();
	handler.end();
	const lines: JsonLine[] = [];
	if (request) {
		const place = request.node.position;
		for (const { name, args } of readHeaderOperations(request).flat()) {
			lines.push({ ...lineOf(place, 'request_header', [name]), args: [...lineOf(place, '', [name]).args, ...args] });
		}
		request.end();
	}
	if (response) lines.push(...readResponse(response));
	return lines;
};

function readResponse(response: JsonObject): JsonLine[] {
	const place = response.node.position;
	const require = response.get('require');
	const isDeferred = response.get('deferred')?.flag() ?? false;
	const [first, more] = readHeaderOperations(response, defaultsOf(require, response));
	response.end();
	const around: Directive[] = [
		...(isDeferred ? [lineOf(place, 'defer')] : []),
		...(require && !first.some(({ name }) => name.startsWith('?'))
			? [lineOf(require.position, 'match', [], readResponseMatcherLines(require))]
			: []),
	];
	const lines = [first, more]
		.filter((each) => each.length > 0)
		.map((each) => lineOf(place, 'header', [], [...each, ...around]));
	// What is done when the response is sent is done in the reverse order.
	return around.length > 0 ? lines.reverse() : lines;
}

/** The fields that are only set where they are missing, as Caddy writes `header ?FIELD`. */
function defaultsOf(require: JsonNode | undefined, response: JsonObject): ReadonlySet<string> {
	const missing = new Set<string>();
	if (require === undefined || response.has('add') || response.has('delete') || response.has('replace')) return missing;
	const fields = require.entries();
	const headers = fields.length === 1 && fields[0]?.[0] === 'headers' ? fields[0][1].entries() : [];
	const set =
		response
			.get('set')
			?.entries()
			.map(([name]) => name) ?? [];
	const isSame =
		headers.length === set.length && headers.every(([name, { value }]) => value === null && set.includes(name));
	return isSame ? new Set(set) : missing;
}

/**
 * The operations of an object as lines; second, what has to come after them: `set` replaces what `add` has added, so
 * several values for one field take two steps.
 */
export function readHeaderOperations(
	object: JsonObject,
	defaults: ReadonlySet<string> = new Set(),
): [first: Directive[], more: Directive[]] {
	const first: Directive[] = [];
	const more: Directive[] = [];
	const each = (name: string, sign: string, add: (field: string, value: JsonNode, index: number) => void) => {
		for (const [field, values] of object.get(name)?.entries() ?? []) {
			refuseSign(field, values);
			for (const [index, value] of values.list().entries()) add(sign + field, value, index);
		}
	};
	each('add', '+', (field, value) => first.push(lineOf(value.position, field, [value])));
	each('set', '', (field, value, index) => {
		if (index > 0) more.push(lineOf(value.position, `+${field}`, [value]));
		else first.push(lineOf(value.position, defaults.has(field) ? `?${field}` : field, [value]));
	});
	each('default', '?', (field, value) => first.push(lineOf(value.position, field, [value])));
	for (const field of object.get('delete')?.list() ?? []) first.push(lineOf(field.position, `-${field.text()}`));
	each('replace', '', (field, value) => first.push(readReplacement(field, value)));
	return [first, more];
}

function readReplacement(field: string, value: JsonNode): Directive {
	const replacement = value.object();
	const search = replacement.get('search');
	const pattern = replacement.get('search_regexp')?.text() ?? escapePattern(search?.text() ?? '');
	const put = replacement.get('replace')?.text() ?? '';
	replacement.end();
	return lineOf(value.position, field, [pattern, put]);
}

/** A text as a regular expression that finds it. */
export function escapePattern(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** In a Caddyfile the first character of a field may say what happens to it. */
function refuseSign(field: string, { position }: { readonly position: Position }): void {
	if (!/^[-+?>]|:$/.test(field)) return;
	throw new CaddyfileError('bad_value', position, `${quoteWord(field)} names no header field`);
}
