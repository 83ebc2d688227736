import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Token } from '../caddyfile/lexer.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock } from '../caddyfile/reading.ts';
import { readChoice } from '../caddyfile/units.ts';
import { type AdaptedDirective, ALL_DIRECTIVES, DIRECTIVE_ORDER } from '../directives/list.ts';

/** Caddy's order, changed by the global options `order NAME first|last|before OTHER|after OTHER`. @throws CaddyfileError */
export function orderDirectives(lines: readonly Directive[]): string[] {
	let order = [...DIRECTIVE_ORDER];
	for (const line of lines) {
		noBlock(line);
		const args = new Arguments(line);
		const name = ordered(args.take('the name of a directive'), ALL_DIRECTIVES);
		const where = readChoice(args.take("'first', 'last', 'before' or 'after'"), ['first', 'last', 'before', 'after']);
		order = order.filter((each) => each !== name);
		if (where === 'first') order.unshift(name);
		else if (where === 'last') order.push(name);
		else {
			const other = ordered(args.take('the name of another directive'), order);
			order.splice(order.indexOf(other) + (where === 'after' ? 1 : 0), 0, name);
		}
		args.end();
	}
	return order;
}

function ordered(token: Token, known: readonly string[]): string {
	if (known.includes(token.text)) return token.text;
	throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} has no place in the order`, {
		expected: 'another directive',
		known,
		word: token.text,
	});
}

/**
 * Sorts the directives of one block as Caddy does: by the order of their names; those of one name by their path, the
 * more specific first, and those with a matcher before those without.
 */
export function sortDirectives(directives: readonly AdaptedDirective[], order: readonly string[]): AdaptedDirective[] {
	const places = new Map(order.map((name, place) => [name, place]));
	// `handle_path` is a `handle` with a rewrite.
	const place = ({ type }: AdaptedDirective): number => places.get(type === 'handle_path' ? 'handle' : type) ?? 0;
	// Matchers that cannot be compared keep their order, so this comparison is not transitive, and the result depends on
	// the algorithm. Caddy's is an insertion sort.
	const sorted: AdaptedDirective[] = [];
	for (const directive of directives) {
		let at = sorted.length;
		while (at > 0 && comparePlaces(place, directive, sorted[at - 1]!) < 0) at--;
		sorted.splice(at, 0, directive);
	}
	return sorted;
}

function comparePlaces(place: (of: AdaptedDirective) => number, a: AdaptedDirective, b: AdaptedDirective): number {
	// Of several `vars` the last that matches wins, so the most specific comes last.
	const isVars = a.type === 'vars' && b.type === 'vars';
	return place(a) - place(b) || (isVars ? -bySpecificity(a, b) : bySpecificity(a, b));
}

function bySpecificity(a: AdaptedDirective, b: AdaptedDirective): number {
	const pathA = onlyPath(a);
	const pathB = onlyPath(b);
	if (pathA === undefined || pathB === undefined) return Number(!a.matcher) - Number(!b.matcher);
	const trimmedA = pathA.replace(/\*$/, '');
	const trimmedB = pathB.replace(/\*$/, '');
	if (trimmedA === trimmedB) return pathA.length - pathB.length;
	if (trimmedA.length !== trimmedB.length) return trimmedB.length - trimmedA.length;
	return trimmedA < trimmedB ? -1 : 1;
}

/** The only path of the only `path` matcher. */
function onlyPath({ matcher }: AdaptedDirective): string | undefined {
	const paths = matcher?.filter((each) => each.type === 'path').flatMap((each) => each.patterns) ?? [];
	return paths.length === 1 ? paths[0] : undefined;
}
