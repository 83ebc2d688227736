import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FETCH = fileURLToPath(new URL('../programs/fetch-sources.sh', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../.cache/sources/php8.2', import.meta.url));

/** The folders with tests for PHP's command line. */
export const ALL_TESTS = ['Zend/tests', 'tests', 'ext'];

/** Where php-src lies, unpacked from Debian's source package of PHP 8.2; fetched if need be. */
export function phpSource(): string {
	if (!existsSync(SOURCES)) spawnSync(FETCH, ['php8.2'], { stdio: ['ignore', 2, 2] });
	if (existsSync(SOURCES)) return SOURCES;
	throw new Error("PHP's source package cannot be fetched from Debian; see above.");
}

/** All tests below the given files and folders, in order. @param source php-src's folder */
export function testsBelow(source: string, names: readonly string[]): string[] {
	const found = (name: string): string[] => {
		if (!statSync(join(source, name)).isDirectory()) return name.endsWith('.phpt') ? [name] : [];
		return readdirSync(join(source, name))
			.filter((inner) => !inner.startsWith('.'))
			.flatMap((inner) => found(join(name, inner)));
	};
	return [...new Set(names.flatMap(found))].sort();
}

/**
 * Copies tests, and all that lies beside them, to a new folder to run them in: they write there.
 * @returns its path
 */
export function copyTests(source: string, tests: readonly string[]): string {
	const target = realpathSync(mkdtempSync(join(tmpdir(), 'igor-php-src-')));
	const wanted = new Set(tests.map((test) => join(source, test)));
	const roots = new Set(tests.map((test) => /^(?:ext\/[^/]+|Zend)\/tests|^[^/]+/.exec(test)?.[0] ?? test));
	for (const root of roots) {
		cpSync(join(source, root), join(target, root), {
			recursive: true,
			filter: (file) => !file.endsWith('.phpt') || wanted.has(file),
		});
	}
	return target;
}
