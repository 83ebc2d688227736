import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** The other folders of src/ that the files of one import. */
function importsOf(folder: string): string[] {
	const found = new Set<string>();
	for (const file of globSync(`${folder}/**/*.ts`, { cwd: SRC })) {
		for (const [, path = ''] of readFileSync(`${SRC}${file}`, 'utf8').matchAll(/from '([^']+)'/g)) {
			const [first = ''] = new URL(path, `file:///${file}`).pathname.slice(1).split('/');
			if (path.startsWith('.') && first !== folder) found.add(first);
		}
	}
	return [...found].sort();
}

// From the language to what runs, and never back.
test.each([
	['caddyfile', []],
	['directives', ['caddyfile', 'config']],
	['adapt', ['caddyfile', 'config', 'directives']],
])('src/%s imports %j and nothing else', (folder, expected) => {
	expect(importsOf(folder)).toEqual(expected);
});
