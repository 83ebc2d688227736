/** One character of a segment, or any number of them. */
type Token = { readonly kind: 'many' } | { readonly kind: 'one'; readonly matches: (char: string) => boolean };

/** More patterns than any Caddyfile has; those with placeholders in them come from clients. */
const MAX_KNOWN = 500;
const known = new Map<string, readonly (readonly Token[])[] | undefined>();

/**
 * Whether a text is as a pattern of Go's `path.Match` says: `*` and `?` stay within one segment, `[a-z]` and `[^a-z]`
 * are sets, a backslash makes the next character literal. A malformed pattern matches nothing. Takes no longer than
 * the product of both lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
	let segments = known.get(pattern);
	if (segments === undefined && !known.has(pattern)) {
		segments = compile(pattern);
		if (known.size >= MAX_KNOWN) known.clear();
		known.set(pattern, segments);
	}
	const parts = text.split('/');
	return segments?.length === parts.length && segments.every((tokens, index) => matches(tokens, parts[index] ?? ''));
}

/** Whether a pattern has a wildcard at all. */
export function hasWildcard(pattern: string): boolean {
	return /[*?[]/.test(pattern);
}

/** Makes every character of a text literal in a pattern. */
export function escapeGlob(text: string): string {
	return text.replace(/[*?[\\]/g, '\\$&');
}

/** The reverse of `escapeGlob`. */
export function unescapeGlob(pattern: string): string {
	return pattern.replace(/\\(.)/gs, '$1');
}

/** The last `many` takes one character more at each mismatch; those before it need never be tried again. */
function matches(tokens: readonly Token[], text: string): boolean {
	let at = 0;
	let token = 0;
	let many = -1;
	let taken = 0;
	while (at < text.length) {
		const current = tokens[token];
		if (current?.kind === 'many') {
			many = token++;
			taken = at;
		} else if (current?.matches(text[at] as string)) {
			token++;
			at++;
		} else if (many >= 0) {
			token = many + 1;
			at = ++taken;
		} else return false;
	}
	while (tokens[token]?.kind === 'many') token++;
	return token === tokens.length;
}

function compile(pattern: string): Token[][] | undefined {
	let tokens: Token[] = [];
	const segments = [tokens];
	for (let at = 0; at < pattern.length; at++) {
		const char = pattern[at] as string;
		if (char === '/') {
			tokens = [];
			segments.push(tokens);
		} else if (char === '*') tokens.push({ kind: 'many' });
		else if (char === '?') tokens.push({ kind: 'one', matches: () => true });
		else if (char === '[') {
			const set = readSet(pattern, at + 1);
			if (set === undefined) return undefined;
			tokens.push(set.token);
			at = set.end;
		} else {
			const literal = char === '\\' ? pattern[++at] : char;
			if (literal === undefined) return undefined;
			tokens.push({ kind: 'one', matches: (other) => other === literal });
		}
	}
	return segments;
}

/** Reads up to the closing bracket; `undefined` = malformed. */
function readSet(pattern: string, start: number): { token: Token; end: number } | undefined {
	const negated = pattern[start] === '^';
	const ranges: (readonly [low: string, high: string])[] = [];
	const member = /\\(.)|([^\\\]-])/sy;
	let at = negated ? start + 1 : start;
	const next = (): string | undefined => {
		member.lastIndex = at;
		const found = member.exec(pattern);
		if (found === null) return undefined;
		at = member.lastIndex;
		return found[1] ?? found[2];
	};
	while (pattern[at] !== ']' || ranges.length === 0) {
		const low = next();
		if (low === undefined) return undefined;
		let high: string | undefined = low;
		if (pattern[at] === '-') {
			at++;
			high = next();
		}
		if (high === undefined) return undefined;
		ranges.push([low, high]);
	}
	const token: Token = {
		kind: 'one',
		matches: (char) => ranges.some(([low, high]) => low <= char && char <= high) !== negated,
	};
	return { token, end: at };
}
