import { Environment } from '@marcbachmann/cel-js';
import { CaddyfileError } from './errors.ts';
import type { Position } from './position.ts';

/** What an expression asks about a request. */
export interface ExpressionCalls {
	/** A status is a number. */
	placeholder(name: string): string | bigint;
	/** Whether a matcher with these arguments matches. */
	matches(matcher: string, args: readonly unknown[]): boolean;
}

/** Arguments of one call, at most. */
const MOST_ARGUMENTS = 40;
/** Matchers that are functions, by what they take. */
const OF_STRINGS = [
	'path',
	'method',
	'host',
	'protocol',
	'remote_ip',
	'client_ip',
	'path_regexp',
	'header_regexp',
	'file',
];
const OF_MAPS = ['header', 'query', 'vars'];

/** Whom the functions ask: expressions are evaluated one after another. */
let calls: ExpressionCalls | undefined;

let known: Environment | undefined;

/** Google's Common Expression Language, with Caddy's matchers as functions. Made for the first expression. */
function environment(): Environment {
	if (known !== undefined) return known;
	known = new Environment({ homogeneousAggregateLiterals: false });
	known.registerFunction('placeholder(string): dyn', (name: string) => calls?.placeholder(name) ?? '');
	for (const matcher of OF_STRINGS) {
		const ask = (...args: unknown[]): boolean => calls?.matches(matcher, args) ?? false;
		for (let count = 1; count <= MOST_ARGUMENTS; count++) {
			known.registerFunction(`${matcher}(${Array(count).fill('string').join(', ')}): bool`, ask);
		}
	}
	for (const matcher of OF_MAPS) {
		known.registerFunction(`${matcher}(map): bool`, (map: unknown) => calls?.matches(matcher, [map]) ?? false);
	}
	return known;
}

/** Placeholders may stand anywhere: `{path}.startsWith('/a')`. Those in strings are the matchers' business. */
function withPlaceholders(text: string): string {
	return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{([a-zA-Z][\w.-]*)\}/g, (all, name?: string) =>
		name === undefined ? all : `placeholder(${JSON.stringify(name)})`,
	);
}

/** Checks an expression; what it calls are matchers that there are. @throws CaddyfileError */
export function checkExpression(text: string, position: Position): void {
	let problem: string | undefined;
	try {
		const { valid, type, error } = environment().parse(withPlaceholders(text)).check();
		if (!valid) problem = error?.message;
		else if (type !== 'bool' && type !== 'dyn') problem = `it is a value of type ${type}, and no condition`;
	} catch (error) {
		problem = error instanceof Error ? error.message : String(error);
	}
	if (problem === undefined) return;
	throw new CaddyfileError('bad_matcher', position, `this expression cannot be used: ${problem.split('\n')[0]}`);
}

/** A checked expression as a condition. What goes wrong while it is evaluated is no match. */
export function compileExpression(text: string): (asked: ExpressionCalls) => boolean {
	const evaluate = environment().parse(withPlaceholders(text));
	return (asked) => {
		const before = calls;
		calls = asked;
		try {
			return evaluate({}) === true;
		} catch {
			return false;
		} finally {
			calls = before;
		}
	};
}
