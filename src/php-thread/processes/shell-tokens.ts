/** Something that only a shell can do; the message says what. */
export class NeedsShellError extends Error {}

/** A word without its quotes; `plain` counts its characters up to the first that was quoted. */
export type Word = { kind: 'word'; text: string; plain: number };
/** `adjoins`: nothing stands between it and what comes before. */
export type Operator = { kind: 'operator'; text: string; adjoins: boolean };
export type Token = Word | Operator;

/** The longer ones first. */
const OPERATORS = ['&&', '||', '>>', '>&', '<&', ';', '|', '\n', '>', '<'];
const NOT_UNDERSTOOD: readonly (readonly [text: string, what: string])[] = [
	[';;', "';;'"],
	['|&', "'|&'"],
	['<<', 'a here-document'],
	['<>', "'<>'"],
	['>|', "'>|'"],
	['&>', "'&>'"],
	['<(', 'a subshell'],
	['>(', 'a subshell'],
];
/** What sh takes for more than itself where it is not quoted. */
const SPECIAL: Readonly<Record<string, string>> = {
	'&': "a background process ('&')",
	'(': 'a subshell',
	')': 'a subshell',
	$: "an expansion ('$')",
	'`': 'a command substitution',
	'*': 'a pattern of file names',
	'?': 'a pattern of file names',
	'[': 'a pattern of file names',
};

/**
 * Cuts a command line into words and operators, as sh does.
 * @throws NeedsShellError for whatever sh would replace by something else, and for quotes that do not end
 */
export function readShellTokens(text: string): Token[] {
	const tokens: Token[] = [];
	let blank = true;
	for (let at = 0; at < text.length; ) {
		const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
		const refused = NOT_UNDERSTOOD.find(([candidate]) => text.startsWith(candidate, at));
		if (refused !== undefined) throw new NeedsShellError(refused[1]);
		if (operator !== undefined) {
			tokens.push({ kind: 'operator', text: operator, adjoins: !blank });
			at += operator.length;
			blank = true;
		} else if (text[at] === ' ' || text[at] === '\t') {
			at++;
			blank = true;
		} else if (text.startsWith('\\\n', at)) {
			at += 2;
		} else {
			const { word, end } = readWord(text, at);
			tokens.push(word);
			at = end;
			blank = false;
		}
	}
	return tokens;
}

function readWord(text: string, start: number): { word: Word; end: number } {
	let word = '';
	let plain: number | undefined;
	let at = start;
	const quoted = (): void => {
		plain ??= word.length;
	};
	while (at < text.length) {
		const character = text[at] as string;
		if (' \t\n;|<>'.includes(character) || text.startsWith('&&', at)) break;
		if (character === "'") {
			quoted();
			const close = text.indexOf("'", at + 1);
			if (close === -1) throw new NeedsShellError('a quote that does not end');
			word += text.slice(at + 1, close);
			at = close + 1;
		} else if (character === '"') {
			quoted();
			const inside = readDoubleQuotes(text, at + 1);
			word += inside.text;
			at = inside.end;
		} else if (character === '\\') {
			if (at + 1 === text.length) throw new NeedsShellError('a backslash at the end');
			if (text[at + 1] !== '\n') {
				quoted();
				word += text[at + 1];
			}
			at += 2;
		} else {
			refuseSpecial(text, at, start);
			word += character;
			at++;
		}
	}
	return { word: { kind: 'word', text: word, plain: plain ?? word.length }, end: at };
}

function refuseSpecial(text: string, at: number, start: number): void {
	const character = text[at] as string;
	if (at === start && character === '~') throw new NeedsShellError("the home directory ('~')");
	if (at === start && character === '#') throw new NeedsShellError('a comment');
	// The program of that name.
	if (character === '[' && at === start && /^\[(?:[ \t]|$)/.test(text.slice(at, at + 2))) return;
	const what = SPECIAL[character];
	if (what !== undefined) throw new NeedsShellError(what);
}

function readDoubleQuotes(text: string, start: number): { text: string; end: number } {
	let inside = '';
	for (let at = start; at < text.length; at++) {
		const character = text[at] as string;
		if (character === '"') return { text: inside, end: at + 1 };
		if (character === '$' || character === '`') throw new NeedsShellError(SPECIAL[character] as string);
		if (character === '\\' && '$`"\\\n'.includes(text[at + 1] ?? 'end')) {
			at++;
			if (text[at] !== '\n') inside += text[at];
		} else {
			inside += character;
		}
	}
	throw new NeedsShellError('a quote that does not end');
}
