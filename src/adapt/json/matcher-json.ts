import { type Matcher, type MatcherSet, readMatcherDefinition } from '../../caddyfile/matcher-definitions.ts';
import { expandNetworks } from '../../caddyfile/networks.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { compact, groupBy, type JsonData, unlessEmpty } from './json-forms.ts';
import { BlockLines, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import { canonicalField, readHeaderMatchLines, writeHeaderMatches } from './response-matcher-json.ts';

/** A route's `match`; `undefined` = every request. */
export function writeMatcher(set: MatcherSet | undefined): readonly JsonData[] | undefined {
	if (set === undefined || set.length === 0) return undefined;
	return (alternatives(set) ?? [set]).map(writeSet);
}

/**
 * One of several sets, in a set: none of those may be the case that none of them matches. A Caddyfile has no other way to
 * say it.
 */
export function anyOf(sets: readonly MatcherSet[]): MatcherSet {
	return [{ type: 'not', sets: [[{ type: 'not', sets }]] }];
}

/** The sets of `anyOf`; `undefined` = it is none. */
function alternatives([matcher, ...others]: MatcherSet): readonly MatcherSet[] | undefined {
	if (matcher?.type !== 'not' || others.length > 0) return undefined;
	const [[inner, ...beside] = [], ...further] = matcher.sets;
	if (inner?.type !== 'not' || beside.length > 0 || further.length > 0 || inner.sets.length < 2) return undefined;
	return inner.sets;
}

function writeSet(set: MatcherSet): JsonData {
	const written = set.map((matcher) => [matcher.type, writeOne(matcher)] as const);
	// A set has each matcher once, but for `not`, whose sets can be joined.
	return Object.fromEntries(written);
}

function writeOne(matcher: Matcher): unknown {
	switch (matcher.type) {
		case 'path':
			return matcher.patterns;
		case 'method':
			return matcher.methods;
		case 'host':
			return matcher.hosts;
		case 'header':
			return writeHeaderMatches(matcher.fields);
		case 'query':
			return Object.fromEntries(matcher.keys.map(({ name, values }) => [name, values]));
		case 'not':
			return matcher.sets.map(writeSet);
		case 'file':
			return compact({
				root: matcher.root,
				try_files: unlessEmpty(matcher.tryFiles),
				try_policy: matcher.tryPolicy,
				split_path: unlessEmpty(matcher.splitPath),
			});
		case 'path_regexp':
			return namedPattern(matcher);
		case 'header_regexp':
			return Object.fromEntries(matcher.fields.map((each) => [canonicalField(each.field), namedPattern(each)]));
		case 'expression':
			return matcher.name ? { expr: matcher.expression, name: matcher.name } : matcher.expression;
		case 'protocol':
			return matcher.protocol;
		case 'remote_ip':
		case 'client_ip':
			return { ranges: expandNetworks(matcher.ranges) };
		case 'vars':
			return groupBy(matcher.vars.flatMap(({ name, values }) => values.map((value) => [name, value] as const)));
	}
}

function namedPattern({ name, pattern }: { readonly name: string; readonly pattern: string }): JsonData {
	return compact({ name: name || undefined, pattern });
}

/** A route's `match`; `undefined` = every request. @throws CaddyfileError */
export function readMatcher(node: JsonNode | undefined): MatcherSet | undefined {
	const sets = (node?.list() ?? []).map(readSet);
	if (sets.length === 0 || sets.some((set) => set.length === 0)) return undefined;
	return sets.length === 1 ? sets[0] : anyOf(sets);
}

function readSet(node: JsonNode): MatcherSet {
	const entries = node.entries();
	const set: Matcher[] = [];
	for (const [name, value] of entries) {
		if (value.value === null) continue;
		if (name === 'not') {
			set.push({ type: 'not', sets: value.list().map(readSet) });
			continue;
		}
		const { matcher = '', lines } = readLines(name, value);
		set.push(...readMatcherDefinition(lineOf(value.position, `@${matcher}`, [], lines)));
	}
	return set;
}

interface MatcherLines {
	/** The name of the matcher, for what regular expressions and expressions find. */
	readonly matcher?: string;
	readonly lines: readonly Directive[];
}

function readLines(name: string, node: JsonNode): MatcherLines {
	if (!Object.hasOwn(READERS, name)) {
		// Whether Caddy has it is known there.
		return { lines: [lineOf(node.position, name)] };
	}
	return READERS[name]!(node, name);
}

const list = (node: JsonNode, name: string): MatcherLines => ({ lines: [lineOf(node.position, name, node.list())] });

const READERS: Readonly<Record<string, (node: JsonNode, name: string) => MatcherLines>> = {
	path: list,
	method: list,
	host: list,
	protocol: (node, name) => ({ lines: [lineOf(node.position, name, [node])] }),
	header: (node) => ({ lines: readHeaderMatchLines(node) }),
	query: (node, name) => {
		const keys = node.entries();
		const pairs = keys.flatMap(([key, values]) => values.list().map((value) => `${key}=${value.text()}`));
		return { lines: [lineOf(node.position, name, pairs)] };
	},
	vars: (node, name) => ({
		lines: node.entries().map(([key, values]) => lineOf(values.position, name, [key, ...values.list()])),
	}),
	file: (node, name) => {
		const file = node.object();
		const lines = new BlockLines(file).value('root').list('try_files').value('try_policy').list('split_path').lines;
		file.end(['fs']);
		return { lines: [lineOf(node.position, name, [], lines)] };
	},
	path_regexp: (node, name) => {
		const { matcher, pattern } = readPattern(node);
		return { matcher, lines: [lineOf(node.position, name, [pattern])] };
	},
	header_regexp: (node, name) => ({
		lines: node.entries().map(([field, each]) => {
			const { matcher, pattern } = readPattern(each);
			return lineOf(each.position, name, [matcher, field, pattern]);
		}),
	}),
	expression: (node, name) => {
		if (typeof node.value === 'string') return { lines: [lineOf(node.position, name, [node])] };
		const expression = node.object();
		const text = expression.need('expr');
		const matcher = expression.get('name')?.text() ?? '';
		expression.end();
		return { matcher, lines: [lineOf(node.position, name, [text])] };
	},
	remote_ip: readRanges,
	client_ip: readRanges,
};

function readRanges(node: JsonNode, name: string): MatcherLines {
	const matcher = node.object();
	const ranges = matcher.get('ranges');
	matcher.end();
	return { lines: [lineOf(node.position, name, ranges?.list() ?? [])] };
}

function readPattern(node: JsonNode): { matcher: string; pattern: JsonNode } {
	const object = node.object();
	const pattern = object.need('pattern');
	const matcher = object.get('name')?.text() ?? '';
	object.end();
	return { matcher, pattern };
}
