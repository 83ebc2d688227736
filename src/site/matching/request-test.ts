import type { MatchedProtocol, Matcher, MatcherSet } from '../../caddyfile/matcher-definitions.ts';
import { parseHostPort } from '../values/host-port.ts';
import { parseQuery } from '../values/query.ts';
import { cleanPath } from '../values/request-uri.ts';
import type { RequestView } from '../values/request-view.ts';
import { Template } from '../values/template.ts';
import { expressionTest } from './expression-match.ts';
import { type FileTools, fileTest } from './file-match.ts';
import { matchesField } from './header-match.ts';
import { type PathTest, pathTest } from './path-pattern.ts';

/** Whether a directive is for a request. @throws HttpFailure when the matcher itself answers, as `try_files … =404` does */
export type RequestTest = (request: RequestView) => boolean;

/** What matchers need beside the request. */
export interface MatcherTools extends FileTools {
	/** Whether an address is in one of these networks. */
	readonly addressTest: (ranges: readonly string[]) => (address: string) => boolean;
}

/** All matchers of a set, read once; `undefined` = it is for every request. */
export function requestTest(set: MatcherSet | undefined, tools: MatcherTools): RequestTest | undefined {
	const tests = set?.map((matcher) => matcherTest(matcher, tools)) ?? [];
	const [only, ...others] = tests;
	return others.length === 0 ? only : (request) => tests.every((test) => test(request));
}

function matcherTest(matcher: Matcher, tools: MatcherTools): RequestTest {
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
		case 'path_regexp': {
			const finds = patternTest(matcher);
			return (request) => finds(cleanPath(request.uri.path), request);
		}
		case 'header_regexp': {
			const fields = matcher.fields.map(({ field, ...pattern }) => ({
				name: field.toLowerCase(),
				finds: patternTest(pattern),
			}));
			return (request) =>
				fields.every(({ name, finds }) => request.headerValues(name).some((value) => finds(value, request)));
		}
		case 'expression':
			return expressionTest(matcher.expression, matcher.name, (each) => matcherTest(each, tools));
		case 'protocol':
			return protocolTest(matcher.protocol);
		case 'remote_ip': {
			const isIn = tools.addressTest(matcher.ranges);
			return ({ connection }) => isIn(connection.remoteAddress);
		}
		case 'client_ip': {
			const isIn = tools.addressTest(matcher.ranges);
			return ({ client }) => isIn(client.remoteAddress);
		}
		case 'vars':
			return varsTest(matcher.vars);
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

/** Finds a pattern in a text, and keeps what its groups have found for `{re.…}`. */
function patternTest({
	name,
	pattern,
}: {
	name: string;
	pattern: string;
}): (text: string, request: RequestView) => boolean {
	const expression = new RegExp(pattern);
	return (text, request) => {
		const found = expression.exec(text);
		if (found === null) return false;
		for (const [group, value = ''] of [...found.entries(), ...Object.entries(found.groups ?? {})]) {
			if (name !== '') request.setValue(`http.regexp.${name}.${group}`, value);
			request.setValue(`http.regexp.${group}`, value);
		}
		return true;
	};
}

function protocolTest(wanted: MatchedProtocol): RequestTest {
	if (wanted === 'http' || wanted === 'https')
		return ({ connection }) => (connection.tls !== undefined) === (wanted === 'https');
	if (wanted === 'grpc') return (request) => /^application\/grpc/.test(request.headerValues('content-type')[0] ?? '');
	const version = Number(wanted.replace(/^http\/|\+$/g, ''));
	const orNewer = wanted.endsWith('+');
	return ({ protocol }) => {
		const own = Number(protocol.slice('HTTP/'.length));
		return orNewer ? own >= version : own === version;
	};
}

/** A name in braces is a placeholder, any other one a variable. */
function varsTest(vars: readonly { name: string; values: readonly string[] }[]): RequestTest {
	const wanted = vars.map(({ name, values }) => ({
		actual: new Template(/^\{[^{}]*\}$/.test(name) ? name : `{http.vars.${name}}`),
		values: templates(values),
	}));
	return (request) => wanted.some(({ actual, values }) => texts(values, request).includes(actual.evaluate(request)));
}

function templates(list: readonly string[]): Template[] {
	return list.map((text) => new Template(text));
}

function texts(list: readonly Template[], request: RequestView): string[] {
	return list.map((template) => template.evaluate(request));
}
