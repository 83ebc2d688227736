import { type Sections, trim } from './phpt.ts';

/** What stands for what in EXPECTF. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
	'%e': '/',
	'%s': '[^\\r\\n]+',
	'%S': '[^\\r\\n]*',
	'%a': '.+',
	'%A': '.*',
	'%w': '\\s*',
	'%i': '[+-]?\\d+',
	'%d': '\\d+',
	'%x': '[0-9a-fA-F]+',
	'%f': '[+-]?(?:\\d+|(?=\\.\\d))(?:\\.\\d+)?(?:[Ee][+-]?\\d+)?',
	'%c': '.',
	'%0': '\\x00',
};

/** Whether a test has printed what it says, by the rules of run-tests.php. */
export function matches(sections: Sections, output: string): boolean {
	const shown = normal(output);
	const format = sections.get('EXPECTF');
	if (format !== undefined) return new RegExp(`^${patternOf(normal(format))}$`, 's').test(shown);
	const regex = sections.get('EXPECTREGEX');
	if (regex !== undefined) return new RegExp(`^${ofPcre(normal(regex))}$`, 's').test(shown);
	return normal(sections.get('EXPECT') ?? '') === shown;
}

const normal = (text: string): string => trim(text).replaceAll('\r\n', '\n');

function patternOf(format: string): string {
	let pattern = '';
	for (let at = 0; at < format.length; ) {
		let start = format.indexOf('%r', at);
		let end = start < 0 ? -1 : format.indexOf('%r', start + 2);
		if (end < 0) start = end = format.length;
		pattern += format.slice(at, start).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
		if (end > start) pattern += `(${ofPcre(format.slice(start + 2, end))})`;
		at = end + 2;
	}
	return pattern.replace(/%[esSaAwidxfc0]/g, (placeholder) => PLACEHOLDERS[placeholder] as string);
}

/** What JavaScript's regular expressions write otherwise. */
function ofPcre(pattern: string): string {
	return pattern
		.replaceAll('\\R', '(?:\\r\\n|[\\n-\\r\\x85])')
		.replaceAll('\\h', '[ \\t\\xa0]')
		.replaceAll('[:xdigit:]', '0-9A-Fa-f')
		.replaceAll('[:digit:]', '0-9')
		.replaceAll('[:alnum:]', '0-9A-Za-z')
		.replaceAll('\\A', '^')
		.replaceAll(/\\[zZ]/g, '$')
		.replaceAll('(?P<', '(?<')
		.replaceAll(/([*+?}])\+/g, '$1');
}
