import type { DirectiveOf } from '../../directives/list.ts';
import { tryGroups } from '../../directives/try-files.ts';
import type { QueryOperation, UriChange } from '../../directives/uri.ts';
import { escapePattern } from './header-json.ts';
import {
	compact,
	type JsonData,
	type JsonRoute,
	type ReadHandler,
	type RouteWriter,
	unlessEmpty,
	type WriteDirective,
} from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** `rewrite` */
export const writeRewrite: WriteDirective<'rewrite'> = ({ to }) => [{ handler: 'rewrite', uri: to }];

/** `uri` */
export const writeUri: WriteDirective<'uri'> = ({ change }) => [{ handler: 'rewrite', ...writeChange(change) }];

function writeChange(change: UriChange): JsonData {
	switch (change.operation) {
		case 'strip_prefix':
			return { strip_path_prefix: change.target };
		case 'strip_suffix':
			return { strip_path_suffix: change.target };
		case 'replace':
			return { uri_substring: [compact({ find: change.find, replace: change.replacement, limit: change.limit })] };
		case 'path_regexp':
			return { path_regexp: [{ find: change.search, replace: change.replacement }] };
		case 'query':
			return { query: writeQuery(change.changes) };
	}
}

function writeQuery(changes: readonly QueryOperation[]): JsonData {
	const pairs = (operation: 'set' | 'add' | 'rename') =>
		unlessEmpty(
			changes.flatMap((each) => {
				if (each.operation !== operation) return [];
				return [{ key: each.key, val: 'to' in each ? each.to : 'value' in each ? each.value : '' }];
			}),
		);
	const replaced = changes.flatMap((each) =>
		each.operation === 'replace' ? [{ key: each.key, search_regexp: each.search, replace: each.replacement }] : [],
	);
	return compact({
		rename: pairs('rename'),
		set: pairs('set'),
		add: pairs('add'),
		replace: unlessEmpty(replaced),
		delete: unlessEmpty(changes.flatMap((each) => (each.operation === 'delete' ? [each.key] : []))),
	});
}

/** Caddy's `rewrite`: `rewrite` and `uri`. */
export const readRewriteHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const lines: JsonLine[] = [];
	const uri = handler.get('uri');
	if (uri) lines.push(lineOf(place, 'rewrite', [uri]));
	for (const name of ['strip_prefix', 'strip_suffix']) {
		const target = handler.get(name.replace('_', '_path_'));
		if (target) lines.push(lineOf(target.position, 'uri', [name, target]));
	}
	for (const node of handler.get('uri_substring')?.list() ?? []) {
		const change = node.object();
		const limit = change.get('limit');
		const [find, put] = [change.need('find'), change.get('replace') ?? ''];
		change.end();
		lines.push(lineOf(node.position, 'uri', ['replace', find, put, ...(limit ? [limit.amount()] : [])]));
	}
	for (const node of handler.get('path_regexp')?.list() ?? []) {
		const change = node.object();
		const [find, put] = [change.need('find'), change.get('replace') ?? ''];
		change.end();
		lines.push(lineOf(node.position, 'uri', ['path_regexp', find, put]));
	}
	const query = handler.get('query');
	if (query) lines.push(lineOf(query.position, 'uri', ['query'], readQuery(query)));
	handler.end(['method']);
	return lines;
};

function readQuery(node: JsonNode): JsonLine[] {
	const query = node.object();
	const pairs = (name: string, line: (key: string, value: JsonNode | string) => [string, (JsonNode | string)[]]) =>
		(query.get(name)?.list() ?? []).map((each) => {
			const pair = each.object();
			const [key, value] = [pair.need('key').text(), pair.get('val') ?? ''];
			pair.end();
			return lineOf(each.position, ...line(key, value));
		});
	const lines = [
		...pairs('rename', (key, value) => [`${key}>${typeof value === 'string' ? value : value.text()}`, []]),
		...pairs('set', (key, value) => [key, [value]]),
		...pairs('add', (key, value) => [`+${key}`, [value]]),
		...(query.get('replace')?.list() ?? []).map((each) => {
			const change = each.object();
			const key = change.need('key').text();
			const pattern = change.get('search_regexp')?.text() ?? escapePattern(change.get('search')?.text() ?? '');
			const put = change.get('replace') ?? '';
			change.ignore('search', 'search_regexp');
			change.end();
			return lineOf(each.position, key, [pattern, put]);
		}),
		...(query.get('delete')?.list() ?? []).map((key) => lineOf(key.position, `-${key.text()}`)),
	];
	query.end();
	return lines;
}

/** What a file that was found is rewritten to. */
const FOUND = '{http.matchers.file.relative}';

/** `try_files`: a route for each file with a query of its own, and for the files between them. */
export function writeTryFiles({ files, policy }: DirectiveOf<'try_files'>, writer: RouteWriter): JsonRoute[] {
	const groups = tryGroups(files);
	const group = groups.length > 1 ? { group: writer.group() } : {};
	return groups.map((each) => ({
		...group,
		match: [{ file: compact({ try_files: each.files, try_policy: policy === 'first_exist' ? undefined : policy }) }],
		handle: [{ handler: 'rewrite', uri: FOUND + each.query }],
	}));
}

/** What a route says if `writeTryFiles` can have written it. */
export function readTryFiles(route: JsonRoute): { files: string[]; policy: string | undefined } | undefined {
	const [set, otherSet] = route.match ?? [];
	const [handler, otherHandler] = route.handle ?? [];
	if (!set || otherSet || !handler || otherHandler || route.terminal) return undefined;
	const { file, ...otherMatchers } = set;
	const { handler: module, uri, ...otherFields } = handler;
	if (module !== 'rewrite' || typeof uri !== 'string' || !uri.startsWith(FOUND)) return undefined;
	const query = uri.slice(FOUND.length);
	if (query !== '' && !query.startsWith('?')) return undefined;
	if (Object.keys(otherMatchers).length + Object.keys(otherFields).length > 0) return undefined;
	if (typeof file !== 'object' || file === null) return undefined;
	const { try_files: files, try_policy: policy, ...rest } = file as Readonly<Record<string, unknown>>;
	if (!isTexts(files) || files.length === 0 || Object.keys(rest).length > 0) return undefined;
	if (query !== '' && files.length > 1) return undefined;
	if (policy !== undefined && typeof policy !== 'string') return undefined;
	return { files: files.map((each) => each + query), policy };
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
