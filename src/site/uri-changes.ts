import type { QueryOperation, UriChange } from '../directives/uri.ts';
import { decodeEscapes } from '../http/request-path.ts';
import { encodeQuery, parseQuery } from './query.ts';
import { replaceAll, searchFor } from './regexp-replace.ts';
import { cleanPath, type RequestUri } from './request-uri.ts';
import type { RequestView } from './request-view.ts';
import { Template } from './template.ts';

/** Makes the next URI of a request. */
export type ChangeUri = (request: RequestView) => RequestUri;

/** The directive `uri`, read once. */
export function uriChange(change: UriChange): ChangeUri {
	switch (change.operation) {
		case 'strip_prefix':
			return stripPrefix(change.target);
		case 'strip_suffix':
			return stripSuffix(change.target);
		case 'replace':
			return replaceText(change.find, change.replacement, change.limit || Number.POSITIVE_INFINITY);
		case 'path_regexp':
			return replacePath(change.search, change.replacement);
		case 'query':
			return changeQuery(change.changes);
	}
}

/** Takes a beginning from the path, whatever its case; where it has an escape, the path has to have it too. */
export function stripPrefix(text: string): ChangeUri {
	const template = new Template(text);
	return (request) => {
		const written = template.evaluate(request);
		const prefix = written.startsWith('/') ? written : `/${written}`;
		const merge = !prefix.includes('//');
		return request.uri.changePath((path) => trimPrefix(cleanPath(path, merge), prefix));
	};
}

function stripSuffix(text: string): ChangeUri {
	const template = new Template(text);
	return (request) => {
		const suffix = template.evaluate(request);
		const merge = !suffix.includes('//');
		return request.uri.changePath((path) => trimSuffix(cleanPath(path, merge), suffix));
	};
}

function replaceText(find: string, replacement: string, limit: number): ChangeUri {
	const [from, to] = [new Template(find), new Template(replacement)];
	const merge = !find.includes('//');
	return (request) => {
		const [search, put] = [from.evaluate(request), to.evaluate(request)];
		if (search === '') return request.uri;
		const uri = request.uri.changePath((path) => replaceFirst(cleanPath(path, merge), search, put, limit));
		return uri.withQuery(replaceFirst(uri.query, search, put, limit));
	};
}

function replacePath(search: string, replacement: string): ChangeUri {
	const template = new Template(replacement);
	const expression = searchFor(search);
	return (request) => {
		if (expression === undefined || search === '') return request.uri;
		const put = template.evaluate(request);
		return request.uri.changePath((path) => replaceAll(path, expression, put));
	};
}

/** As Caddy does it: all renames first, then all that is set, added, replaced, deleted. */
function changeQuery(changes: readonly QueryOperation[]): ChangeUri {
	const order = ['rename', 'set', 'add', 'replace', 'delete'] as const;
	const steps = order.flatMap((operation) => changes.filter((each) => each.operation === operation).map(queryStep));
	return (request) => {
		const values = new Map<string, string[]>();
		for (const [name, value] of parseQuery(request.uri.query).pairs) {
			values.set(name, [...(values.get(name) ?? []), value]);
		}
		for (const step of steps) step(values, request);
		return request.uri.withQuery(
			encodeQuery([...values].flatMap(([name, list]) => list.map((value) => [name, value] as const))),
		);
	};
}

type QueryStep = (values: Map<string, string[]>, request: RequestView) => void;

function queryStep(change: QueryOperation): QueryStep {
	const keyTemplate = new Template(change.key);
	switch (change.operation) {
		case 'rename': {
			const target = new Template(change.to);
			return (values, request) => {
				const [key, to] = [keyTemplate.evaluate(request), target.evaluate(request)];
				const list = values.get(key);
				if (key === '' || to === '' || key === to || list === undefined) return;
				values.delete(key);
				values.set(to, list);
			};
		}
		case 'set':
		case 'add': {
			const value = new Template(change.value);
			return (values, request) => {
				const key = keyTemplate.evaluate(request);
				if (key === '') return;
				const before = change.operation === 'add' ? (values.get(key) ?? []) : [];
				values.set(key, [...before, value.evaluate(request)]);
			};
		}
		case 'replace': {
			const expression = searchFor(change.search);
			const replacement = new Template(change.replacement, 'keep');
			return (values, request) => {
				if (expression === undefined) return;
				const key = keyTemplate.evaluate(request);
				const put = replacement.evaluate(request);
				for (const [name, list] of values) {
					if (key !== '*' && key !== name) continue;
					values.set(
						name,
						list.map((value) => replaceAll(value, expression, put)),
					);
				}
			};
		}
		case 'delete':
			return (values, request) => {
				values.delete(keyTemplate.evaluate(request));
			};
	}
}

function replaceFirst(text: string, search: string, replacement: string, limit: number): string {
	const parts = text.split(search);
	let result = parts[0] as string;
	for (const [index, part] of parts.slice(1).entries()) result += (index < limit ? replacement : search) + part;
	return result;
}

/** The escaped path without `prefix`, or as it is. Escapes in the prefix stand for themselves, all else is decoded. */
function trimPrefix(path: string, prefix: string): string {
	let at = 0;
	for (const wanted of prefix) {
		if (at >= path.length) return path;
		const encoded = wanted === '%' ? undefined : /^(?:%[0-9a-fA-F]{2})+/.exec(path.slice(at))?.[0];
		const taken = encoded === undefined ? path.slice(at, at + wanted.length) : firstCharacter(encoded, wanted);
		const text = encoded === undefined ? taken : decodeEscapes(taken);
		if (text?.toLowerCase() !== wanted.toLowerCase()) return path;
		at += taken.length;
	}
	return path.slice(at);
}

function trimSuffix(path: string, suffix: string): string {
	// From the shortest end to the longest: the first that is the suffix, and nothing more, is it.
	for (let start = path.length; start >= 0; start--) {
		if (/%[0-9a-fA-F]?$/.test(path.slice(0, start)) && /^[0-9a-fA-F]/.test(path.slice(start))) continue;
		if (suffix !== '' && path.length > start && trimPrefix(path.slice(start), suffix) === '')
			return path.slice(0, start);
	}
	return path;
}

/** The escapes of one character: as many bytes as it has in UTF-8. */
function firstCharacter(escapes: string, character: string): string {
	return escapes.slice(0, encodeURIComponent(character).replace(/%../g, '%').length * 3);
}
