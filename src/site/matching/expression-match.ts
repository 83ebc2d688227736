import { compileExpression, type ExpressionCalls } from '../../caddyfile/expressions.ts';
import type { MatchedProtocol, Matcher } from '../../caddyfile/matcher-definitions.ts';
import type { RequestView } from '../values/request-view.ts';
import { Template } from '../values/template.ts';

type Test = (request: RequestView) => boolean;

/** Different calls of one expression, at most: arguments may depend on the request. */
const MOST_CALLS = 100;

/** The `expression` matcher. @param name of the named matcher @param compile makes the condition of a matcher */
export function expressionTest(text: string, name: string, compile: (matcher: Matcher) => Test): Test {
	const evaluate = compileExpression(text);
	const tests = new Map<string, Test>();
	const testOf = (matcher: string, args: readonly unknown[]): Test => {
		const key = JSON.stringify([matcher, args]);
		let test = tests.get(key);
		if (test === undefined) {
			if (tests.size >= MOST_CALLS) tests.clear();
			test = compile(matcherOfCall(matcher, args, name));
			tests.set(key, test);
		}
		return test;
	};
	return (request) => {
		const asked: ExpressionCalls = {
			placeholder: (placeholder) => {
				const value = new Template(`{${placeholder}}`).evaluate(request);
				return /(?:^|\.)status(?:_code)?$/.test(placeholder) && /^\d{3}$/.test(value) ? BigInt(value) : value;
			},
			matches: (matcher, args) => testOf(matcher, args)(request),
		};
		return evaluate(asked);
	};
}

/** The matcher that a function of an expression stands for. @param name of the named matcher */
function matcherOfCall(type: string, args: readonly unknown[], name: string): Matcher {
	const words = args.map(String);
	const lists = Object.entries(args[0] ?? {}).map(([key, value]) => ({
		name: key,
		values: (Array.isArray(value) ? value : [value]).map(String),
	}));
	const [first = '', second = '', third] = words;
	switch (type) {
		case 'method':
			return { type, methods: words };
		case 'host':
			return { type, hosts: words.map((host) => host.toLowerCase()) };
		case 'header':
			return { type, fields: lists.map((field) => ({ ...field, name: field.name.toLowerCase() })) };
		case 'query':
			return { type, keys: lists };
		case 'vars':
			return { type, vars: lists };
		case 'file':
			return { type, tryFiles: words };
		case 'remote_ip':
		case 'client_ip':
			return { type, ranges: words };
		case 'protocol':
			return { type, protocol: first as MatchedProtocol };
		case 'path_regexp':
			return words.length > 1 ? { type, name: first, pattern: second } : { type, name, pattern: first };
		case 'header_regexp':
			return {
				type,
				fields: [
					third === undefined
						? { field: first, name, pattern: second }
						: { field: second, name: first, pattern: third },
				],
			};
		default:
			return { type: 'path', patterns: words };
	}
}
