import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The sections of a .phpt file by name. Their text is bytes, one character each. */
export type Sections = ReadonlyMap<string, string>;

const KNOWN: ReadonlySet<string> = new Set([
	...['EXPECT', 'EXPECTF', 'EXPECTREGEX', 'EXPECTREGEX_EXTERNAL', 'EXPECT_EXTERNAL', 'EXPECTF_EXTERNAL'],
	...['EXPECTHEADERS', 'POST', 'POST_RAW', 'GZIP_POST', 'DEFLATE_POST', 'PUT', 'GET', 'COOKIE', 'ARGS', 'FILE'],
	...['FILEEOF', 'FILE_EXTERNAL', 'REDIRECTTEST', 'CAPTURE_STDIO', 'STDIN', 'CGI', 'PHPDBG', 'INI', 'ENV'],
	...['EXTENSIONS', 'SKIPIF', 'XFAIL', 'XLEAK', 'CLEAN', 'CREDITS', 'DESCRIPTION', 'CONFLICTS'],
	...['WHITESPACE_SENSITIVE', 'FLAKY', 'TEST'],
]);
const WITH_EXTERNAL = ['FILE', 'EXPECT', 'EXPECTF', 'EXPECTREGEX'];
const FILES = ['FILE', 'FILEEOF', 'FILE_EXTERNAL'];
/** Needs a web server's SAPI when it is not empty. */
const OF_REQUESTS = ['GET', 'POST', 'GZIP_POST', 'DEFLATE_POST', 'POST_RAW', 'PUT', 'COOKIE', 'EXPECTHEADERS'];

/** @throws when the file is no test, by the rules of run-tests.php */
export function readPhpt(file: string): Sections {
	const sections = sectionsOf(file);
	if (!sections.has('TEST')) throw new Error('its sections are not those of a test');
	if (sections.has('REDIRECTTEST')) return sections;
	if (!sections.has('PHPDBG') && FILES.filter((name) => sections.has(name)).length !== 1) {
		throw new Error('it has no FILE section, or several');
	}
	const atEnd = sections.get('FILEEOF');
	if (atEnd !== undefined) sections.set('FILE', atEnd.replace(/[\r\n]+$/, ''));
	for (const name of WITH_EXTERNAL) {
		const external = sections.get(`${name}_EXTERNAL`);
		if (external === undefined) continue;
		const path = join(dirname(file), external.replaceAll('..', '').trim());
		if (!existsSync(path)) throw new Error(`there is no ${path}`);
		sections.set(name, readFileSync(path, 'latin1'));
	}
	if (['EXPECT', 'EXPECTF', 'EXPECTREGEX'].filter((name) => sections.has(name)).length !== 1) {
		throw new Error('it has no EXPECT section, or several');
	}
	return sections;
}

/** The sections as they are in the file; none when it is no test. */
export function sectionsOf(file: string): Map<string, string> {
	const text = readFileSync(file, 'latin1');
	if (!text.startsWith('--TEST--')) return new Map();
	const sections = new Map<string, string>();
	let name = '';
	let isDone = false;
	for (const line of text.split(/(?<=\n)/)) {
		const next = /^--([_A-Z]+)--/.exec(line)?.[1];
		if (next !== undefined) {
			if (!KNOWN.has(next)) return new Map();
			if (sections.get(next)) return new Map();
			name = next;
			isDone = false;
			sections.set(name, '');
			continue;
		}
		if (!isDone) sections.set(name, sections.get(name) + line);
		if (FILES.includes(name) && /^===DONE===\s*$/.test(line)) isDone = true;
	}
	return sections;
}

/** Why PHP's command line cannot run the test; undefined = it can. */
export function otherSapi(sections: Sections): string | undefined {
	if (sections.has('REDIRECTTEST')) return 'runs other tests';
	if (sections.has('PHPDBG')) return 'is for phpdbg';
	if (sections.has('CGI') || OF_REQUESTS.some((name) => Boolean(sections.get(name)))) return 'is for CGI';
	return undefined;
}

/** The extensions that a test asks for, and the one whose test it is. */
export function neededExtensions(path: string, sections: Sections): string[] {
	const named = (sections.get('EXTENSIONS') ?? '').split(/\s+/).filter((name) => name !== '');
	const folder = /^ext\/([^/]+)\//.exec(path)?.[1];
	return [...new Set([...named, ...(folder === undefined ? [] : [folder])].map((name) => name.toLowerCase()))];
}

const BLANK = ' \t\n\r\0\x0b';

/** PHP's trim(). */
export function trim(text: string): string {
	let [from, to] = [0, text.length];
	while (from < to && BLANK.includes(text[from] as string)) from++;
	while (to > from && BLANK.includes(text[to - 1] as string)) to--;
	return text.slice(from, to);
}

const FLAKY_CODE = /\b(?:disk_free_space|hrtime|microtime|sleep|usleep)\(/i;
const FLAKY_OUTPUT =
	/\b(?:404: page not found|address already in use|connection refused|deadlock|mailbox already exists|timed out)\b/i;

/** Whether PHP's developers take a test for one that fails now and then, and run it again: the rule of run-tests.php. */
export function isFlaky(sections: Sections, output = ''): boolean {
	return (
		sections.has('FLAKY') ||
		(sections.get('SKIPIF') ?? '').includes('SKIP_PERF_SENSITIVE') ||
		FLAKY_CODE.test(sections.get('FILE') ?? '') ||
		FLAKY_OUTPUT.test(output)
	);
}
