import type { Matcher, MatcherSet } from '../caddyfile/matcher-definitions.ts';
import { type FileTools, fileTest } from './file-match.ts';
import { matchesField } from './header-match.ts';
import { parseHostPort } from './host-port.ts';
import { type PathTest, pathTest } from './path-pattern.ts';
import { parseQuery } from './query.ts';
import type { RequestView } from './request-view.ts';
import { Template } from './template.ts';

/** Whether a directive is for a request. @throws HttpFailure when the matcher itself answers, as `try_files … =404` does */
export type RequestTest = (request: RequestView) => boolean;

/** All matchers of a set, read once; `undefined` = it is for every request. */
export function requestTest(set: MatcherSet | undefined, tools: FileTools): RequestTest | undefined {
	const tests = set?.map((matcher) => matcherTest(matcher, tools)) ?? [];
	const [only, ...others] = tests;
	return others.length === 0 ? only : (request) => tests.every((test) => test(request));
}

function matcherTest(matcher: Matcher, tools: FileTools): RequestTest {
	switch (matcher.type) {
		case 'path':
			return pathsTest(matcher.patterns);
		case 'method': {
			const methods = matcher.methods.map((method) => method.toUpperCase());
			return ({ method }) => methods.includes(method);
		}
		case 'host':
			return hostTest(matcher.hosts);
		case 'header': {
			const fields = matcher.fields.map(({ name, values }) => ({ name, values: templates(values) }));
			return (request) =>
				fields.every(({ name, values }) => matchesField(texts(values, request), request.headerValues(name)));
		}
		case 'query':
			return queryTest(matcher.keys);
		case 'not': {
			const sets = matcher.sets.map((set) => requestTest(set, tools) ?? (() => true));
			return (request) => !sets.some((test) => test(request));
		}
		case 'file':
			return fileTest(matcher, tools);
	}
}

/** The `path` matcher. */
function pathsTest(patterns: readonly string[]): RequestTest {
	const tests = patterns.map((pattern): RequestTest => {
		const template = new Template(pattern);
		if (template.constant === undefined) return (request) => pathTest(template.evaluate(request))(request.uri);
		const test: PathTest = pathTest(template.constant);
		return ({ uri }) => test(uri);
	});
	return (request) => tests.some((test) => test(request));
}

function hostTest(hosts: readonly string[]): RequestTest {
	const patterns = templates(hosts);
	return (request) => {
		const labels = parseHostPort(request.host).host.toLowerCase().split('.');
		return texts(patterns, request).some((pattern) => {
			const wanted = pattern
				.toLowerCase()
				.replace(/^\[(.*)\]$/, '$1')
				.split('.');
			return (
				wanted.length === labels.length && wanted.every((label, index) => label === '*' || label === labels[index])
			);
		});
	};
}

function queryTest(keys: readonly { name: string; values: readonly string[] }[]): RequestTest {
	const wanted = keys.map(({ name, values }) => ({ name: new Template(name), values: templates(values) }));
	return (request) => {
		const { pairs, malformed } = parseQuery(request.uri.query);
		if (wanted.length === 0) return pairs.length === 0;
		if (malformed) return false;
		return wanted.every(({ name, values }) => {
			const key = name.evaluate(request);
			const present = pairs.filter((pair) => pair[0] === key).map((pair) => pair[1]);
			return present.length > 0 && texts(values, request).some((value) => value === '*' || present.includes(value));
		});
	};
}

function templates(list: readonly string[]): Template[] {
	return list.map((text) => new Template(text));
}

function texts(list: readonly Template[], request: RequestView): string[] {
	return list.map((template) => template.evaluate(request));
}
