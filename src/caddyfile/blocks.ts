import type { AdaptedDirective, DirectiveBase, ErrorHandler, TlsConfig } from './config.ts';
import { ALL_DIRECTIVES, insteadOf, isKnownDirective, isSupportedDirective } from './directives.ts';
import { CaddyfileError, quoteWord } from './errors.ts';
import { handlerReader, type MatcherRule } from './handlers.ts';
import type { Warning } from './imports.ts';
import { type LogConfig, readLog } from './log.ts';
import { type MatcherSet, readMatcherDefinition } from './matcher-definitions.ts';
import { sortDirectives } from './ordering.ts';
import type { Directive } from './parser.ts';
import { readPhp, readPhpServer } from './php-server.ts';
import { Arguments } from './reading.ts';
import { type Statuses, statusPatterns } from './statuses.ts';
import { readTls } from './tls.ts';

/** What a block inherits, and where its surroundings collect. */
export interface Scope {
	readonly matchers: ReadonlyMap<string, MatcherSet>;
	readonly order: readonly string[];
	readonly warnings: Warning[];
	/** Said when a directive is unknown: it may be something else altogether. */
	readonly unknownHint?: string;
}

/** What stands directly in a site's block, besides the steps of a request. */
export interface SiteParts {
	readonly logs: LogConfig[];
	readonly errorHandlers: ErrorHandler[];
	tls?: TlsConfig;
}

/** A block that has been read. */
export interface BlockResult {
	readonly directives: AdaptedDirective[];
	/** With those that it inherits. */
	readonly matchers: ReadonlyMap<string, MatcherSet>;
}

/**
 * Reads the lines of a site or of a block inside it. Matchers may be defined after they are used.
 *
 * @param site where the parts of a site go; `undefined` = they are refused here
 * @param sorted `false` = the order of the file is kept
 * @throws CaddyfileError
 */
export function readDirectives(
	lines: readonly Directive[],
	scope: Scope,
	sorted: boolean,
	site?: SiteParts,
): BlockResult {
	const matchers = new Map(scope.matchers);
	for (const line of lines) {
		if (!line.name.startsWith('@')) continue;
		if (matchers.has(line.name)) {
			throw new CaddyfileError('conflict', line.position, `the matcher ${quoteWord(line.name)} is defined twice`);
		}
		matchers.set(line.name, readMatcherDefinition(line));
	}
	const inner: Scope = { ...scope, matchers };
	const directives: AdaptedDirective[] = [];
	for (const line of lines) {
		if (line.name.startsWith('@')) continue;
		const directive = readDirective(line, inner, site);
		if (directive) directives.push(directive);
	}
	return { directives: sorted ? sortDirectives(directives, scope.order) : directives, matchers };
}

function readDirective(line: Directive, scope: Scope, site: SiteParts | undefined): AdaptedDirective | undefined {
	if (line.name === 'basicauth') {
		scope.warnings.push({ position: line.position, message: "'basicauth' is the old name of 'basic_auth'" });
		return readDirective({ ...line, name: 'basic_auth' }, scope, site);
	}
	const { name } = line;
	if (!isSupportedDirective(name)) throw refusedDirective(line, scope);
	const reader = handlerReader(name);
	if (reader) {
		const { base, rest } = takeMatcher(line, scope, reader.matcher);
		return { ...base, ...reader.read(rest) };
	}
	switch (name) {
		case 'php':
		case 'php_server': {
			const { base, rest } = takeMatcher(line, scope, 'first');
			if (name === 'php') return { ...base, type: name, ...readPhp(rest) };
			return { ...base, type: name, ...readPhpServer(rest) };
		}
		case 'handle':
		case 'route': {
			const { base, rest } = takeMatcher(line, scope, 'first');
			return { ...base, type: name, ...readInner(rest, scope, name === 'handle') };
		}
		case 'handle_path':
			return readHandlePath(line, scope);
		default:
			readSitePart(line, scope, site);
			return undefined;
	}
}

/** `log`, `tls` and `handle_errors`: about the site, not about a step of a request. */
function readSitePart(line: Directive, scope: Scope, site: SiteParts | undefined): void {
	if (!site) {
		throw new CaddyfileError('bad_arguments', line.position, `${quoteWord(line.name)} cannot stand in another block`, {
			expected: "it directly in the site's block",
		});
	}
	if (line.name === 'log') site.logs.push(readLog(line, 'site'));
	else if (line.name === 'handle_errors') {
		const statuses: Statuses = line.args.length > 0 ? statusPatterns(withoutBlock(line)) : [];
		site.errorHandlers.push({ statuses, ...readInner({ ...line, args: [] }, scope, true), position: line.position });
	} else {
		if (site.tls) throw new CaddyfileError('conflict', line.position, "'tls' is given twice");
		site.tls = readTls(line);
	}
}

function withoutBlock({ name, args, position }: Directive): Directive {
	return { name, args, position };
}

function readHandlePath(line: Directive, scope: Scope): AdaptedDirective {
	const [path] = line.args;
	if (!path?.text.startsWith('/')) {
		throw new CaddyfileError('bad_matcher', path?.position ?? line.position, "'handle_path' needs a path", {
			expected: 'something like /api/*',
		});
	}
	const matcher: MatcherSet = [{ type: 'path', patterns: [path.text] }];
	const contents = readInner({ ...line, args: line.args.slice(1) }, scope, true);
	const stripPrefix = path.text.replace(/\/?\*$/, '');
	return { type: 'handle_path', stripPrefix, matcher, ...contents, position: line.position };
}

function readInner(line: Directive, scope: Scope, sorted: boolean): { directives: AdaptedDirective[] } {
	new Arguments(line).end();
	return { directives: readDirectives(line.block ?? [], scope, sorted).directives };
}

/** Looks the matcher up and takes it away from the arguments. */
function takeMatcher(line: Directive, scope: Scope, rule: MatcherRule): { base: DirectiveBase; rest: Directive } {
	const base: DirectiveBase = { position: line.position };
	const [first, ...args] = line.args;
	if (!first || rule === 'none' || (rule === 'first_of_two' && args.length === 0)) return { base, rest: line };
	const rest = { ...line, args, matcher: first };
	if (first.text === '*') return { base, rest };
	if (first.text.startsWith('/')) {
		return { base: { ...base, matcher: [{ type: 'path', patterns: [first.text] }] }, rest };
	}
	if (!first.text.startsWith('@')) return { base, rest: line };
	const matcher = scope.matchers.get(first.text);
	if (matcher) return { base: { ...base, matcher }, rest };
	throw new CaddyfileError('bad_matcher', first.position, `there is no matcher ${quoteWord(first.text)} here`, {
		known: scope.matchers.keys(),
		word: first.text,
	});
}

function refusedDirective(line: Directive, scope: Scope): CaddyfileError {
	if (isKnownDirective(line.name)) {
		const hint = insteadOf(line.name);
		const what = `the directive '${line.name}' is not supported by Igor`;
		return new CaddyfileError('unsupported', line.position, what, hint === undefined ? {} : { hint });
	}
	return new CaddyfileError('unknown_directive', line.position, `unknown directive ${quoteWord(line.name)}`, {
		known: ALL_DIRECTIVES,
		word: line.name,
		...(scope.unknownHint !== undefined && { hint: scope.unknownHint }),
	});
}
