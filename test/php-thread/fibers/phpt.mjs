// The part of PHP's test format that Zend/tests/fibers uses: FILE, EXPECT, EXPECTF, EXPECTREGEX, SKIPIF, INI.

/** @returns {Record<string, string>} the sections of a .phpt file by name */
export function parsePhpt(text) {
	const sections = {};
	let name = '';
	for (const line of text.split('\n')) {
		const head = /^--([A-Z_]+)--\r?$/.exec(line);
		if (head) {
			name = head[1];
			sections[name] = '';
		} else if (name) {
			sections[name] += `${line}\n`;
		}
	}
	return sections;
}

const PATTERNS = {
	'%e': '/',
	'%s': '[^\\r\\n]+',
	'%S': '[^\\r\\n]*',
	'%a': '[\\s\\S]+?',
	'%A': '[\\s\\S]*?',
	'%w': '\\s*',
	'%i': '[+-]?\\d+',
	'%d': '\\d+',
	'%x': '[0-9a-fA-F]+',
	'%f': '[+-]?(?:\\d+|(?=\\.\\d))(?:\\.\\d+)?(?:[Ee][+-]?\\d+)?',
	'%c': '.',
	'%0': '\\0',
	'%%': '%',
};

/** What PHP's run-tests.php makes of an EXPECTF section. */
function expectationOf(format) {
	const pattern = format
		.split(/(%r[\s\S]*?%r)/)
		.map((part) =>
			part.startsWith('%r') && part.endsWith('%r') && part.length > 3
				? `(${part.slice(2, -2)})`
				: part
						.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
						.replace(/%[esSaAwidxfc0%]/g, (placeholder) => PATTERNS[placeholder]),
		)
		.join('');
	return new RegExp(`^${pattern}$`);
}

/** Takes out what newer versions of PHP print differently from the version that the tests were written for. */
export function asBefore84(output) {
	let text = output.replaceAll(/\nDeprecated: Passing E_USER_ERROR to trigger_error\(\) is deprecated .*\n/g, '');
	// From PHP 8.4 on closures are called {closure:FILE:LINE}, or by the function around them.
	for (let before = ''; before !== text; ) {
		before = text;
		text = text.replaceAll(/\{closure:[^{}\n]*(?:\{closure\}[^{}\n]*)?:\d+\}/g, '{closure}');
	}
	return text;
}

const tidy = (text) => text.replaceAll('\r\n', '\n').trim();

/** Whether a script has printed what its sections say. */
export function matches(sections, output) {
	if (sections.EXPECT !== undefined) return tidy(sections.EXPECT) === tidy(output);
	if (sections.EXPECTF !== undefined) return expectationOf(tidy(sections.EXPECTF)).test(tidy(output));
	return new RegExp(`^${tidy(sections.EXPECTREGEX ?? '')}$`).test(tidy(output));
}
