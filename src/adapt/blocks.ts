import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Warning } from '../caddyfile/imports.ts';
import { type MatcherSet, readMatcherDefinition } from '../caddyfile/matcher-definitions.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments } from '../caddyfile/reading.ts';
import type {
	BlockContents,
	BlockReader,
	DirectiveBase,
	MatcherRule,
	RefusedDirective,
	SiteSettings,
} from '../directives/directive.ts';
import { type AdaptedDirective, ALL_DIRECTIVES, listedDirective } from '../directives/list.ts';
import { sortDirectives } from './ordering.ts';

/** What a block inherits, and where its warnings go. */
export interface Surroundings {
	readonly matchers: ReadonlyMap<string, MatcherSet>;
	readonly order: readonly string[];
	readonly warnings: Warning[];
	/** The site, if this is a `route` of it that is for every request. */
	readonly routeOf?: SiteSettings | undefined;
	/** Added to the error for an unknown directive: it may be something else altogether. */
	readonly unknownHint?: string;
}

/** A block that has been read. */
export interface BlockResult extends BlockContents {
	/** Its own and those it inherits. */
	readonly matchers: ReadonlyMap<string, MatcherSet>;
}

/**
 * Reads the lines of a site or of a block inside it. Matchers may be defined after they are used.
 *
 * @param order `as written` = the order of the file is kept
 * @param site where the settings of a site go; `undefined` = they are refused here
 * @throws CaddyfileError
 */
export function readDirectives(
	lines: readonly Directive[],
	around: Surroundings,
	order: 'sorted' | 'as written',
	site?: SiteSettings,
): BlockResult {
	const matchers = new Map(around.matchers);
	for (const line of lines) {
		if (!line.name.startsWith('@')) continue;
		if (matchers.has(line.name)) {
			throw new CaddyfileError('conflict', line.position, `the matcher ${quoteWord(line.name)} is defined twice`);
		}
		matchers.set(line.name, readMatcherDefinition(line));
	}
	const inner: Surroundings = { ...around, matchers };
	const directives: AdaptedDirective[] = [];
	for (const line of lines) {
		if (line.name.startsWith('@')) continue;
		const directive = readDirective(line, inner, site);
		if (directive) directives.push(directive);
	}
	return { directives: order === 'sorted' ? sortDirectives(directives, around.order) : directives, matchers };
}

/** @returns `undefined` = a setting of the site, which has been put there */
function readDirective(
	line: Directive,
	around: Surroundings,
	site: SiteSettings | undefined,
): AdaptedDirective | undefined {
	const listed = listedDirective(line.name);
	switch (listed?.kind) {
		case 'step': {
			const { base, rest } = takeMatcher(line, around, listed.matcher);
			return { ...base, ...listed.read(rest, blockReader(around, site)) };
		}
		case 'site': {
			const settings = site ?? (listed.inRoute ? around.routeOf : undefined);
			if (!settings) throw misplacedSetting(line);
			if (!site) {
				const message = `'${line.name}' in a route is for the whole site; Caddy wants it beside the route`;
				around.warnings.push({ position: line.position, message });
			}
			listed.read(line, settings, blockReader(around));
			return undefined;
		}
		case 'renamed': {
			const { to } = listed;
			around.warnings.push({ position: line.position, message: `'${line.name}' is the old name of '${to}'` });
			return readDirective({ ...line, name: to }, around, site);
		}
		case 'refused':
			throw refusedDirective(line, listed);
		default:
			throw unknownDirective(line, around);
	}
}

function blockReader({ routeOf, ...around }: Surroundings, site: SiteSettings | undefined = routeOf): BlockReader {
	return {
		contents(line, order) {
			new Arguments(line).end();
			const isForAll = line.name === 'route' && (line.matcher === undefined || line.matcher.text === '*');
			const inner: Surroundings = isForAll ? { ...around, routeOf: site } : around;
			return { directives: readDirectives(line.block ?? [], inner, order).directives };
		},
	};
}

/** Takes the matcher from the arguments and looks it up. */
function takeMatcher(
	line: Directive,
	{ matchers }: Surroundings,
	rule: MatcherRule,
): { base: DirectiveBase; rest: Directive } {
	const base: DirectiveBase = { position: line.position };
	const [first, ...args] = line.args;
	if (!first || rule === 'none' || (rule === 'first_of_two' && args.length === 0)) return { base, rest: line };
	const rest = { ...line, args, matcher: first };
	if (first.text === '*') return { base, rest };
	if (first.text.startsWith('/')) {
		return { base: { ...base, matcher: [{ type: 'path', patterns: [first.text] }] }, rest };
	}
	if (!first.text.startsWith('@')) return { base, rest: line };
	const matcher = matchers.get(first.text);
	if (matcher) return { base: { ...base, matcher }, rest };
	throw new CaddyfileError('bad_matcher', first.position, `there is no matcher ${quoteWord(first.text)} here`, {
		known: matchers.keys(),
		word: first.text,
	});
}

function misplacedSetting({ name, position }: Directive): CaddyfileError {
	return new CaddyfileError('bad_arguments', position, `${quoteWord(name)} cannot stand in another block`, {
		expected: "it directly in the site's block",
	});
}

function refusedDirective({ name, position }: Directive, { hint }: RefusedDirective): CaddyfileError {
	const what = `the directive '${name}' is not supported by Igor`;
	return new CaddyfileError('unsupported', position, what, hint === undefined ? {} : { hint });
}

function unknownDirective({ name, position }: Directive, { unknownHint }: Surroundings): CaddyfileError {
	return new CaddyfileError('unknown_directive', position, `unknown directive ${quoteWord(name)}`, {
		known: ALL_DIRECTIVES,
		word: name,
		...(unknownHint !== undefined && { hint: unknownHint }),
	});
}
