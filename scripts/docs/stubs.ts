/** A function, method, constant or class of a stub file, with its comment. */
const DECLARATION =
	/^( *)(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n\s*)?((?:public |private |final )*(?:function|class|const) [^\n]*)$/gm;

/** What a stub file declares: a heading and a text each; constants in one list. */
export function stubTexts(stubs: string): string {
	const declared = [...stubs.matchAll(DECLARATION)].map(([, indent = '', comment = '', line = '']) => ({
		indent,
		line,
		comment: comment.replace(/^ *\* ?/gm, '').trim(),
	}));
	const aliases = new Map<string, string[]>();
	const parts: string[] = [];
	const constants: string[] = [];
	for (const { comment, line } of declared) {
		const [, alias] = /^@alias (\w+)$/.exec(comment) ?? [];
		const [, own = ''] = /function (\w+)/.exec(line) ?? [];
		if (alias !== undefined) aliases.set(alias, [...(aliases.get(alias) ?? []), own]);
	}
	let owner = '';
	for (const { comment, line } of declared) {
		const [, constant, value] = /^const (\w+) = (.*);$/.exec(line) ?? [];
		if (constant !== undefined) constants.push(`- \`${constant}\` (${value}): ${flat(comment)}`);
		const [, className] = /class (\w+)/.exec(line) ?? [];
		if (className !== undefined) {
			owner = `${className}::`;
			parts.push(`### \`FrankenPHP\\${className}\`\n\n${texts(comment)}`);
		}
		const [, signature = '', name = ''] = /^(?!private)(?:public )?function ((\w+).*) \{\}$/.exec(line) ?? [];
		if (name === '' || comment.startsWith('@alias')) continue;
		const others = aliases.get(name)?.map((each) => `\`${each}()\``) ?? [];
		const also = others.length > 0 ? `\n\nAlso named ${others.join(', ')}.` : '';
		const heading = owner === '' ? `### \`${name}()\`` : `#### \`${owner}${name}()\``;
		parts.push(`${heading}\n\n\`\`\`text\n${signature}\n\`\`\`\n\n${texts(comment)}${also}`);
	}
	if (constants.length > 0) parts.push(`### Constants\n\n${constants.join('\n')}`);
	return parts.map((part) => part.trim()).join('\n\n');
}

/** The prose of a comment, its example, and its tags as a list. */
function texts(comment: string): string {
	// Of a comment that is nothing but a tag the prose is empty.
	const [prose = '', ...tags] = `\n${comment}`.split(/^(?=@)/m);
	const shown = prose
		.trim()
		.split(/\n\n+/)
		.map((paragraph) => (paragraph.startsWith('    ') ? example(paragraph) : paragraph));
	return [...shown, tags.map(tagLine).join('\n')].filter((part) => part !== '').join('\n\n');
}

/** What is indented in a comment is code; the tests of the stubs run it. */
const example = (paragraph: string): string => `\`\`\`text\n${paragraph.replace(/^ {4}/gm, '')}\n\`\`\``;

function tagLine(tag: string): string {
	const [, name = '', rest = ''] = /^@(\w+) ([\s\S]*)$/.exec(tag) ?? [];
	const [first = '', ...others] = flat(rest).split(' ');
	if (name === 'throws') return `- throws \`${first.replace('\\', '')}\` ${others.join(' ')}`;
	if (name === 'return') {
		const { type, text } = typeAndText(flat(rest));
		return `- returns \`${type}\`${text === '' ? '' : `: ${text}`}`;
	}
	// Types of static analysers may have spaces.
	const [, type = '', variable = '', text = ''] = /^(.*?) (\$\w+) ?(.*)$/.exec(flat(rest)) ?? [];
	return `- \`${variable}\` \`${type}\`${text === '' ? '' : `: ${text}`}`;
}

/** A type ends with the first space outside of brackets. */
function typeAndText(text: string): { type: string; text: string } {
	let depth = 0;
	for (const [at, each] of [...text].entries()) {
		if ('(<{'.includes(each)) depth++;
		else if (')>}'.includes(each)) depth--;
		else if (each === ' ' && depth === 0) return { type: text.slice(0, at), text: text.slice(at + 1) };
	}
	return { type: text, text: '' };
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();
